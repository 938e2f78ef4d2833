/** How large the commit journal and its parts become. */
import { KIB, MIB } from '../../shared/limits.js';

export interface JournalLimits {
  /** The most that the records of chunks may take. */
  readonly bytesMax: number;
  /** Each record is charged with at least this: for what its files cost at a restart. */
  readonly chargeBytesMin: number;
  /** Of one segment, roughly: the write that crosses it is the last one. */
  readonly segmentBytes: number;
  /** Of one write: the most that a crash can leave half written. */
  readonly writeBytesMax: number;
}

/**
 * Chunks up to this length are committed through the journal; of longer ones, writing the data twice costs more than it saves. Less than
 * the smallest chunk size of a cluster: only the last chunk of a file is as small, so that a large file is seen being written.
 */
export const JOURNALED_CHUNK_BYTES_MAX = 32 * KIB;

/** A restart writes the files of at most 8,192 chunks again. A record of the longest chunk fits into one write. */
export const JOURNAL_LIMITS: JournalLimits = {
  bytesMax: 32 * MIB,
  chargeBytesMin: 4 * KIB,
  segmentBytes: 4 * MIB,
  writeBytesMax: MIB,
};
