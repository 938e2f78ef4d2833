/** Timings of a cluster: `realistic` as deployed, `fast` ten times quicker, for the lab and tests. */
import { DfsError } from './errors.js';

export type ProfileName = 'realistic' | 'fast';

/** A follower that receives nothing from a leader for this many ticks, up to twice as many, starts an election. */
export const ELECTION_TICKS = 10;
/** Ticks between the heartbeats of a leader to each follower. */
export const HEARTBEAT_TICKS = 2;

/** All values are milliseconds. `validateTimings` checks their relations. */
export interface Timings {
  /** Time between two heartbeats of a datanode. */
  readonly heartbeatIntervalMs: number;
  /** A node without a heartbeat for this long is stale: it is the last choice for reads and takes no writes. */
  readonly staleAfterMs: number;
  /** A node without a heartbeat for this long is dead: its chunks are copied to other nodes. */
  readonly deadAfterMs: number;
  /**
   * A node without a heartbeat for this long after its connection broke is dead: the connection of a process that ended breaks,
   * that of a silent host does not. A writer without a connection for this long can be replaced by another writer.
   */
  readonly lostAfterMs: number;
  /** Time between two full block reports of a datanode, which scans its directory for them. */
  readonly blockReportIntervalMs: number;
  /** The longest time that a datanode's request for commands waits at the master. */
  readonly orderPollMs: number;
  /** After this time safe mode ends even if chunks are missing; the missing chunks are reported. */
  readonly safeModeGraceMs: number;
  /**
   * The least time between the detection and the deletion of a replica that belongs to no file. For a replica of an old version,
   * and for a surplus replica, the least time is the shorter of this and blockReportIntervalMs.
   */
  readonly orphanDelayMs: number;
  /**
   * A command to copy a chunk is given to another node when its source has not named it for this long, or has named no progress for
   * this long and longer than the source itself waits.
   */
  readonly repairTimeoutMs: number;
  /** Length of a tick of the masters' Raft core. An election timeout is ELECTION_TICKS to twice as many ticks. */
  readonly raftTickMs: number;
  /** How often the master looks for repairs, dead nodes and expired sessions. */
  readonly maintenanceIntervalMs: number;
  /** A writer that has not renewed its session for this long can be replaced by another writer. */
  readonly leaseSoftMs: number;
  /** A session unused for this long expires. */
  readonly sessionTimeoutMs: number;
  /** Deadline of one attempt at a call to a master. */
  readonly rpcDeadlineMs: number;
  /** A client gives up on the masters after this time, over all attempts. */
  readonly masterPatienceMs: number;
  /** Timeout for opening a TCP connection, or a gRPC connection with its handshakes. */
  readonly connectTimeoutMs: number;
  /** A chunk stream that receives no frame for this long fails. Each side sends a frame at least every quarter of this time. */
  readonly streamTimeoutMs: number;
  /**
   * A disk call of a write, a read or a copy that has not ended after this time is given up: the disk hangs. An fsync gets more time
   * for what it has to write: see diskLimitMs.
   */
  readonly diskTimeoutMs: number;
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
  diskTimeoutMs: 30_000,
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
  diskTimeoutMs: 12_000,
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
 * Checks the relations between the timings.
 * @throws DfsError INVALID_ARGUMENT that names the two timings in conflict
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
    ['connectTimeoutMs', 'streamTimeoutMs'],
    ['streamTimeoutMs', 'diskTimeoutMs'],
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
