/** Moves the bytes of one file from a stream to another, and counts them. */
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from '../../../shared/crc32.js';
import { byteCounter } from '../../terminal/byte-counter.js';

export interface CopiedBytes {
  readonly length: number;
  /** 0 unless it was asked for. */
  readonly crc32: number;
}

export interface CopyBytesOptions {
  readonly signal: AbortSignal;
  /** Compute the CRC32. Default: false. */
  readonly withCrc32?: boolean;
  /** false: `output` stays open. Default: true. */
  readonly end?: boolean;
  readonly onBytes: (bytes: number) => void;
}

/** @throws the first failure of the output, which says more than that of the pipeline; else that of the input, or AbortError */
export async function copyBytes(input: Readable, output: Writable, options: CopyBytesOptions): Promise<CopiedBytes> {
  const { signal, withCrc32 = false, end = true, onBytes } = options;
  const copied = { length: 0, crc32: 0 };
  const failures: Error[] = [];
  const onFailure = (error: Error): unknown => failures.push(error);
  output.on('error', onFailure);
  const count = byteCounter((piece) => {
    copied.length += piece.length;
    if (withCrc32) copied.crc32 = crc32(piece, copied.crc32);
    onBytes(piece.length);
  });
  try {
    await pipeline(input, count, output, { signal, end });
    return copied;
  } catch (error) {
    throw failures[0] ?? error;
  } finally {
    // Standard output outlives the copy.
    if (!end) output.off('error', onFailure);
  }
}
