/**
 * The handlers of DataNodeService: registration, heartbeats, reports, and the commands that go back. A master that does not lead
 * listens all the same; its answers carry term 0 and no commands.
 */
import type { NodeIdentity__Output } from '../../protocol/generated/distrifs/v1/NodeIdentity.js';
import type { RegisterDataNodeRequest__Output } from '../../protocol/generated/distrifs/v1/RegisterDataNodeRequest.js';
import type { DataNodeService, Handlers } from '../../protocol/services.js';
import { DfsError } from '../../shared/errors.js';
import type { ActiveNode } from '../datanodes/active-nodes.js';
import type { Leadership, MasterContext } from '../leader/master-context.js';
import { isSameNode } from '../datanodes/soft-state.js';
import { assertAnswer } from '../state/tables/answer.js';
import type { KnownNode } from '../state/tables/known-node.js';

/** A node as it describes itself. */
type Wanted = Pick<KnownNode, 'id' | 'incarnation' | 'address' | 'rack'> & { readonly runId: string };

/** A process is taken for gone, for another one on its folder, after this many heartbeats that did not come. */
const SILENT_HEARTBEATS = 2;

export function dataNodeHandlers(master: MasterContext): Handlers<typeof DataNodeService> {
  const { runtime, config } = master;
  const { clock } = runtime;
  return {
    RegisterDataNode: (request) => register(master, request),

    Heartbeat: async ({ node: identity, stats, copies }) => {
      const { soft, leader } = master;
      const term = leader?.term ?? 0;
      const node = speaker(master, identity);
      if (node === undefined) return { term, needsRegistration: true };
      const before = soft.nodes.heartbeat(node, identity?.acceptedTerm ?? 0, stats, clock.nowMs());
      if (before !== 'LIVE') {
        soft.livenessChanged(node, before);
        leader?.maintenance.soon();
      }
      leader?.leaderState.repairs.copiesNamed(node.id, copies);
      return { term, needsFullReport: node.needsFullReport, commands: master.commands.take(node.id) };
    },

    BlockReport: async ({ node: identity, reportId, part, parts, replicas, stats }) => {
      const { soft, leader } = master;
      const term = leader?.term ?? 0;
      const node = speaker(master, identity);
      if (node === undefined) return { term, needsRegistration: true };
      if (part >= parts) throw new DfsError('INVALID_ARGUMENT', `A block report of ${parts} parts has no part ${part}`);
      if (soft.nodes.isLateReport(node, reportId, part)) return { term };
      if (stats !== null) node.stats = stats;
      if (part === 0) node.needsFullReport = false;
      for (const replica of replicas) soft.noteDamage(node, replica);
      const isOfTerm = isConfirming(leader, identity);
      const effect = soft.locations.reportPart(node, { reportId, part, parts, replicas }, isOfTerm, clock.nowMs());
      if (effect === 'confirmed') {
        node.hasReported = true;
        leader?.leaderState.safeMode.check();
        leader?.maintenance.soon();
      } else if (part === parts - 1) {
        // Parts were missing; or, for a leader, it was made under another term.
        node.needsFullReport = effect === 'none' || leader !== null;
      }
      return { term };
    },

    ReportReplicas: async ({ node: identity, reportId, replicas, stats, failures }) => {
      const { soft, leader } = master;
      const term = leader?.term ?? 0;
      const node = speaker(master, identity);
      if (node === undefined) return { term, needsRegistration: true };
      if (soft.nodes.isLateReport(node, reportId, 0)) return { term };
      if (stats !== null) node.stats = stats;
      const isConfirmed = isConfirming(leader, identity);
      const completed = leader?.leaderState.repairs.completed ?? 0;
      for (const replica of replicas) soft.replicaChanged(node, replica, isConfirmed);
      if (leader === null) return { term };
      const { repairs, safeMode } = leader.leaderState;
      for (const failure of failures) repairs.commandFailed(node.id, failure);
      safeMode.check();
      // Copies that ended allow others to begin.
      if (failures.length > 0 || repairs.completed > completed) leader.maintenance.soon();
      return { term };
    },

    PollCommands: async ({ node: identity, waitMs }, { signal }) => {
      const { soft, commands } = master;
      const node = speaker(master, identity);
      if (node === undefined) return { term: master.leader?.term ?? 0, needsRegistration: true };
      const { registrationId } = node;
      const given = await commands.poll(node.id, Math.min(waitMs, config.timings.orderPollMs), signal);
      if (signal.aborted && node.registrationId === registrationId) soft.nodes.hungUp(node, clock.nowMs());
      // The role may have changed: the node learns of a new leader by this answer, and a deposed one gives no commands.
      return { term: master.leader?.term ?? 0, commands: commands === master.commands ? given : [] };
    },
  };
}

/** Tells whether what a node says of its replicas was said under the term in which this master leads. */
function isConfirming(leader: Leadership | null, identity: NodeIdentity__Output | null): boolean {
  return leader !== null && identity?.acceptedTerm === leader.term;
}

/**
 * The registered node that speaks; undefined when it must register.
 * @throws DfsError FOREIGN_CLUSTER, STALE_TERM
 */
function speaker(master: MasterContext, identity: NodeIdentity__Output | null): ActiveNode | undefined {
  const { nodeId, registrationId } = checkedIdentity(master, identity);
  return master.soft.nodes.registered(nodeId, registrationId);
}

