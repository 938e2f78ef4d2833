/** Watches the master during a partition: datanodes that went stale meanwhile prove more than a number of held messages. */
import type { NetworkFault, PlannedFault } from '../../supervisor/api/fault.js';
import type { ClusterControl } from '../../supervisor/api/cluster-control.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';

export type PlannedCut = PlannedFault & Extract<NetworkFault, { readonly action: 'partition' | 'isolate' }>;

/** The datanodes that a partition separates from the master. */
function separated(control: ClusterControl, { action, nodes, targets }: PlannedCut): string[] {
  const masters = control.masters().map((node) => node.id);
  const isMaster = (name: string): boolean => masters.includes(name);
  const datanodes = control.datanodes().map((node) => node.id);
  if (!nodes.some(isMaster)) return targets?.some(isMaster) === false ? [] : datanodes.filter((name) => nodes.includes(name));
  const others = targets === undefined ? datanodes : datanodes.filter((name) => targets.includes(name));
  return action === 'isolate' ? others : others.filter((name) => !nodes.includes(name));
}

export class CutWatch {
  /** Who may go stale by it. A node whose process stops or pauses meanwhile is excluded: its silence proves nothing. */
  readonly #expected: Set<string>;
  readonly #seen = new Set<string>();

  constructor(control: ClusterControl, fault: PlannedCut, isRunning: (name: string) => boolean) {
    this.#expected = new Set(separated(control, fault).filter(isRunning));
  }

  observe(event: ClusterEvent): void {
    if (event.event === 'node-exit') this.#expected.delete(event.node);
    if (event.event !== 'node-state' || !this.#expected.has(event.node)) return;
    if (event.to === 'stale' || event.to === 'dead') this.#seen.add(event.node);
    if (event.to === 'paused') this.#expected.delete(event.node);
  }

  /** What was seen, for people; empty when nothing was. */
  evidence(): string {
    return this.#seen.size === 0 ? '' : `${[...this.#seen].join(', ')} went stale`;
  }
}
