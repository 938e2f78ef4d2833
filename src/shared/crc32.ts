/** CRC32 (zlib's polynomial, unsigned), with the fastest implementation that this installation has. */
import { createRequire } from 'node:module';
import type * as nodeRs from '@node-rs/crc32';
import * as zlib from 'node:zlib';
import crc32Js from 'crc-32';

type Crc32 = (data: Uint8Array, seed?: number) => number;

/** The check value of this CRC, as every catalogue of CRCs lists it. */
const CHECK_TEXT = '123456789';
const CHECK_VALUE = 0xcbf43926;

/** The `crc-32` package, in JavaScript: available on every version of Node; fast for small records. */
export const crc32Portable: Crc32 = (data, seed = 0) => crc32Js.buf(data, seed) >>> 0;

/** zlib's own; Node 20.15 and 22.2 were the first versions with it. Null: this version does not have it. */
export const crc32Zlib: Crc32 | null = zlibCrc32();

/** `@node-rs/crc32`, which uses the vector instructions of the processor: for blocks, two to three times as fast as zlib's. Null: not installed. */
export const crc32Native: Crc32 | null = nativeCrc32();

/** For blocks: the fastest of the three. All return the same result. */
export const crc32: Crc32 = crc32Native ?? crc32Zlib ?? crc32Portable;

function zlibCrc32(): Crc32 | null {
  const { crc32: found } = zlib as { crc32?: (data: Uint8Array, seed?: number) => number };
  return found === undefined ? null : (data, seed = 0) => found(data, seed) >>> 0;
}

/** The package is optional: it has a prebuilt file for each common platform, and none for the others. */
function nativeCrc32(): Crc32 | null {
  try {
    const { crc32: found } = createRequire(import.meta.url)('@node-rs/crc32') as typeof nodeRs;
    // An answer that differs would damage what is stored: the known check value shows that the file fits the platform.
    return found(CHECK_TEXT) === CHECK_VALUE ? found : null;
  } catch {
    return null;
  }
}
