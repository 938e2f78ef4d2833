/** Compute of the simulated runtime: computes inline, after the time that a pool would take. */
import type { Compute } from '../../shared/runtime.js';
import { assertBlockSize, blockChecksums } from '../rules/block-checksums.js';
import type { SimProcess } from './sim-process.js';

/** A transfer to another thread, then about 1 GB/s. */
const HOP_US = { min: 50, max: 300 };
const BYTES_PER_US = 1_000;

/** The compute pool of `process`. */
export function createMemoryCompute(process: SimProcess): Compute {
  const { scheduler, host } = process;
  return {
    blockChecksums(data, blockSizeBytes) {
      const atUs = scheduler.nowUs + host.random.integer(HOP_US.min, HOP_US.max) + data.length / BYTES_PER_US;
      const effect = (): Uint32Array => {
        assertBlockSize(blockSizeBytes);
        const checksums = blockChecksums(data, blockSizeBytes);
        takeAway(data);
        return checksums;
      };
      return process.perform(`compute.blockChecksums ${data.length}`, effect, { atUs });
    },
  };
}

/** Detaches the caller's memory, as a transfer to a thread does, so that a later use is detected. */
function takeAway(data: Uint8Array<ArrayBuffer>): void {
  if (data.byteLength > 0 && data.byteLength === data.buffer.byteLength)
    structuredClone(data.buffer, { transfer: [data.buffer] });
}
