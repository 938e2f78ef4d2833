/** Turns partitions into the fabric's rule table. Pure. */
import { ANY } from './fabric/fabric-rules.js';
import type { FabricRule } from './fabric/fabric-rules.js';
import type { Direction, NetworkFault } from './faults.js';
import type { PartitionKind } from './types.js';

/** A group that is cut off from others; inside it nothing changes. */
export interface Cut {
  readonly group: ReadonlySet<string>;
  /** From whom it is cut off; left out: everybody else, clients too. Those in the group are never meant. */
  readonly others?: ReadonlySet<string>;
  /** Left out: both. to: what the group sends is cut, from: what it is sent. */
  readonly direction?: Direction;
  readonly kind: PartitionKind;
}

/** The cuts that a fault of scenarios makes: one of a whole group, or one of each node. */
export function cutsOf(
  { action, kind, direction }: Extract<NetworkFault, { readonly kind: PartitionKind }>,
  nodeIds: readonly string[],
  targets?: readonly string[],
): Cut[] {
  const groups = action === 'partition' ? [new Set(nodeIds)] : [...new Set(nodeIds)].map((nodeId) => new Set([nodeId]));
  const others = targets === undefined ? {} : { others: new Set(targets) };
  return groups.map((group) => ({ group, ...others, direction, kind }));
}

/** Tells whether a cut concerns what `source` sends to `target`. */
export function cutsLink({ group, others, direction = 'both' }: Cut, source: string, target: string): boolean {
  const isOther = (name: string): boolean => !group.has(name) && (others?.has(name) ?? true);
  const isSentByGroup = group.has(source) && isOther(target);
  const isSentToGroup = isOther(source) && group.has(target);
  return (isSentByGroup && direction !== 'from') || (isSentToGroup && direction !== 'to');
}

/**
 * The rules of several cuts at once; where two concern the same direction of a pair, the later one counts.
 * @param nodeIds all nodes; whoever else there is (clients) is one of `*`
 */
export function rulesOf(cuts: readonly Cut[], nodeIds: readonly string[]): FabricRule[] {
  if (cuts.length === 0) return [];
  const named = cuts.flatMap((cut) => [...cut.group, ...(cut.others ?? [])]);
  const names = [...new Set([...nodeIds, ...named, ANY])];
  return names.flatMap((source) =>
    names
      .filter((target) => target !== source)
      .map((target): FabricRule => {
        const cut = cuts.findLast((candidate) => cutsLink(candidate, source, target));
        return { source, target, action: cut?.kind ?? 'pass' };
      }),
  );
}

/** What remains of the cuts when the given nodes, on whichever side, are healed; all are when none is given. */
export function healedCuts<C extends Cut>(cuts: readonly C[], nodeIds?: readonly string[]): C[] {
  if (nodeIds === undefined) return [];
  const without = (names: ReadonlySet<string>): Set<string> => new Set([...names].filter((name) => !nodeIds.includes(name)));
  return cuts
    .map((cut) => ({
      ...cut,
      group: without(cut.group),
      ...(cut.others === undefined ? {} : { others: without(cut.others) }),
    }))
    .filter((cut) => cut.group.size > 0 && cut.others?.size !== 0);
}
