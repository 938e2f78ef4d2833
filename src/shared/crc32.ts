/** CRC32 (zlib's polynomial, unsigned), with the implementation chosen for this version of Node. */
import * as zlib from 'node:zlib';
import crc32Js from 'crc-32';

type Crc32 = (data: Uint8Array, seed?: number) => number;

/** The `crc-32` package, in JavaScript: available on every version of Node; fast for small records. */
export const crc32Portable: Crc32 = (data, seed = 0) => crc32Js.buf(data, seed) >>> 0;

const native = (zlib as { crc32?: (data: Uint8Array, seed?: number) => number }).crc32;

/**
 * For blocks: zlib's own CRC32 (about 3 × faster) where this version of Node has it, otherwise the portable implementation. Both
 * return the same result.
 */
export const crc32: Crc32 = native === undefined ? crc32Portable : (data, seed = 0) => native(data, seed) >>> 0;
