/** A write of one chunk, as a node of a pipeline sees it: blocks are given, then it is committed or aborted. */
import type { DfsError } from '../../shared/errors.js';

/** What a write is of. */
export interface WriteTarget {
  readonly chunkId: number;
  readonly uuid: string;
  readonly version: number;
  /** The most bytes that may be written. */
  readonly reserveBytes: number;
}

/** What the store does around a commit. */
export interface WriterHooks {
  /** Runs the commit alone among all changes of this chunk. */
  readonly exclusively: (task: () => Promise<void>) => Promise<void>;
  /** The committed version that the commit replaces; null when there is none. The same version: its replica is damaged. */
  readonly replacedVersion: () => number | null;
  /** The commit is durable: takes the chunk into the index, and removes what it replaces. */
  readonly committed: (write: ReplicaWrite) => Promise<void>;
  /** The write came to nothing. @param leftover why its files could not be removed, where they could not */
  readonly aborted: (write: ReplicaWrite, leftover?: unknown) => void;
  /** Called whenever a disk call of this write has ended. */
  readonly progressed: () => void;
}

export interface ReplicaWrite {
  readonly target: WriteTarget;
  /** Bytes given so far. */
  readonly receivedBytes: number;
  /** Bytes that the write has done with so far (not fsynced), without a gap. */
  readonly writtenBytes: number;
  /** True before the commit while the disk has nothing to do for this write. */
  readonly isIdle: boolean;
  /** CRC32 of each block given so far. */
  readonly checksums: Uint32Array;
  /** Resolves with the first failure, also one that comes from outside (abort), as soon as it is known. */
  readonly failed: Promise<DfsError>;
  /**
   * Takes the next blocks.
   * @param data verified by the caller; must not change until `onWritten`. Whole blocks but for the chunk's last; within reserveBytes
   * @param checksums of each block
   * @param onWritten called once, when `data` is not needed any more: it is taken over, or is not going to be
   */
  append(data: Uint8Array, checksums: Uint32Array, onWritten?: () => void): void;
  /** Resolves when more blocks may be given. Rejects when the write has failed. */
  ready(): Promise<void>;
  /**
   * Makes the chunk durable and puts it in place, in one step that a crash cannot cut in two.
   * Rejects when the write has failed, a higher version superseded it, or the disk refused; nothing is then left of it.
   */
  commit(): Promise<void>;
  /** Ends the write, if it is not committed; resolves when nothing is left of it. */
  abort(reason: DfsError): Promise<void>;
}
