/** The interface between a run and the work of its clients: a run knows entries of workloads, not their types. */
import type { FileClient } from './file-client.js';
import type { RunClock } from './run-clock.js';
import type { BrokenGuarantees } from './broken-guarantees.js';
import type { Ledger } from './ledger.js';
import type { Register } from './register.js';
import type { WorkloadCounters } from './workload-counters.js';
import type { WrittenContents } from './written-contents.js';

/** What the entries of a run share. */
export interface WorkloadWorld {
  /** Seed of every random choice. */
  readonly seed: number;
  readonly clock: RunClock;
  /** Ends all work after the current operations. */
  readonly signal: AbortSignal;
  readonly counters: WorkloadCounters;
  readonly brokenGuarantees: BrokenGuarantees;
  /** Files that are written once, by one client, of all entries of the same type. */
  readonly ledger: Ledger;
  /** Every content that a client tried to write under a shared name. */
  readonly written: WrittenContents;
  /** Directory above all files; '' is the root directory. */
  readonly root: string;
  /** Number of the entry among the entries of the run, from 1. */
  readonly ordinal: number;
  /** Called at the end of each round of a client, whatever came of it. */
  readonly onRound?: () => void;
}

/** One client of an entry. */
export interface ClientSlot {
  /** `client-1` … */
  readonly name: string;
  /** Number of the client among the clients of its entry, from 0. */
  readonly index: number;
  readonly client: FileClient;
  /**
   * Ends a client, by a crash or a close, and connects a new one with a session of its own. Pending operations of the old client
   * may never settle. Absent: clients are not replaced.
   */
  readonly reconnect?: (lost: FileClient) => Promise<FileClient>;
}

/** What the checks at the end examine, beside the ledgers. */
export interface FinalExpectations {
  /** Names whose final state is unknown: any state is allowed, as long as the content can be read. */
  readonly sharedNames: readonly string[];
  /** Files that one client replaces repeatedly. */
  readonly registers: readonly Register[];
}

/** One entry of a workload: a number of clients of one type. */
export interface WorkloadEntry {
  /** Creates what a client needs before any client starts. @throws DfsError */
  prepare(slot: ClientSlot): Promise<void>;
  /**
   * Works until the world's signal fires and the current operation has ended. Counts its operations, and reports broken guarantees.
   * Never rejects.
   */
  run(slot: ClientSlot): Promise<void>;
  expectations(): FinalExpectations;
}

export const NO_REMAINS: FinalExpectations = { sharedNames: [], registers: [] };
