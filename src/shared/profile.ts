/** Timings of a cluster: `realistic` as deployed, `fast` ten times quicker, for the lab and tests. */
import { DfsError } from './errors.js';

export type ProfileName = 'realistic' | 'fast';

/** A follower of the masters' group that hears no leader for so many ticks, up to twice as many, asks for an election. */
export const ELECTION_TICKS = 10;
/** A leader speaks to each follower this often. */
export const HEARTBEAT_TICKS = 2;

/** All in milliseconds. `validateTimings` checks how they relate. */
export interface Timings {
  /** A datanode reports itself alive this often. */
  readonly heartbeatIntervalMs: number;
  /** Unheard for this long, a node is stale: last choice for reads, none for writes. */
  readonly staleAfterMs: number;
  /** Unheard for this long, a node is dead: its chunks are copied elsewhere. */
  readonly deadAfterMs: number;
  /** Unheard for this long after its connection broke, a node is dead: a process that is gone says so by that, a silent host does not. */
  readonly lostAfterMs: number;
  /** A datanode scans its directory and reports all of it this often. */
  readonly blockReportIntervalMs: number;
  /** The longest a datanode's request for orders waits at the master. */
  readonly orderPollMs: number;
  /** After this, safe mode ends even if chunks are missing; the losses are reported. */
  readonly safeModeGraceMs: number;
  /**
   * A replica that belongs to no file is deleted no sooner than this after it was first seen so; one of an old version, or one too
   * many, no sooner than the shorter of this and blockReportIntervalMs.
   */
  readonly orphanDelayMs: number;
  /** An order to copy that shows no result by then is given again, elsewhere. */
  readonly repairTimeoutMs: number;
  /** A tick of the masters' Raft core: it counts in these. An election timeout is ELECTION_TICKS to twice as many. */
  readonly raftTickMs: number;
  /** How often the master looks for repairs, dead nodes and expired sessions. */
  readonly maintenanceIntervalMs: number;
  /** A writer that did not renew its session for this long may be replaced by another writer. */
  readonly leaseSoftMs: number;
  /** A session unused for this long expires. */
  readonly sessionTimeoutMs: number;
  /** Of one attempt at a call to a master. */
  readonly rpcDeadlineMs: number;
  /** A client gives up on a master after this, over all attempts. */
  readonly masterPatienceMs: number;
  /** Of a TCP connection, or of a gRPC connection with its handshakes. */
  readonly connectTimeoutMs: number;
  /** A chunk stream without a sign of life for this long is given up. Each side gives one every quarter of it. */
  readonly streamTimeoutMs: number;
  /** First and longest pause between attempts. */
  readonly retryInitialMs: number;
  readonly retryMaxMs: number;
}

const REALISTIC: Timings = {
  heartbeatIntervalMs: 3_000,
  staleAfterMs: 9_000,
  deadAfterMs: 30_000,
  lostAfterMs: 6_000,
  blockReportIntervalMs: 30_000,
  orderPollMs: 10_000,
  safeModeGraceMs: 60_000,
  orphanDelayMs: 60_000,
  repairTimeoutMs: 60_000,
  raftTickMs: 100,
  maintenanceIntervalMs: 1_000,
  leaseSoftMs: 60_000,
  sessionTimeoutMs: 3_600_000,
  rpcDeadlineMs: 5_000,
  masterPatienceMs: 60_000,
  connectTimeoutMs: 3_000,
  streamTimeoutMs: 10_000,
  retryInitialMs: 100,
  retryMaxMs: 3_000,
};

const FAST: Timings = {
  heartbeatIntervalMs: 300,
  staleAfterMs: 900,
  deadAfterMs: 3_000,
  lostAfterMs: 600,
  blockReportIntervalMs: 3_000,
  orderPollMs: 2_000,
  safeModeGraceMs: 6_000,
  orphanDelayMs: 6_000,
  repairTimeoutMs: 10_000,
  raftTickMs: 25,
  maintenanceIntervalMs: 100,
  leaseSoftMs: 6_000,
  sessionTimeoutMs: 3_600_000,
  rpcDeadlineMs: 2_000,
  masterPatienceMs: 30_000,
  connectTimeoutMs: 1_000,
  streamTimeoutMs: 3_000,
  retryInitialMs: 20,
  retryMaxMs: 500,
};

/** The timings of a profile. */
export function timingsOf(profile: ProfileName): Timings {
  return profile === 'fast' ? FAST : REALISTIC;
}

/**
 * Reads a profile's name.
 * @throws DfsError INVALID_ARGUMENT
 */
export function parseProfile(name: string): ProfileName {
  if (name === 'fast' || name === 'realistic') return name;
  throw new DfsError('INVALID_ARGUMENT', `Unknown profile "${name}": use "fast" or "realistic"`);
}

/**
 * Checks how timings relate to each other.
 * @throws DfsError INVALID_ARGUMENT naming the two that do not fit
 */
export function validateTimings(timings: Timings): void {
  for (const [name, value] of Object.entries(timings)) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new DfsError('INVALID_ARGUMENT', `Timing ${name} is ${String(value)}: it must be a positive number of milliseconds`);
    }
  }
  const ordered: readonly (readonly [keyof Timings, keyof Timings])[] = [
    ['heartbeatIntervalMs', 'staleAfterMs'],
    ['staleAfterMs', 'deadAfterMs'],
    ['heartbeatIntervalMs', 'lostAfterMs'],
    ['retryInitialMs', 'retryMaxMs'],
    ['retryMaxMs', 'masterPatienceMs'],
    ['connectTimeoutMs', 'masterPatienceMs'],
    ['leaseSoftMs', 'sessionTimeoutMs'],
  ];
  for (const [smaller, larger] of ordered) {
    if (timings[smaller] >= timings[larger]) {
      throw new DfsError(
        'INVALID_ARGUMENT',
        `Timing ${smaller} (${timings[smaller]} ms) must be below ${larger} (${timings[larger]} ms)`,
      );
    }
  }
}