function checkedIdentity(
  { clusterId, machine, leader }: MasterContext,
  identity: NodeIdentity__Output | null,
): NodeIdentity__Output {
  if (identity === null) throw new DfsError('INVALID_ARGUMENT', 'A datanode must say who it is');
  // A master that has not heard yet which cluster it serves knows no node, and refuses each.
  if (machine.state.settings !== null && identity.clusterId !== '' && identity.clusterId !== clusterId) {
    throw new DfsError(
      'FOREIGN_CLUSTER',
      `Datanode "${identity.nodeId}" holds data of cluster ${identity.clusterId}, but this master serves cluster ${clusterId}. Its ` +
        'data was not touched. If the address is wrong, point the datanode at the master of its own cluster. If that master was made ' +
        'anew, put its old folder back: the chunks are readable with it. To use the machine here, give the datanode another, empty ' +
        'data folder and keep this one',
    );
  }
  if (leader !== null && identity.acceptedTerm > leader.term) {
    throw new DfsError(
      'STALE_TERM',
      `Datanode "${identity.nodeId}" has accepted term ${identity.acceptedTerm}, but this master leads in term ${leader.term}: another ` +
        'one leads by now, or the log here is older than what this cluster has seen. Was an old copy of the folder put back? Nothing ' +
        'is deleted meanwhile',
    );
  }
  return identity;
}

async function register(
  master: MasterContext,
  request: RegisterDataNodeRequest__Output,
): ReturnType<Handlers<typeof DataNodeService>['RegisterDataNode']> {
  const { runtime, config, clusterId, leader } = master;
  const { nodeId, incarnation, acceptedTerm, runId } = checkedIdentity(master, request.node);
  const { address, rack } = request;
  const wanted = { id: nodeId, incarnation, address, rack, runId };
  // It has registered with this cluster before, or it would not know the cluster's id.
  const wasUnknown = request.node?.clusterId !== '' && !master.machine.state.nodes.has(nodeId);
  if (leader === null) assertKnown(master, wanted);
  else await makeKnown(master, leader, wanted);
  const { soft } = master;
  const before = soft.nodes.get(nodeId);
  const wasDead = before?.state === 'DEAD';
  if (before !== undefined && before.incarnation !== incarnation) soft.forgetFolder(before);
  soft.locations.dropPartialReport(nodeId);
  master.commands.clear(nodeId);
  leader?.leaderState.repairs.nodeLost(nodeId);
  const node = soft.nodes.register({ ...wanted, acceptedTerm, stats: request.stats }, runtime.clock.nowMs());
  if (wasDead) soft.livenessChanged(node, 'DEAD');
  runtime.log.info(`Datanode ${nodeId} registered at ${address}`, { nodeId, address, rack, registrationId: node.registrationId });
  leader?.maintenance.soon();
  return {
    clusterId,
    registrationId: node.registrationId,
    term: leader?.term ?? 0,
    heartbeatIntervalMs: config.timings.heartbeatIntervalMs,
    blockReportIntervalMs: config.timings.blockReportIntervalMs,
    wasUnknown,
  };
}

/**
 * A follower takes nodes as the log has them, and waits for the leader to log a new one.
 * @throws what requireLeader does
 */
function assertKnown(master: MasterContext, wanted: Wanted): void {
  const known = master.machine.state.nodes.get(wanted.id);
  if (known === undefined || !isSameNode(known, wanted)) throw master.refusal();
}

/**
 * Logs what is new about a node.
 * @throws DfsError ALREADY_EXISTS; NOT_LEADER when the leadership ended meanwhile
 */
async function makeKnown(master: MasterContext, leader: Leadership, wanted: Wanted): Promise<void> {
  const { id: nodeId, incarnation, address, rack } = wanted;
  assertNotTaken(master, leader, wanted);
  const known = master.machine.state.nodes.get(nodeId);
  if (known !== undefined && isSameNode(known, wanted)) return;
  const registerNode = { nodeId, incarnation, address, rack };
  assertAnswer(await leader.proposer.propose({ operation: 'registerNode', registerNode }));
  leader.assertLeading();
  assertNotTaken(master, leader, wanted);
}

/**
 * Two processes must not bear one id at the same time, with two folders or with copies of one: the later one waits until the earlier is
 * silent. One that is started again on its folder need not wait for that, once the connection of its former process has broken; at another
 * address it may be a copy, and the first one may be back in a moment.
 * @throws DfsError ALREADY_EXISTS, retriable
 */
function assertNotTaken({ config, runtime }: MasterContext, leader: Leadership, wanted: Wanted): void {
  const other = leader.soft.nodes.get(wanted.id);
  if (other?.state !== 'LIVE' || other.registrationId === 0) return;
  if (other.incarnation !== wanted.incarnation) {
    throw new DfsError(
      'ALREADY_EXISTS',
      `Datanode id "${wanted.id}" is in use by a live node at ${other.address} with another data folder: stop that one, or choose another id`,
      { retriable: true },
    );
  }
  if (other.runId === '' || wanted.runId === '' || other.runId === wanted.runId) return;
  if (other.hungUpMs !== null && other.address === wanted.address) return;
  const silentMs = runtime.clock.nowMs() - other.lastHeartbeatMs;
  if (silentMs > SILENT_HEARTBEATS * config.timings.heartbeatIntervalMs) return;
  throw new DfsError(
    'ALREADY_EXISTS',
    `Datanode "${wanted.id}" at ${wanted.address} is refused while datanode "${other.id}" at ${other.address} lives: its data folder is a ` +
      'copy of that one. Stop one of the two; the one that is not needed gets an empty data folder and another id',
    { retriable: true },
  );
}
