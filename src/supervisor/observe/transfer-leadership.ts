/** Transfers leadership by a request to the leader, as an operator would. */
import { DfsError } from '../../shared/errors.js';
import type { MasterClients } from './master-clients.js';

/** Longer than the leader's own timeout. */
const TRANSFER_DEADLINE_MS = 10_000;

/**
 * @param to default: the voter with the longest log
 * @returns id of the new leader
 * @throws DfsError INVALID_ARGUMENT when `to` is not a master, UNAVAILABLE when there is no leader, or an error of the leader
 */
export async function transferLeadership(
  lines: Pick<MasterClients, 'transferLeadership'> | null,
  leaderId: string | null,
  masterIds: readonly string[],
  to: string | undefined,
): Promise<string> {
  if (to !== undefined && !masterIds.includes(to)) {
    throw new DfsError('INVALID_ARGUMENT', `Cannot transfer leadership to "${to}": masters are ${masterIds.join(', ')}`);
  }
  if (lines === null || leaderId === null)
    throw new DfsError('UNAVAILABLE', 'Cannot transfer leadership: there is no leader now');
  if (to === leaderId) return leaderId;
  return lines.transferLeadership(leaderId, to, TRANSFER_DEADLINE_MS);
}
