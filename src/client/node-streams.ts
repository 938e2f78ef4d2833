/** Files as Node streams. */
import { Readable, Writable } from 'node:stream';
import { DfsError } from '../shared/errors.js';
import { BLOCK_BYTES } from '../shared/limits.js';
import type { FileReader } from './read/file-reader.js';
import type { FileWriter } from './write/file-writer.js';
import { type FailedCall, toSdkError } from './sdk-error.js';

/** Buffer size of a stream, in bytes. */
const HIGH_WATER_BYTES = 4 * BLOCK_BYTES;

/** A view of the same bytes as Node's Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * A stream of the bytes [start, end) of a file. Destroying the stream aborts the read.
 * @param open opens the file, once, when the stream starts
 */
export function readableOf(open: () => Promise<FileReader>, start: number, end: number, call: FailedCall): Readable {
  const cut = new AbortController();
  let pieces: AsyncGenerator<Uint8Array, void, undefined> | null = null;
  return new Readable({
    highWaterMark: HIGH_WATER_BYTES,
    construct(done) {
      open().then(
        (reader) => {
          pieces = reader.read(start, end, cut.signal);
          done();
        },
        (error: unknown) => done(toSdkError(error, call)),
      );
    },
    read() {
      pieces?.next().then(
        (next) => this.push(next.done === true ? null : asBuffer(next.value)),
        (error: unknown) => this.destroy(toSdkError(error, call)),
      );
    },
    destroy(error, done) {
      cut.abort();
      // A read under way ends first, with CANCELLED, which is not reported.
      const ended = pieces?.return() ?? Promise.resolve();
      ended.then(
        () => done(error),
        () => done(error),
      );
    },
  });
}

/**
 * A stream that writes a file: at 'finish' the file is complete and safe. Destroying the stream earlier abandons the file.
 * @param create opens the path for writing, once, when the stream starts
 */
export function writableOf(create: () => Promise<FileWriter>, call: FailedCall): Writable {
  let writer: FileWriter | null = null;
  const opened = (): FileWriter => {
    if (writer === null) throw new DfsError('INTERNAL', 'The stream was used before it was constructed');
    return writer;
  };
  const settle = (work: Promise<unknown>, done: (error?: Error | null) => void): void => {
    work.then(
      () => done(),
      (error: unknown) => done(toSdkError(error, call)),
    );
  };
  return new Writable({
    highWaterMark: HIGH_WATER_BYTES,
    construct(done) {
      const created = create().then((file) => {
        writer = file;
      });
      settle(created, done);
    },
    write(data: Buffer, _encoding, done) {
      settle(opened().write(data), done);
    },
    final(done) {
      settle(opened().close(), done);
    },
    destroy(error, done) {
      const ended = writer?.abort() ?? Promise.resolve();
      ended.then(
        () => done(error),
        () => done(error),
      );
    },
  });
}
