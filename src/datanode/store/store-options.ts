/** What a chunk store needs of its node. */
import type { DfsError } from '../../shared/errors.js';
import type { Timings } from '../../shared/profile.js';
import type { Runtime } from '../../shared/runtime.js';
import type { JournalLimits } from '../journal/journal-limits.js';
import type { ReplicaChange } from './replica.js';

export type StoreRuntime = Pick<Runtime, 'disk' | 'compute' | 'clock' | 'random' | 'log'>;

export interface ChunkStoreOptions {
  /** The most to store; undefined: what the disk holds. */
  readonly capacityBytes: number | undefined;
  /** Called in the order of the changes; COMMITTED and DELETED when they are durable, CORRUPT as soon as it is known. */
  readonly onChange: (change: ReplicaChange) => void;
  /** Called when the disk is in a state that only a new start can settle. */
  readonly onFatal: (error: DfsError) => void;
  /** Pauses between two verifications of a replica in doubt, and before the files of small chunks are fsynced (staleAfterMs). */
  readonly timings: Pick<Timings, 'retryMaxMs' | 'blockReportIntervalMs' | 'staleAfterMs'>;
  /** Default: JOURNAL_LIMITS. */
  readonly journalLimits?: JournalLimits;
}
