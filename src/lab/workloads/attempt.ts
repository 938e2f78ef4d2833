/** Carrying out one operation of a workload: a failure is counted, and breaks no promise by itself. */
import { isDfsError } from '../../shared/errors.js';
import type { ErrorCode } from '../../shared/errors.js';
import { countError } from './workload-counters.js';
import type { WorkloadCounters } from './workload-counters.js';

/**
 * Answers as good as any other where clients share names: many operations find what they need gone, or something where they make
 * something.
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
 * @param onNotFound hears that there is nothing at the path
 * @returns whether it was acknowledged
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
