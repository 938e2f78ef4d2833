/** Files as Node streams. */
import { Readable, Writable } from 'node:stream';
import { DfsError } from '../shared/errors.js';
import { BLOCK_BYTES } from '../shared/limits.js';
import type { FileReader } from './read/file-reader.js';
import type { FileWriter } from './write/file-writer.js';
import { ownMemory } from './transfer/own-memory.js';
import { type FailedCall, toSdkError } from './sdk-error.js';

/** Buffer size of a stream, in bytes. */
const HIGH_WATER_BYTES = 4 * BLOCK_BYTES;

/** A view of the same bytes as Node's Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Options of the streams themselves, as in node:fs. */
export interface StreamOptions {
  /** Destroys the stream with an AbortError. */
  readonly signal?: AbortSignal;
  /** Default: HIGH_WATER_BYTES. */
  readonly highWaterMark?: number;
  /** The encoding of text. Default of a readable stream: bytes; of a writable stream: UTF-8. */
  readonly encoding?: BufferEncoding | null;
}

/** A controller that `signal` aborts too, before `release` is called. */
function linkedTo(signal: AbortSignal | undefined): { readonly cut: AbortController; readonly release: () => void } {
  const cut = new AbortController();
  const abort = (): void => cut.abort();
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort);
  return { cut, release: () => signal?.removeEventListener('abort', abort) };
}

/** Null after the signal, which destroys the stream by itself: a second error would be added to the first. */
function constructFailure(error: unknown, call: FailedCall, signal: AbortSignal | undefined): Error | null {
  return signal?.aborted === true ? null : toSdkError(error, call);
}

/**
 * A stream of the bytes [start, end) of a file. Destroying the stream aborts the read.
 * @param open opens the file, once, when the stream starts
 */
export function readableOf(
  open: (signal: AbortSignal) => Promise<FileReader>,
  start: number,
  end: number,
  call: FailedCall,
  options: StreamOptions,
): Readable {
  const { signal, highWaterMark = HIGH_WATER_BYTES, encoding } = options;
  const { cut, release } = linkedTo(signal);
  let pieces: AsyncGenerator<Uint8Array, void, undefined> | null = null;
  return new Readable({
    highWaterMark,
    ...(typeof encoding === 'string' ? { encoding } : {}),
    ...(signal === undefined ? {} : { signal }),
    construct(done) {
      open(cut.signal).then(
        (reader) => {
          pieces = reader.read(start, end, cut.signal, ownMemory);
          done();
        },
        (error: unknown) => done(constructFailure(error, call, signal)),
      );
    },
    read() {
      pieces?.next().then(
        (next) => this.push(next.done === true ? null : asBuffer(next.value)),
        (error: unknown) => this.destroy(toSdkError(error, call, signal)),
      );
    },
    destroy(error, done) {
      cut.abort();
      release();
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
 * A stream that writes a file: at 'finish' the file is complete and safe. Destroying the stream earlier abandons the file, or ends with
 * OUTCOME_UNKNOWN when the last step was under way.
 * @param create opens the path for writing, once, when the stream starts
 */
export function writableOf(create: () => Promise<FileWriter>, call: FailedCall, options: StreamOptions): Writable {
  const { signal, highWaterMark = HIGH_WATER_BYTES, encoding } = options;
  let writer: FileWriter | null = null;
  const opened = (): FileWriter => {
    if (writer === null) throw new DfsError('INTERNAL', 'The stream was used before it was constructed');
    return writer;
  };
  const settle = (work: Promise<unknown>, done: (error?: Error | null) => void): void => {
    work.then(
      () => done(),
      (error: unknown) => done(toSdkError(error, call, signal)),
    );
  };
  return new Writable({
    highWaterMark,
    ...(typeof encoding === 'string' ? { defaultEncoding: encoding } : {}),
    ...(signal === undefined ? {} : { signal }),
    construct(done) {
      create().then(
        (file) => {
          writer = file;
          done();
        },
        (error: unknown) => done(constructFailure(error, call, signal)),
      );
    },
    write(data: Buffer, _encoding, done) {
      settle(opened().write(data), done);
    },
    final(done) {
      settle(opened().close(), done);
    },
    destroy(error, done) {
      const file = writer;
      if (file === null) {
        done(error);
        return;
      }
      // That the file may be complete is more than the reason for the end of the stream.
      const settled = (): void => done(file.unknownOutcome === null ? error : toSdkError(file.unknownOutcome, call));
      file.abort().then(settled, settled);
    },
  });
}
