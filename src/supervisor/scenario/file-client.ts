/** The part of the SDK that workloads use, so that checkers can be tried on a file system that lies. All rejections are DfsError. */
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
  readFile(path: string): Promise<Uint8Array>;
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
