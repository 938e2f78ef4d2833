/** Counters of all clients of a run together, over all workloads. */
import { messageOf } from '../../shared/error-text.js';

export interface WorkloadCounters {
  filesAcked: number;
  bytesAcked: number;
  /** Reads of a file, or of a range of a file, that returned correct content. */
  readsVerified: number;
  filesDeleted: number;
  /** Failed operations. During faults they are allowed: a failed operation breaks no guarantee. */
  errors: number;
  lastError: string;
}

export function newCounters(): WorkloadCounters {
  return { filesAcked: 0, bytesAcked: 0, readsVerified: 0, filesDeleted: 0, errors: 0, lastError: '' };
}

export function countError(counters: WorkloadCounters, error: unknown): void {
  counters.errors += 1;
  counters.lastError = messageOf(error);
}
