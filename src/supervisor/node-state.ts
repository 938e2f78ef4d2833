/** Decides how a node is, from its process and from what the master says of it. Pure. */
import type { NodeState } from './types.js';

/** What the lab knows of a node's process. Times are performance.now(). */
export interface ProcessFacts {
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  /** When this life of the node was told to start. */
  readonly launchedAtMs: number | null;
}

/** What the master thinks of a node; of the master itself, what the lab sees. */
export interface Opinion {
  readonly state: 'live' | 'stale' | 'dead';
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

/**
 * A master is judged as it judges datanodes: by how long it has been silent.
 * @param heardAtMs of its last answer; null when there was none yet
 * @param silentMs how long it has owed an answer
 */
export function opinionOfMaster(
  heardAtMs: number | null,
  silentMs: number,
  staleAfterMs: number,
  deadAfterMs: number,
): Opinion | null {
  if (heardAtMs === null) return null;
  return { state: silentMs > deadAfterMs ? 'dead' : silentMs > staleAfterMs ? 'stale' : 'live', heardAtMs };
}
