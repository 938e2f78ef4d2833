/** The full block report: what the index held at one moment, in numbered parts. */
import type { BlockReportRequest } from '../../protocol/generated/distrifs/v1/BlockReportRequest.js';
import { DfsError } from '../../shared/errors.js';
import { REPORT_PART_REPLICAS } from '../../shared/limits.js';
import { type ReplicaEntry, reportedState } from '../store/replica.js';

/** A part, without what the sender adds. */
export type ReportPart = Required<Pick<BlockReportRequest, 'reportId' | 'part' | 'parts' | 'replicas'>>;

/**
 * Sends all parts, one after the other. The content is taken from the index before this function first waits: what changes later
 * is in the incremental queue, which the caller sends only after this. All parts stand under one accepted term.
 * @param send sends one part; tells whether the next may follow
 * @throws DfsError CANCELLED when it was cut short: it has no effect then, and must be made again
 */
export async function sendFullReport(
  entries: Iterable<ReplicaEntry>,
  identity: { readonly acceptedTerm: number },
  reportId: number,
  send: (part: ReportPart) => Promise<boolean>,
): Promise<void> {
  const term = identity.acceptedTerm;
  const replicas = Array.from(entries, (entry) => {
    const { chunkId, version, lengthBytes } = entry;
    return { chunkId, version, lengthBytes, state: reportedState(entry) };
  });
  const parts = Math.max(1, Math.ceil(replicas.length / REPORT_PART_REPLICAS));
  for (let part = 0; part < parts; part++) {
    const from = part * REPORT_PART_REPLICAS;
    const mayGoOn = await send({ reportId, part, parts, replicas: replicas.slice(from, from + REPORT_PART_REPLICAS) });
    if (!mayGoOn || identity.acceptedTerm !== term) {
      throw new DfsError('CANCELLED', `Block report ${reportId} cut short after part ${part + 1} of ${parts}`, {
        retriable: true,
      });
    }
  }
}
