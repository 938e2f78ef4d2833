/** What all clients of a run have done together, whatever their workloads. */

export interface WorkloadCounters {
  filesAcked: number;
  bytesAcked: number;
  /** Reads of a file, or of a range of one, that brought what they had to. */
  readsVerified: number;
  filesDeleted: number;
  /** Operations that failed. During faults that is allowed: a failed operation breaks no promise. */
  errors: number;
  lastError: string;
}

export function newCounters(): WorkloadCounters {
  return { filesAcked: 0, bytesAcked: 0, readsVerified: 0, filesDeleted: 0, errors: 0, lastError: '' };
}

export function countError(counters: WorkloadCounters, error: unknown): void {
  counters.errors += 1;
  counters.lastError = error instanceof Error ? error.message : String(error);
}
