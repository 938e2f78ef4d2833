/** Decides how a node is, from its process and from what the master says of it. Pure. */
import type { MasterRole, NodeState } from '../api/cluster-status.js';

/** The lab's knowledge of a node's process. Times are performance.now(). */
export interface ProcessFacts {
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  /** Time at which this life of the node was started. */
  readonly launchedAtMs: number | null;
}

/** The leader's view of a node; for a master, the lab's view. */
export interface Opinion {
  readonly state: 'starting' | 'live' | 'stale' | 'dead';
  readonly heardAtMs: number;
}

/**
 * The displayed state. A master's view counts once the master has received a heartbeat of this life of the node; until then the
 * node is starting, but not for longer than a node may be silent.
 */
export function nodeState(process: ProcessFacts, opinion: Opinion | null, nowMs: number, deadAfterMs: number): NodeState {
  if (!process.isRunning) return 'stopped';
  if (process.isPaused) return 'paused';
  if (process.launchedAtMs === null) return 'starting';
  const isFresh = opinion !== null && opinion.heardAtMs >= process.launchedAtMs;
  if (!isFresh && nowMs - process.launchedAtMs < deadAfterMs) return 'starting';
  return opinion?.state ?? 'dead';
}

/** Whether a master is a voter of its group. A master without a vote is about to become one. */
export const hasVote = (role: MasterRole): boolean => role === 'leader' || role === 'follower' || role === 'candidate';

/**
 * The state of a master, by the rule for datanodes: how long the master has been silent.
 * @param heardAtMs time of its last answer
 * @param silentMs how long the master has owed an answer
 * @param isVoter according to its last answer
 */
export function opinionOfMaster(
  heardAtMs: number,
  silentMs: number,
  isVoter: boolean,
  staleAfterMs: number,
  deadAfterMs: number,
): Opinion {
  const heard = isVoter ? 'live' : 'starting';
  return { state: silentMs > deadAfterMs ? 'dead' : silentMs > staleAfterMs ? 'stale' : heard, heardAtMs };
}
