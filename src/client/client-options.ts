/** Options and results of the SDK's calls, in the shape of those of node:fs/promises. */

/** Options of every call. */
export interface SignalOptions {
  /**
   * Ends the call with an AbortError, as in node:fs: nothing was changed. A mutation that was sent and not answered yet (of a file that
   * is written: its completion) ends with OUTCOME_UNKNOWN instead, because it may take effect.
   */
  readonly signal?: AbortSignal;
}

export interface WriteFileOptions extends SignalOptions {
  /** Copies of each chunk. Default: the cluster's. */
  readonly replication?: number;
  /** Bytes of a chunk. Default: the cluster's. */
  readonly chunkSize?: number;
  /** `w`: replaces an existing file at close. `wx`: fails with EEXIST when the path exists. Default: `w`. */
  readonly flag?: 'w' | 'wx';
  /** Permission bits. Default: 0o644. */
  readonly mode?: number;
  /** The encoding of strings. Default: UTF-8. */
  readonly encoding?: BufferEncoding | null;
}

export interface WriteStreamOptions extends WriteFileOptions {
  /** Size of the stream's buffer in bytes. */
  readonly highWaterMark?: number;
}

export interface ReadStreamOptions extends SignalOptions {
  /** First byte. Default: 0. */
  readonly start?: number;
  /** Last byte, inclusive as in node:fs. Default: Infinity, the file's last byte. */
  readonly end?: number;
  /** The stream delivers strings. Default: buffers. */
  readonly encoding?: BufferEncoding | null;
  /** Size of the stream's buffer in bytes. */
  readonly highWaterMark?: number;
}

export interface ChunkChecksumOptions extends SignalOptions {
  /**
   * The number of bytes from the beginning of the file; of the last chunk only whole checksum blocks of 64 KiB within them are covered.
   * Default: Infinity, the whole file.
   */
  readonly end?: number;
}

export interface ReadFileOptions extends SignalOptions {
  readonly encoding?: BufferEncoding | null;
}

export interface MakeDirectoryOptions extends SignalOptions {
  /** Make missing parents and accept an existing directory. */
  readonly recursive?: boolean;
  /** Permission bits. Default: 0o755. */
  readonly mode?: number;
}

export interface ReadDirectoryOptions extends SignalOptions {
  /** Deliver Stats in place of names. */
  readonly withFileTypes?: boolean;
}

export interface RemoveOptions extends SignalOptions {
  /** Remove directories with their contents. */
  readonly recursive?: boolean;
  /** Ignore a missing path. */
  readonly force?: boolean;
}

/** Data to write: bytes, text, or an iterable or a stream of either. */
export type WriteData = ArrayBufferView | string | AsyncIterable<ArrayBufferView | string> | Iterable<ArrayBufferView | string>;

/** One chunk of a file, with the live datanodes that hold its committed version. */
export interface LocatedChunk {
  /** The uuid in the file name `chunk-<uuid>` on the datanodes. */
  readonly id: string;
  /** 0 for the file's first chunk. */
  readonly index: number;
  /** Bytes. */
  readonly length: number;
  readonly version: number;
  /** Node ids. */
  readonly replicas: readonly string[];
  /** host:port of each replica's data port, in the same order. */
  readonly addresses: readonly string[];
}
