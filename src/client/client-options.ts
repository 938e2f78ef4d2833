/** Options and results of the SDK's calls, shaped as those of node:fs/promises. */

export interface WriteFileOptions {
  /** Copies of each chunk. Default: the cluster's. */
  readonly replication?: number;
  /** Bytes of a chunk. Default: the cluster's. */
  readonly chunkSize?: number;
  /** `w`: replaces an existing file at close. `wx`: fails with EEXIST when the path exists. Default: `w`. */
  readonly flag?: 'w' | 'wx';
  /** Permission bits. Default: 0o644. */
  readonly mode?: number;
}

export interface ReadStreamOptions {
  /** First byte. Default: 0. */
  readonly start?: number;
  /** Last byte, inclusive as in node:fs. Default: the file's last byte. */
  readonly end?: number;
}

export interface ReadFileOptions {
  readonly encoding?: BufferEncoding | null;
}

export interface MakeDirectoryOptions {
  /** Make missing parents and accept an existing directory. */
  readonly recursive?: boolean;
  /** Permission bits. Default: 0o755. */
  readonly mode?: number;
}

export interface RemoveOptions {
  /** Remove directories with their contents. */
  readonly recursive?: boolean;
  /** Ignore a missing path. */
  readonly force?: boolean;
}

/** Data to write: bytes, text (UTF-8), or a stream of either. */
export type WriteData = Uint8Array | string | AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

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
