/** The part of the SDK that workloads use, so that checkers can be tried on a file system that lies. All rejections are DfsError. */
export interface FileClient {
  /** Makes a directory and its parents; an existing one is fine. */
  mkdir(path: string): Promise<void>;
  /** Resolves once the file is acknowledged. */
  writeFile(path: string, content: Uint8Array): Promise<void>;
  readFile(path: string): Promise<Uint8Array>;
  rm(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  close(): Promise<void>;
}
