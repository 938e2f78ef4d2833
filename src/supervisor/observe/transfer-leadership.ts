/** Hands the lead over, as an operator would: asks the master that leads. */
import { DfsError } from '../../shared/errors.js';
import type { MasterClients } from './master-clients.js';

/** Longer than the leader itself waits. */
const TRANSFER_DEADLINE_MS = 10_000;

/**
 * @param to left out: whichever has the most of the log
 * @returns who leads
 * @throws DfsError INVALID_ARGUMENT for what is no master, UNAVAILABLE when nobody leads, or of the leader
 */
export async function transferLeadership(
  lines: Pick<MasterClients, 'transferLeadership'> | null,
  leaderId: string | null,
  masterIds: readonly string[],
  to: string | undefined,
): Promise<string> {
  if (to !== undefined && !masterIds.includes(to)) {
    throw new DfsError('INVALID_ARGUMENT', `Cannot hand the lead over to "${to}": masters are ${masterIds.join(', ')}`);
  }
  if (lines === null || leaderId === null) throw new DfsError('UNAVAILABLE', 'Cannot hand the lead over: no master leads now');
  if (to === leaderId) return leaderId;
  return lines.transferLeadership(leaderId, to, TRANSFER_DEADLINE_MS);
}
