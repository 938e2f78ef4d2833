/**
 * The one interface between the log and what is replicated by it: the tables behind it can be replaced without touching the log.
 *
 *   committed entries ─▶ apply ─▶ answers          checkpoint ─▶ slices of bytes ─▶ restore
 */

/** An entry of the log, committed and durable here. */
export interface CommittedEntry {
  readonly index: number;
  readonly term: number;
  /** Op code, then a LogEntry. null: the entry carries no operation (a term begins, or the set of masters changes). */
  readonly data: Uint8Array | null;
}

export interface ReplicatedState<Answer> {
  /** Of the last entry applied; 0: none. */
  readonly appliedIndex: number;

  /**
   * Applies the next entry: index is appliedIndex + 1. Deterministic: the same entries give the same state and answers everywhere.
   * What preconditions refuse is an answer, too.
   * @throws DfsError LOG_DAMAGED when the entry cannot be understood, UNIMPLEMENTED for an operation of a newer release; anything else is a bug: then the state is not to be trusted
   */
  apply(entry: CommittedEntry): Answer;

  /**
   * Begins a copy of the state as it is now. Entries may be applied between its slices: what was not copied yet is saved before it is
   * changed. One copy at a time.
   */
  checkpoint(): StateCopy;

  /** Begins a state that takes the place of this one when it is whole. Abandoned by being forgotten. */
  restore(): StateRestore;

  /** Hex digest of all replicated state: the same on all masters at the same index. */
  digest(): string;
}

export interface StateCopy {
  /** appliedIndex when the copy began. */
  readonly index: number;
  /** digest() when the copy began. */
  readonly digest: string;
  /**
   * The next bytes, `bytesMax` or a little more, within a few milliseconds; null at the end.
   */
  next(bytesMax: number): Uint8Array | null;
  /** Ends the copy, at any time: nothing is saved for it any more. Harmless after the end. */
  end(): void;
}

export interface StateRestore {
  /**
   * Takes the slices one after another, cut as `next` gave them or otherwise.
   * @throws DfsError LOG_DAMAGED when these bytes are no state
   */
  add(bytes: Uint8Array): void;
  /**
   * Puts the state in place.
   * @param digest of the copy
   * @throws DfsError LOG_DAMAGED when something is missing, or the digest differs: then nothing has changed
   */
  finish(digest: string): void;
}
