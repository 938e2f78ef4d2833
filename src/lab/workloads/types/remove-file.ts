/** Deleting a file that was promised, and what the ledger makes of the outcome. */
import { attempt } from '../attempt.js';
import type { FileClient } from '../file-client.js';
import type { FileRecord } from '../ledger.js';
import type { WorkloadWorld } from '../workload.js';

/**
 * Never rejects.
 * @param record a file that the ledger has marked as being deleted
 * @returns whether the deletion was acknowledged
 */
export async function removeFile(
  { counters, ledger, brokenGuarantees }: Pick<WorkloadWorld, 'counters' | 'ledger' | 'brokenGuarantees'>,
  client: FileClient,
  record: FileRecord,
): Promise<boolean> {
  const isAcked = await attempt(
    counters,
    () => client.rm(record.path),
    () => brokenGuarantees.reportLost(record),
  );
  ledger.recordDeletion(record, isAcked);
  if (isAcked) counters.filesDeleted += 1;
  return isAcked;
}
