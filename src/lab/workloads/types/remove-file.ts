/** Deleting a file that was promised, and what the ledger makes of the outcome. */
import { attempt } from '../attempt.js';
import type { FileClient } from '../file-client.js';
import type { FileRecord } from '../ledger.js';
import type { WorkloadWorld } from '../workload.js';

/**
 * Never rejects.
 * @param record one that the ledger gave up for deletion
 * @returns whether it was acknowledged
 */
export async function removeFile(
  { counters, ledger, promises }: Pick<WorkloadWorld, 'counters' | 'ledger' | 'promises'>,
  client: FileClient,
  record: FileRecord,
): Promise<boolean> {
  const isAcked = await attempt(
    counters,
    () => client.rm(record.path),
    () => promises.reportLost(record),
  );
  ledger.recordDeletion(record, isAcked);
  if (isAcked) counters.filesDeleted += 1;
  return isAcked;
}
