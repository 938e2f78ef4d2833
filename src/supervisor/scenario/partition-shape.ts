/** What shapes of partitions ask of the nodes that are chosen for them. */
import type { FaultSpec, PartitionShape } from '../faults.js';

/** Of fewer nodes there is no such shape. */
const NODES_MIN: Record<PartitionShape, number> = { group: 1, halves: 2, bridge: 3, ring: 3 };

/** How many nodes a fault needs to be what it says; 1 for every other fault. */
export function shapeNodesMin(fault: FaultSpec): number {
  return 'shape' in fault ? NODES_MIN[fault.shape ?? 'group'] : 1;
}
