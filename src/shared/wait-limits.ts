/** How long a disk, and a pipeline of datanodes, may make no progress before it is given up. */
import { MIB } from './limits.js';
import type { Timings } from './profile.js';

/** An fsync writes what was written before it: the slowest disk that is waited for writes this much in a second. */
const SLOWEST_DISK_BYTES_PER_S = 2 * MIB;

/**
 * The longest wait for one disk call, ms.
 * @param unsyncedBytes that an fsync may have to write
 */
export function diskLimitMs({ diskTimeoutMs }: Pick<Timings, 'diskTimeoutMs'>, unsyncedBytes = 0): number {
  return diskTimeoutMs + (unsyncedBytes * 1_000) / SLOWEST_DISK_BYTES_PER_S;
}

/**
 * The longest wait for progress of a pipeline, ms. It is longer than that of the next node, whose wait is longer than that of the node
 * after it, and so on, so that the node beside the one at fault notices first and names it.
 * @param nodes of the pipeline that is waited for
 * @param unsyncedBytes that each of them may have to make durable
 */
export function pipelineLimitMs(
  timings: Pick<Timings, 'diskTimeoutMs' | 'streamTimeoutMs'>,
  nodes: number,
  unsyncedBytes = 0,
): number {
  return diskLimitMs(timings, unsyncedBytes) + nodes * timings.streamTimeoutMs;
}
