/** Which datanodes have been without a process for so long that the masters must know it. */
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { NodeInfo } from '../../supervisor/api/cluster-status.js';
import type { Timings } from '../../shared/profile.js';

export class LongGone {
  readonly #limitMs: number;
  /** Unix time of the last exit, by node. */
  readonly #exits = new Map<string, number>();

  /** A master knows after `deadAfterMs`, and its answer may reach a client as late as the client's patience with masters ends. */
  constructor({ deadAfterMs, masterPatienceMs }: Pick<Timings, 'deadAfterMs' | 'masterPatienceMs'>) {
    this.#limitMs = 2 * deadAfterMs + masterPatienceMs;
  }

  /** Receives the events of the cluster. */
  readonly observe = (event: ClusterEvent): void => {
    if (event.event === 'node-exit') this.#exits.set(event.node, event.atMs);
  };

  /** @param wallMs Unix time */
  has({ id, pid }: Pick<NodeInfo, 'id' | 'pid'>, wallMs: number): boolean {
    const exitMs = this.#exits.get(id);
    return pid === null && exitMs !== undefined && wallMs - exitMs > this.#limitMs;
  }
}
