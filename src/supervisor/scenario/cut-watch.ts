/** Watches whether a partition is felt: every datanode that it separates from the master has to go stale. */
import type { ClusterControl, ClusterEvent } from '../types.js';
import type { PlannedFault } from './schedule.js';

/** The datanodes that a partition separates from the master. */
function separated(control: ClusterControl, fault: PlannedFault): string[] {
  const masters = control.masters().map((node) => node.id);
  const datanodes = control.datanodes().map((node) => node.id);
  const isMasterCut = fault.nodes.some((name) => masters.includes(name));
  if (!isMasterCut) return datanodes.filter((name) => fault.nodes.includes(name));
  return fault.action === 'isolate' ? datanodes : datanodes.filter((name) => !fault.nodes.includes(name));
}

export class CutWatch {
  /** Who has to go stale. A node whose process stops or pauses meanwhile is excused: its silence proves nothing. */
  readonly #expected: Set<string>;
  readonly #seen = new Set<string>();

  constructor(control: ClusterControl, fault: PlannedFault, isRunning: (name: string) => boolean) {
    this.#expected = new Set(separated(control, fault).filter(isRunning));
  }

  observe(event: ClusterEvent): void {
    if (event.event === 'node-exit') this.#excuse(event.node);
    if (event.event !== 'node-state' || !this.#expected.has(event.node)) return;
    if (event.to === 'stale' || event.to === 'dead') this.#seen.add(event.node);
    if (event.to === 'paused') this.#excuse(event.node);
  }

  #excuse(name: string): void {
    if (!this.#seen.has(name)) this.#expected.delete(name);
  }

  isFelt(): boolean {
    return this.#expected.size > 0 && this.#seen.size === this.#expected.size;
  }

  /** What was seen, for people. */
  evidence(): string {
    const seen = [...this.#seen].join(', ');
    if (this.isFelt()) return `felt: ${seen} went stale`;
    const missed = [...this.#expected].filter((name) => !this.#seen.has(name)).join(', ');
    return missed === ''
      ? 'no running datanode was cut off from the master'
      : `${missed} never went stale: cut for too short a time, or not at all`;
  }
}
