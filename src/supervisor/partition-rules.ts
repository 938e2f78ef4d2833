/** Turns partitions into the fabric's rule table. Pure. */
import { ANY } from './fabric/fabric-rules.js';
import type { FabricRule } from './fabric/fabric-rules.js';
import type { PartitionKind } from './types.js';

/** A group that is cut off from everybody else; inside it nothing changes. */
export interface Cut {
  readonly group: ReadonlySet<string>;
  readonly kind: PartitionKind;
}

/**
 * The rules of several cuts at once; where two concern the same pair, the later one counts.
 * @param nodeIds all nodes; whoever else there is (clients) is one of `*`
 */
export function rulesOf(cuts: readonly Cut[], nodeIds: readonly string[]): FabricRule[] {
  if (cuts.length === 0) return [];
  const names = [...new Set([...nodeIds, ...cuts.flatMap((cut) => [...cut.group]), ANY])];
  return names.flatMap((source) =>
    names
      .filter((target) => target !== source)
      .map((target): FabricRule => {
        const cut = cuts.findLast(({ group }) => group.has(source) !== group.has(target));
        return { source, target, action: cut?.kind ?? 'pass' };
      }),
  );
}

/** What remains of the cuts when the given nodes are healed; all are when none is given. */
export function healedCuts(cuts: readonly Cut[], nodeIds?: readonly string[]): Cut[] {
  if (nodeIds === undefined) return [];
  return cuts
    .map(({ group, kind }) => ({ group: new Set([...group].filter((id) => !nodeIds.includes(id))), kind }))
    .filter((cut) => cut.group.size > 0);
}
