/** The status of a cluster with all its datanodes, which may take several answers. */
import type { GetClusterStatusRequest } from './generated/distrifs/v1/GetClusterStatusRequest.js';
import type { GetClusterStatusResponse__Output } from './generated/distrifs/v1/GetClusterStatusResponse.js';
import { ANSWERED_NODES_MAX } from '../shared/limits.js';

/**
 * Asks until all datanodes are known, at most ANSWERED_NODES_MAX.
 * @param ask one call, always of the same master
 * @returns the first answer, with the nodes of all
 * @throws what `ask` throws
 */
export async function wholeClusterStatus(
  ask: (request: GetClusterStatusRequest) => Promise<GetClusterStatusResponse__Output>,
): Promise<GetClusterStatusResponse__Output> {
  const first = await ask({});
  const nodes = [...first.nodes];
  for (let page = first; page.hasMoreNodes && page.nodes.length > 0 && nodes.length < ANSWERED_NODES_MAX;) {
    page = await ask({ afterNodeId: nodes.at(-1)?.nodeId ?? '' });
    nodes.push(...page.nodes);
  }
  return { ...first, nodes };
}
