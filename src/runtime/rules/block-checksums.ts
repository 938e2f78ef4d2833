/** CRC32 of each block of a buffer: the computation that can run outside the event loop. Pure. */
import { crc32 } from '../../shared/crc32.js';
import { DfsError } from '../../shared/errors.js';

/** @throws DfsError INVALID_ARGUMENT unless blocks have a size above 0 */
export function assertBlockSize(blockSizeBytes: number): void {
  if (blockSizeBytes > 0) return;
  throw new DfsError('INVALID_ARGUMENT', `Block size of ${blockSizeBytes} bytes: it must be above 0`);
}

/**
 * @param blockSizeBytes > 0; the last block may be shorter
 */
export function blockChecksums(data: Uint8Array, blockSizeBytes: number): Uint32Array<ArrayBuffer> {
  const checksums = new Uint32Array(Math.ceil(data.length / blockSizeBytes));
  for (let block = 0; block < checksums.length; block++) {
    checksums[block] = crc32(data.subarray(block * blockSizeBytes, (block + 1) * blockSizeBytes));
  }
  return checksums;
}
