/** The Piscina worker of node-compute: a chunk's bytes come in by transfer, its checksums go back as a small copy. */
import { blockChecksums } from '../rules/block-checksums.js';

export interface ChecksumTask {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly blockSizeBytes: number;
}

/** Piscina calls the export with this name. */
export const checksumTask = (task: ChecksumTask): Uint32Array => blockChecksums(task.data, task.blockSizeBytes);
