/** Carries out one operation of a workload. A failed operation is counted; a failure alone breaks no guarantee. */
import { isDfsError } from '../../shared/errors.js';
import type { ErrorCode } from '../../shared/errors.js';
import { countError } from './workload-counters.js';
import type { WorkloadCounters } from './workload-counters.js';

/**
 * Error codes that are expected where clients share names: many operations find that their path is gone, or that something already
 * exists where they create something.
 */
export const REFUSALS: readonly ErrorCode[] = [
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'NOT_A_DIRECTORY',
  'IS_A_DIRECTORY',
  'NOT_EMPTY',
  'FILE_BUSY',
  'STALE_HANDLE',
];

/**
 * Never rejects.
 * @param onNotFound called when the file system answers that nothing is at the path
 * @returns whether the operation was acknowledged
 */
export async function attempt(
  counters: WorkloadCounters,
  operation: () => Promise<void>,
  onNotFound?: () => void,
): Promise<boolean> {
  try {
    await operation();
    return true;
  } catch (error) {
    if (isDfsError(error, 'NOT_FOUND')) onNotFound?.();
    countError(counters, error);
    return false;
  }
}
