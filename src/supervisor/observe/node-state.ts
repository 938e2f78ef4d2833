/** Decides how a node is, from its process and from what the master says of it. Pure. */
import type { MasterRole, NodeState } from '../api/cluster-status.js';

/** What the lab knows of a node's process. Times are performance.now(). */
export interface ProcessFacts {
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  /** When this life of the node was told to start. */
  readonly launchedAtMs: number | null;
}

/** What the leader thinks of a node; of a master, what the lab sees. */
export interface Opinion {
  readonly state: 'starting' | 'live' | 'stale' | 'dead';
  readonly heardAtMs: number;
}

/**
 * The state to show. A master's opinion counts once it has heard of this life of the node; until then the node is starting, but
 * not for longer than a node may be silent.
 */
export function nodeState(process: ProcessFacts, opinion: Opinion | null, nowMs: number, deadAfterMs: number): NodeState {
  if (!process.isRunning) return 'stopped';
  if (process.isPaused) return 'paused';
  if (process.launchedAtMs === null) return 'starting';
  const isFresh = opinion !== null && opinion.heardAtMs >= process.launchedAtMs;
  if (!isFresh && nowMs - process.launchedAtMs < deadAfterMs) return 'starting';
  return opinion?.state ?? 'dead';
}

/** Tells whether a master counts in its group. One that does not is on its way there. */
export const hasVote = (role: MasterRole): boolean => role === 'leader' || role === 'follower' || role === 'candidate';

/**
 * A master is judged as it judges datanodes: by how long it has been silent.
 * @param heardAtMs of its last answer
 * @param silentMs how long it has owed an answer
 * @param isVoter by its last answer
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
