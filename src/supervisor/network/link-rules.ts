/** Converts partitions and other faults on links to the fabric's rule table. Pure. */
import { SeededRandom } from '../../runtime/faults/seeded-random.js';
import { ANY } from './fabric-rules.js';
import type { FabricFault, FabricTable } from './fabric-rules.js';
import { NothingToDamage } from '../api/fault.js';
import type { Direction, NetworkFault, PartitionShape, PartitionKind } from '../api/fault.js';

/** Directions between a group and others. Links inside the group are not included. */
export interface LinkArea {
  readonly group: ReadonlySet<string>;
  /** The other side, without members of the group. Default: all other nodes and clients. */
  readonly others?: ReadonlySet<string>;
  /** Default: both. to: messages from the group, from: messages to the group. */
  readonly direction?: Direction;
}

/** A group that is cut off from others. */
export interface Cut extends LinkArea {
  readonly kind: PartitionKind;
}

/** A fault with the areas where it is active. */
export interface PlacedFault {
  readonly fault: FabricFault;
  readonly areas: readonly LinkArea[];
}

type PartitionFault = Extract<NetworkFault, { readonly kind: PartitionKind }>;

/** Minimum number of nodes for each shape. */
export const SHAPE_NODES_MIN: Readonly<Record<PartitionShape, number>> = { group: 1, halves: 2, bridge: 3, ring: 3 };

/**
 * The cuts that a partition of a scenario makes. The shapes halves, bridge and ring divide the nodes among themselves: clients
 * still reach all of them, and `targets` has no effect.
 * @param choiceSeed decides the place of each node: 0 <= choiceSeed < 2^32
 * @throws NothingToStrike when there are too few nodes for the shape
 */
export function cutsOf(
  fault: PartitionFault,
  nodeIds: readonly string[],
  targets: readonly string[] | undefined,
  choiceSeed: number,
): Cut[] {
  const { kind, direction } = fault;
  const shape = fault.action === 'partition' ? (fault.shape ?? 'group') : 'group';
  const nodes = [...new Set(nodeIds)];
  if (shape === 'group') return areasOf(fault, nodes, targets).map((area) => ({ ...area, kind }));
  if (nodes.length < SHAPE_NODES_MIN[shape]) {
    throw new NothingToDamage(
      `A partition of shape ${shape} needs ${SHAPE_NODES_MIN[shape]} nodes, and there are ${nodes.length}`,
    );
  }
  return divided(shape, shuffled(nodes, choiceSeed)).map(([group, others]) => ({
    group: new Set(group),
    others: new Set(others),
    direction,
    kind,
  }));
}

/** The areas of a fault other than a partition with a shape: one area for the partition of a group, one for each node otherwise. */
export function areasOf(
  { action, direction }: NetworkFault,
  nodeIds: readonly string[],
  targets?: readonly string[],
): LinkArea[] {
  const nodes = [...new Set(nodeIds)];
  const groups = action === 'partition' ? [nodes] : nodes.map((nodeId) => [nodeId]);
  const others = targets === undefined ? {} : { others: new Set(targets) };
  return groups.map((group) => ({ group: new Set(group), ...others, direction }));
}

type TwoSides = readonly [readonly string[], readonly string[]];

/** The pairs of nodes without connection, each pair once. Shapes as in Jepsen's partitions. */
function divided(shape: Exclude<PartitionShape, 'group'>, nodes: readonly string[]): TwoSides[] {
  switch (shape) {
    case 'halves':
      return [halves(nodes)];
    case 'bridge':
      return [halves(nodes.slice(1))];
    case 'ring':
      return ring(nodes);
  }
}

const halves = (nodes: readonly string[]): TwoSides => {
  const middle = Math.floor(nodes.length / 2);
  return [nodes.slice(0, middle), nodes.slice(middle)];
};

/**
 * Each node reaches enough neighbours on either side for a majority. With three nodes that would be all: one link is cut instead.
 */
function ring(nodes: readonly string[]): TwoSides[] {
  const reach = nodes.length === 3 ? 1 : Math.ceil(Math.floor(nodes.length / 2) / 2);
  return nodes.flatMap((node, index): TwoSides[] => {
    const unheard = nodes.filter((_, other) => {
      const apart = other - index;
      const stepsRound = nodes.length === 3 ? apart : Math.min(apart, nodes.length - apart);
      return apart > 0 && stepsRound > reach;
    });
    return unheard.length === 0 ? [] : [[[node], unheard]];
  });
}

/** Shuffles items, by choice seed alone (Fisher and Yates). */
function shuffled(nodes: readonly string[], choiceSeed: number): string[] {
  const random = new SeededRandom(String(choiceSeed), 'partition');
  const order = [...nodes];
  for (let last = order.length - 1; last > 0; last--) {
    const drawn = random.integer(0, last);
    [order[last], order[drawn]] = [order[drawn] ?? '', order[last] ?? ''];
  }
  return order;
}

/** Whether an area contains messages from `source` to `target`. */
export function contains({ group, others, direction = 'both' }: LinkArea, source: string, target: string): boolean {
  const isOther = (name: string): boolean => !group.has(name) && (others?.has(name) ?? true);
  const isSentByGroup = group.has(source) && isOther(target);
  const isSentToGroup = isOther(source) && group.has(target);
  return (isSentByGroup && direction !== 'from') || (isSentToGroup && direction !== 'to');
}

/**
 * The rule table of several faults at once; where several concern the same direction of a pair, all apply.
 * @param nodeIds all nodes; others (clients) match `*`
 */
export function rulesOf(placed: readonly PlacedFault[], nodeIds: readonly string[]): FabricTable {
  const faults = placed.map(({ fault }) => fault);
  if (placed.length === 0) return { faults, rules: [] };
  const named = placed.flatMap(({ areas }) => areas.flatMap(({ group, others }) => [...group, ...(others ?? [])]));
  const names = [...new Set([...nodeIds, ...named, ANY])];
  const rules = names.flatMap((source) =>
    names
      .filter((target) => target !== source)
      .map((target) => ({
        source,
        target,
        faults: placed.filter(({ areas }) => areas.some((area) => contains(area, source, target))).map(({ fault }) => fault.id),
      })),
  );
  return { faults, rules };
}

/** The remaining areas after the given nodes, on either side, are healed; none remain when no nodes are given. */
export function healedAreas(areas: readonly LinkArea[], nodeIds?: readonly string[]): LinkArea[] {
  if (nodeIds === undefined) return [];
  const without = (names: ReadonlySet<string>): Set<string> => new Set([...names].filter((name) => !nodeIds.includes(name)));
  return areas
    .map((area) => ({
      ...area,
      group: without(area.group),
      ...(area.others === undefined ? {} : { others: without(area.others) }),
    }))
    .filter((area) => area.group.size > 0 && area.others?.size !== 0);
}
