/** The removal of a datanode by an operator: what would be lost with it, and the log entry. */
import type { RemoveDataNodeRequest__Output } from '../../protocol/generated/distrifs/v1/RemoveDataNodeRequest.js';
import type { RemoveDataNodeResponse } from '../../protocol/generated/distrifs/v1/RemoveDataNodeResponse.js';
import { DfsError } from '../../shared/errors.js';
import type { ActiveNode } from '../datanodes/active-nodes.js';
import { isOnlyOn } from '../datanodes/dead-replicas.js';
import type { Leadership, MasterContext } from '../leader/master-context.js';
import { assertAnswer } from '../state/tables/answer.js';

/** Replicas looked at in one go: a few milliseconds. */
const LOOKED_PER_SLICE = 5_000;
const SLICE_PAUSE_MS = 1;
/** Of the datanodes that a removal waits for. */
const AWAITED_NAMED_MAX = 5;

/**
 * Forgets a datanode and its replicas.
 * @throws DfsError NOT_FOUND, NOT_ENOUGH_REPLICAS for one that is needed, SAFE_MODE and UNAVAILABLE while that is not known, NOT_LEADER
 */
export async function removeDataNode(
  master: MasterContext,
  { nodeId, force }: RemoveDataNodeRequest__Output,
): Promise<RemoveDataNodeResponse> {
  const leader = master.requireLeader();
  const { leaderState, soft } = leader;
  await leader.readBarrier();
  const known = master.machine.state.nodes.get(nodeId);
  const node = soft.nodes.get(nodeId);
  if (known === undefined || node === undefined) {
    throw new DfsError('NOT_FOUND', `There is no datanode "${nodeId}" in this cluster`);
  }
  leaderState.safeMode.assertOver();
  if (!leaderState.hasHeardAll || !soft.isCounted)
    throw notHeardYet(nodeId, leaderState.hasHeardAll ? [] : leaderState.awaitedIds);
  const lostChunks = await countLost(master, leader, node);
  const isDead = node.state === 'DEAD';
  if (lostChunks > 0 && !(isDead && force)) throw stillNeeded(node, lostChunks);
  assertAnswer(
    await leader.proposer.propose({ operation: 'removeNode', removeNode: { nodeId, incarnation: known.incarnation } }),
  );
  if (lostChunks > 0) {
    master.runtime.log.warn(`Datanode ${nodeId} is removed by force: ${lostChunks} chunks have no other good replica`, {
      nodeId,
    });
  }
  soft.followNodes();
  leader.maintenance.soon();
  return { lostChunks, wasLive: node.state === 'LIVE' };
}

/**
 * Chunks that have no good replica without this node. What a dead node holds may not be known any more: each chunk of which no node has a
 * good replica may be there.
 */
async function countLost({ machine, runtime }: MasterContext, leader: Leadership, node: ActiveNode): Promise<number> {
  const { locations, health } = leader.soft;
  let lost = 0;
  let looked = 0;
  for (const chunkId of locations.chunksOf(node.id)) {
    const record = locations.find(chunkId, node.id);
    const chunk = machine.state.chunks.get(chunkId);
    if (record !== undefined && chunk !== undefined && isOnlyOn(record, chunk, locations)) lost += 1;
    looked += 1;
    if (looked % LOOKED_PER_SLICE > 0) continue;
    await runtime.clock.sleep(SLICE_PAUSE_MS);
    leader.assertLeading();
  }
  return node.state === 'DEAD' ? Math.max(lost, health.totals().missing) : lost;
}

/** @param awaitedIds none: they have reported, and what they hold is being counted */
function notHeardYet(nodeId: string, awaitedIds: readonly string[]): DfsError {
  const [first, ...others] = awaitedIds.map((id) => `"${id}"`);
  if (first === undefined) {
    return new DfsError('UNAVAILABLE', `Cannot remove datanode "${nodeId}" yet: the new leader still counts what is reported`);
  }
  const names = [first, ...others.slice(0, AWAITED_NAMED_MAX - 1)].join(', ');
  const rest = others.length < AWAITED_NAMED_MAX ? '' : ` and ${others.length + 1 - AWAITED_NAMED_MAX} more`;
  return new DfsError(
    'UNAVAILABLE',
    `Cannot remove datanode "${nodeId}" yet: ${names}${rest} did not report to the new leader. If that does not end, look for a disk that ` +
      'takes no changes (distrifs df), since a datanode notes the new term before it reports; or stop that datanode',
  );
}

function stillNeeded({ id, state }: ActiveNode, lostChunks: number): DfsError {
  const chunks = lostChunks === 1 ? '1 chunk has' : `${lostChunks} chunks have`;
  const advice =
    state === 'DEAD'
      ? 'Start the datanode again, or force the removal: what is only there is lost'
      : 'Wait until the chunks are copied, or stop the datanode first';
  const text = `Cannot remove datanode "${id}", which is ${state.toLowerCase()}: ${chunks} no good replica on another node. ${advice}`;
  return new DfsError('NOT_ENOUGH_REPLICAS', text, { retriable: false });
}
