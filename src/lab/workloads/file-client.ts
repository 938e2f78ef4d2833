/** What workloads ask of a file system, and checkers are tried on: the part of the SDK that they use. */
import type { Fingerprint } from './file-content.js';

/** The bytes from `startByte` on, `endByte` not included. 0 <= startByte < endByte */
export interface ByteRange {
  readonly startByte: number;
  readonly endByte: number;
}

/** A content that nobody holds as a whole. */
export interface FileSource extends Fingerprint {
  /** Its name, by which it can be made again. */
  readonly content: string;
  /** From the beginning, each time it is called. */
  pieces(): Iterable<Uint8Array>;
}

/** All rejections are DfsError. */
export interface FileClient {
  /** Makes a directory and its parents; an existing one is fine. */
  mkdir(path: string): Promise<void>;
  /** Makes one directory. Rejects with ALREADY_EXISTS where something is. */
  makeDirectory(path: string): Promise<void>;
  /** Names in a directory. */
  readdir(path: string): Promise<readonly string[]>;
  /** Writes a new file or replaces one; resolves once it is acknowledged. */
  writeFile(path: string, content: Uint8Array): Promise<void>;
  /** Writes a new file. Rejects with ALREADY_EXISTS where one is. */
  createFile(path: string, content: Uint8Array): Promise<void>;
  /** As writeFile, in pieces. */
  writeStream(path: string, source: FileSource): Promise<void>;
  readFile(path: string): Promise<Uint8Array>;
  /**
   * A file, or a range of one, in pieces.
   * @param onPiece takes each, in order; it is only valid until that returns. Must not throw
   */
  readStream(path: string, onPiece: (piece: Uint8Array) => void, range?: ByteRange): Promise<void>;
  /** As rename(2). */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. */
  rm(path: string): Promise<void>;
  /** Removes a file, or a directory with all that is in it. */
  removeTree(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  close(): Promise<void>;
  /** Ends it as a killed process ends: what it was about never settles. Left out where that cannot be had. */
  crash?(): void;
}
