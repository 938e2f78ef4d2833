/** The SDK's client as workloads see it: what it rejects with is the DfsError underneath. */
import type { DistriFSClient } from '../../client/distrifs-client.js';
import { DfsError, toDfsError } from '../../shared/errors.js';
import type { FileClient } from './file-client.js';

/** The SDK wraps each DfsError; the checkers want it bare. */
async function unwrapped<T>(action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    throw cause instanceof DfsError ? cause : toDfsError(error, action);
  }
}

/** @param afterClose lets go of what the client ran on */
export function sdkFileClient(client: DistriFSClient, afterClose: () => Promise<void>): FileClient {
  return {
    mkdir: (path) => unwrapped(`Making ${path}`, () => client.mkdir(path, { recursive: true })),
    makeDirectory: (path) => unwrapped(`Making ${path}`, () => client.mkdir(path)),
    readdir: (path) => unwrapped(`Listing ${path}`, () => client.readdir(path)),
    createFile: (path, content) => unwrapped(`Creating ${path}`, () => client.writeFile(path, content, { flag: 'wx' })),
    writeFile: (path, content) => unwrapped(`Writing ${path}`, () => client.writeFile(path, content)),
    readFile: (path) => unwrapped(`Reading ${path}`, () => client.readFile(path)),
    rename: (from, to) => unwrapped(`Renaming ${from}`, () => client.rename(from, to)),
    removeTree: (path) => unwrapped(`Removing ${path}`, () => client.rm(path, { recursive: true })),
    rm: (path) => unwrapped(`Removing ${path}`, () => client.rm(path)),
    exists: (path) => unwrapped(`Looking for ${path}`, () => client.exists(path)),
    close: async () => {
      await client.close();
      await afterClose();
    },
  };
}
