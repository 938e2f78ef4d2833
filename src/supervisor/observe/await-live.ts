/** Waits until a new cluster has a leader and all nodes are live, for processes and simulations alike. */
import { DfsError } from '../../shared/errors.js';
import type { Clock } from '../../shared/runtime.js';
import type { ClusterWatch } from './cluster-watch.js';

const START_WITHIN_MS = 60_000;
/** Time between two polls. */
const START_POLL_MS = 10;
/** The same for processes: each poll costs the masters and the lab CPU time, which the nodes that start need. */
export const REAL_START_POLL_MS = 50;

/** A cluster whose masters need longer goes on without a leader. */
const LEADER_WITHIN_MS = 2_000;

export interface AwaitLiveOptions {
  /** The nodes to wait for. Default: all. */
  readonly only?: { readonly nodeIds: readonly string[]; readonly withinMs: number };
  /** Time between two polls. Default: 10, for virtual time. */
  readonly pollMs?: number;
}

/**
 * @param failure start of the message: `The cluster in /tmp/x did not become live`
 * @param isOver true when the wait is cancelled
 * @throws DfsError UNAVAILABLE naming the nodes that are not live
 */
export async function awaitLive(
  watch: Pick<ClusterWatch, 'refresh' | 'status'>,
  clock: Pick<Clock, 'nowMs' | 'sleep'>,
  failure: string,
  isOver: () => boolean,
  { only, pollMs = START_POLL_MS }: AwaitLiveOptions = {},
): Promise<void> {
  const deadlineMs = clock.nowMs() + (only?.withinMs ?? START_WITHIN_MS);
  for (;;) {
    await watch.refresh();
    const { nodes, leader } = watch.status();
    const waiting = nodes.filter(({ id, state }) => state !== 'live' && (only?.nodeIds.includes(id) ?? true));
    if ((waiting.length === 0 && leader !== null) || isOver()) return;
    if (clock.nowMs() > deadlineMs) {
      const names = waiting.map((node) => `${node.id} (${node.state})`);
      const reasons = [...(leader === null ? ['no master leads'] : []), ...names];
      throw new DfsError('UNAVAILABLE', `${failure}: ${reasons.join(', ')}`);
    }
    await clock.sleep(pollMs);
  }
}

/** Waits for a leader of processes, for a limited time. Never rejects. @param isOver true when the wait is cancelled */
export async function awaitLeader(
  watch: Pick<ClusterWatch, 'refresh' | 'status'>,
  clock: Pick<Clock, 'nowMs' | 'sleep'>,
  isOver: () => boolean,
): Promise<void> {
  const options = { only: { nodeIds: [], withinMs: LEADER_WITHIN_MS }, pollMs: REAL_START_POLL_MS };
  await awaitLive(watch, clock, 'No leader', isOver, options).catch(() => undefined);
}
