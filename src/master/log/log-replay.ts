/**
 * Puts the records of the log together, in the order in which they were written: a record with the index of an earlier entry
 * replaces it and everything after it, and what was replaced never comes back.
 */
import type { Entry, EntryId, HardState } from '../../raft/types.js';
import { isDfsError } from '../../shared/errors.js';
import { entryOfRecord } from './entry-record.js';
import { decodeHardState } from './hard-state.js';
import { GROUP_CODES } from '../state/operations/op-codes.js';
import type { LogRecord } from './record.js';

export class LogReplay {
  /** Entries up to it are in the checkpoint: only their terms are kept. */
  readonly #after: number;
  /** Entries after `#after`, without gaps. */
  readonly entries: Entry[] = [];
  /** Where each term begins, by index; the first one is where the log begins. */
  readonly #terms: EntryId[];
  #last: EntryId;
  #hardState: HardState | null = null;
  /** Bytes of the records of `entries`, replaced ones included. */
  bytesAfter = 0;

  /**
   * @param base the entry before the first one
   * @param after index of the checkpoint
   */
  constructor(base: EntryId, after: number) {
    this.#terms = [base];
    this.#last = base;
    this.#after = after;
  }

  get last(): EntryId {
    return this.#last;
  }

  get hardState(): HardState | null {
    return this.#hardState;
  }

  /** Undefined: the log begins after it, or ends before. */
  termAt(index: number): number | undefined {
    return index > this.#last.index ? undefined : this.#terms.findLast((run) => run.index <= index)?.term;
  }

  /** A segment has begun with this one. */
  begin(hardState: HardState): void {
    this.#hardState = hardState;
  }

  /**
   * Takes the next record.
   * @returns why it cannot stand here, whatever its checksum says; null: it was taken
   */
  add(record: LogRecord, sizeBytes: number): string | null {
    try {
      return record.opCode === GROUP_CODES.hardState ? this.#addHardState(record) : this.#addEntry(record, sizeBytes);
    } catch (error) {
      if (!isDfsError(error, 'PROTOCOL_ERROR')) throw error;
      return `its body cannot be understood: ${error.message}`;
    }
  }

  #addHardState({ index, term, body }: LogRecord): string | null {
    if (index !== this.#last.index || term !== this.#last.term) {
      return `term and vote stand after entry ${index} of term ${term}, not after ${this.#last.index} of term ${this.#last.term}`;
    }
    this.#hardState = decodeHardState(body);
    return null;
  }

  #addEntry(record: LogRecord, sizeBytes: number): string | null {
    const { index, term, opCode } = record;
    if (opCode === GROUP_CODES.segment) return 'a segment begins in the middle of the file';
    if (index < 1 || index > this.#last.index + 1) return `record ${index} follows record ${this.#last.index}`;
    const termBefore = this.termAt(index - 1) ?? 0;
    if (term < termBefore) return `the term goes back from ${termBefore} to ${term}`;
    if (term > (this.#hardState?.term ?? 0)) return `it is of term ${term}, which this master had not heard of`;
    while ((this.#terms.at(-1)?.index ?? -1) >= index) this.#terms.pop();
    if (this.#terms.at(-1)?.term !== term) this.#terms.push({ index, term });
    this.#last = { index, term };
    this.entries.length = Math.max(0, index - this.#after - 1);
    if (index <= this.#after) return null;
    this.bytesAfter += sizeBytes;
    this.entries.push(entryOfRecord(record));
    return null;
  }
}
