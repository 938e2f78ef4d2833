/** The part of the SDK that workloads use: what a file system must offer to run them, or to try checkers on. */
import type { Fingerprint } from './file-content.js';

/** The bytes from `startByte` (inclusive) to `endByte` (exclusive). 0 <= startByte < endByte */
export interface ByteRange {
  readonly startByte: number;
  readonly endByte: number;
}

/** A content that is generated piece by piece, and never held as a whole. */
export interface FileSource extends Fingerprint {
  /** Name of the content, from which the content can be regenerated. */
  readonly content: string;
  /** The pieces from the beginning, on every call. */
  pieces(): Iterable<Uint8Array>;
}

/** A client of the file system. All rejections are DfsError. */
export interface FileClient {
  /** Creates a directory and its missing parents. Resolves when the directory exists already. */
  mkdir(path: string): Promise<void>;
  /** Creates one directory. Rejects with ALREADY_EXISTS when the path exists. */
  makeDirectory(path: string): Promise<void>;
  /** The names in a directory. */
  readdir(path: string): Promise<readonly string[]>;
  /** Writes a new file or replaces one. Resolves when the write is acknowledged. */
  writeFile(path: string, content: Uint8Array): Promise<void>;
  /** Writes a new file. Rejects with ALREADY_EXISTS when the file exists. */
  createFile(path: string, content: Uint8Array): Promise<void>;
  /** Like `writeFile`, with content in pieces. */
  writeStream(path: string, source: FileSource): Promise<void>;
  readFile(path: string): Promise<Uint8Array>;
  /**
   * Reads a file, or a range of a file, in pieces.
   * @param onPiece receives the pieces in order. A piece is only valid until `onPiece` returns. `onPiece` must not throw
   */
  readStream(path: string, onPiece: (piece: Uint8Array) => void, range?: ByteRange): Promise<void>;
  /** Renames like rename(2). */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. */
  rm(path: string): Promise<void>;
  /** Removes a file, or a directory with all that is in it. */
  removeTree(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  close(): Promise<void>;
  /**
   * Ends the client as a killed process ends: pending operations never settle. Absent where the client cannot be ended like that.
   */
  crash?(): void;
}
