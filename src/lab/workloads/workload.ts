/** The seam between a run and what its clients do: a run knows entries, not types. */
import type { FileClient } from './file-client.js';
import type { RunClock } from './run-clock.js';
import type { BrokenGuarantees } from './broken-guarantees.js';
import type { Ledger } from './ledger.js';
import type { Register } from './register.js';
import type { WorkloadCounters } from './workload-counters.js';
import type { WrittenContents } from './written-contents.js';

/** What the entries of a run share. */
export interface WorkloadWorld {
  /** Of every choice. */
  readonly seed: number;
  readonly clock: RunClock;
  /** Ends all work after the operations under way. */
  readonly signal: AbortSignal;
  readonly counters: WorkloadCounters;
  readonly promises: BrokenGuarantees;
  /** Of all entries of this one's type: files that are written once, by one client. */
  readonly ledger: Ledger;
  /** What anybody ever tried to write under a name that others write, too. */
  readonly written: WrittenContents;
  /** Everything is below it; '' is the root. */
  readonly root: string;
  /** The entry's number among those of the run, from 1. */
  readonly ordinal: number;
}

/** One client of an entry. */
export interface ClientSlot {
  /** `client-1` … */
  readonly name: string;
  /** Its number among the clients of the entry, from 0. */
  readonly index: number;
  readonly client: FileClient;
  /**
   * Takes a client away, as a crash does or by closing it, and makes a new one with a session of its own. What the old one was
   * about may never settle. Left out: clients last.
   */
  readonly reconnect?: (lost: FileClient) => Promise<FileClient>;
}

/** What is looked at when all is over, beside the ledgers. */
export interface FinalExpectations {
  /** Names of which nobody knows what they end as: whatever is there can be read. */
  readonly sharedNames: readonly string[];
  /** Files that one client replaces again and again. */
  readonly registers: readonly Register[];
}

/** One entry of a workload: as many clients as it says, of one type. */
export interface WorkloadEntry {
  /** What a client needs before any of them begins. @throws DfsError */
  prepare(slot: ClientSlot): Promise<void>;
  /**
   * Works until the world's signal fires and the operation under way ended. Counts what it does, and reports what it finds broken.
   * Never rejects.
   */
  run(slot: ClientSlot): Promise<void>;
  expectations(): FinalExpectations;
}

export const NO_REMAINS: FinalExpectations = { sharedNames: [], registers: [] };
