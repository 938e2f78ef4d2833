/** Adapts the SDK's client for workloads: rejections are the DfsError inside the SDK's error. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DistriFSClient } from '../../client/distrifs-client.js';
import { DfsError, isDfsError, toDfsError } from '../../shared/errors.js';
import type { ByteRange, FileClient } from './file-client.js';

/** Unwraps the SDK's error: the checkers need the DfsError. */
async function unwrapped<T>(action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    // No file was there, as far as any client could see.
    if (isDfsError(cause, 'UNFINISHED_REMOVED')) throw new DfsError('NOT_FOUND', cause.message, { cause });
    throw cause instanceof DfsError ? cause : toDfsError(error, action);
  }
}

async function readStream(
  client: DistriFSClient,
  path: string,
  onPiece: (piece: Uint8Array) => void,
  range: ByteRange | undefined,
): Promise<void> {
  // The end of the SDK's range is inclusive, as in node:fs.
  const stream = client.createReadStream(path, range === undefined ? {} : { start: range.startByte, end: range.endByte - 1 });
  // Without an encoding a stream of bytes yields buffers, which its type does not express.
  for await (const piece of stream as AsyncIterable<Uint8Array>) onPiece(piece);
}

/** @param afterClose releases what the client used */
export function sdkFileClient(client: DistriFSClient, afterClose: () => Promise<void>): FileClient {
  return {
    mkdir: (path) => unwrapped(`Making ${path}`, () => client.mkdir(path, { recursive: true })),
    makeDirectory: (path) => unwrapped(`Making ${path}`, () => client.mkdir(path)),
    readdir: (path) => unwrapped(`Listing ${path}`, () => client.readdir(path)),
    createFile: (path, content) => unwrapped(`Creating ${path}`, () => client.writeFile(path, content, { flag: 'wx' })),
    writeFile: (path, content) => unwrapped(`Writing ${path}`, () => client.writeFile(path, content)),
    writeStream: (path, source) =>
      unwrapped(`Writing ${path}`, () => pipeline(Readable.from(source.pieces()), client.createWriteStream(path))),
    readStream: (path, onPiece, range) => unwrapped(`Reading ${path}`, () => readStream(client, path, onPiece, range)),
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
