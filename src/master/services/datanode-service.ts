/** The handlers of DataNodeService: registration, heartbeats, reports, and the orders that go back. */
import type { NodeIdentity__Output } from '../../protocol/generated/distrifs/v1/NodeIdentity.js';
import type { RegisterDataNodeRequest__Output } from '../../protocol/generated/distrifs/v1/RegisterDataNodeRequest.js';
import type { DataNodeService, Handlers } from '../../protocol/services.js';
import { parseAddress } from '../../shared/address.js';
import { DfsError } from '../../shared/errors.js';
import type { ActiveNode } from '../active-nodes.js';
import type { Leader } from '../leader.js';
import { assertAnswer } from '../state/answer.js';

const NODE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LABEL_CHARS_MAX = 64;
/** Of one block report: some 20 million replicas. */
const REPORT_PARTS_MAX = 1_000;

export function dataNodeHandlers(leader: Leader): Handlers<typeof DataNodeService> {
  const { soft, runtime, config, maintenance, term } = leader;
  const { clock } = runtime;
  return {
    RegisterDataNode: (request) => register(leader, request),

    Heartbeat: async ({ node: identity, stats }) => {
      const node = speaker(leader, identity);
      if (node === undefined) return { term, needsRegistration: true };
      const before = soft.nodes.heartbeat(node, identity?.acceptedTerm ?? 0, stats, clock.nowMs());
      if (before !== 'LIVE') {
        soft.livenessChanged(node, before);
        maintenance.soon();
      }
      return { term, needsFullReport: node.needsFullReport, orders: soft.orders.take(node.id) };
    },

    BlockReport: async ({ node: identity, reportId, part, parts, replicas, stats }) => {
      const node = speaker(leader, identity);
      if (node === undefined) return { term, needsRegistration: true };
      if (part >= parts || parts > REPORT_PARTS_MAX) {
        throw new DfsError(
          'INVALID_ARGUMENT',
          `Part ${part} of ${parts} of a block report: 1 to ${REPORT_PARTS_MAX} parts are possible`,
        );
      }
      if (soft.nodes.isLateReport(node, reportId, part)) return { term };
      if (stats !== null) node.stats = stats;
      if (part === 0) node.needsFullReport = false;
      const isConfirmed = identity?.acceptedTerm === term;
      for (const replica of replicas) {
        if (replica.state === 'CORRUPT' && soft.locations.find(replica.chunkId, node.id) !== undefined) {
          soft.warnCorrupt(replica.chunkId, replica.version, node.id);
        }
      }
      const isLast = part === parts - 1;
      const hasTakenEffect = soft.locations.reportPart(node, { reportId, part, parts, replicas }, isConfirmed, clock.nowMs());
      if (hasTakenEffect && isConfirmed) {
        node.hasReported = true;
        soft.safeMode.check();
        maintenance.soon();
      } else if (isLast) {
        // Parts were missing, or it was made under another term.
        node.needsFullReport = true;
      }
      return { term };
    },

    ReportReplicas: async ({ node: identity, reportId, replicas, stats, failures }) => {
      const node = speaker(leader, identity);
      if (node === undefined) return { term, needsRegistration: true };
      if (soft.nodes.isLateReport(node, reportId, 0)) return { term };
      if (stats !== null) node.stats = stats;
      const isConfirmed = identity?.acceptedTerm === term;
      const completed = soft.repairs.completed;
      for (const replica of replicas) soft.replicaChanged(node, replica, isConfirmed);
      for (const failure of failures) soft.repairs.orderFailed(node.id, failure);
      soft.safeMode.check();
      // What ended makes room for more.
      if (failures.length > 0 || soft.repairs.completed > completed) maintenance.soon();
      return { term };
    },

    PollOrders: async ({ node: identity, waitMs }, { signal }) => {
      const node = speaker(leader, identity);
      if (node === undefined) return { term, needsRegistration: true };
      const { registrationId } = node;
      const orders = await soft.orders.poll(node.id, Math.min(waitMs, config.timings.orderPollMs), signal);
      if (signal.aborted && node.registrationId === registrationId) soft.nodes.hungUp(node, clock.nowMs());
      return { term, orders };
    },
  };
}

/**
 * The registered node that speaks; undefined when it must register.
 * @throws DfsError FOREIGN_CLUSTER, STALE_TERM
 */
function speaker(leader: Leader, identity: NodeIdentity__Output | null): ActiveNode | undefined {
  const { nodeId, registrationId } = checkedIdentity(leader, identity);
  return leader.soft.nodes.registered(nodeId, registrationId);
}

function checkedIdentity(leader: Leader, identity: NodeIdentity__Output | null): NodeIdentity__Output {
  if (identity === null) throw new DfsError('INVALID_ARGUMENT', 'A datanode must say who it is');
  const { clusterId } = leader.machine.settings;
  if (identity.clusterId !== '' && identity.clusterId !== clusterId) {
    throw new DfsError(
      'FOREIGN_CLUSTER',
      `Datanode "${identity.nodeId}" holds data of cluster ${identity.clusterId}, but this master serves cluster ${clusterId}. Its ` +
        'data was not touched. If the address is wrong, point the datanode at the master of its own cluster. If that master was made ' +
        'anew, put its old folder back: the chunks are readable with it. To use the machine here, give the datanode another, empty ' +
        'data folder and keep this one',
    );
  }
  if (identity.acceptedTerm > leader.term) {
    throw new DfsError(
      'STALE_TERM',
      `Datanode "${identity.nodeId}" has accepted term ${identity.acceptedTerm}, but this master is at term ${leader.term}: its log is ` +
        'older than what this cluster has seen. Was an old copy of the folder put back? Nothing is deleted meanwhile',
    );
  }
  return identity;
}

async function register(
  leader: Leader,
  request: RegisterDataNodeRequest__Output,
): ReturnType<Handlers<typeof DataNodeService>['RegisterDataNode']> {
  const { soft, runtime, machine, config, proposer, maintenance, term } = leader;
  const { nodeId, incarnation, acceptedTerm } = checkedIdentity(leader, request.node);
  const { address, rack } = request;
  assertDescription(nodeId, incarnation, rack);
  parseAddress(address);
  assertNotTaken(leader, nodeId, incarnation);
  const known = machine.state.nodes.get(nodeId);
  if (known?.incarnation !== incarnation || known.address !== address || known.rack !== rack) {
    assertAnswer(await proposer.propose({ operation: 'registerNode', registerNode: { nodeId, incarnation, address, rack } }));
    assertNotTaken(leader, nodeId, incarnation);
  }
  const before = soft.nodes.get(nodeId);
  const wasDead = before?.state === 'DEAD';
  if (before !== undefined && before.incarnation !== incarnation) {
    runtime.log.warn(`Datanode ${nodeId} came back with an empty folder: its old replicas are forgotten`, { nodeId });
    soft.locations.dropNode(nodeId);
  }
  soft.locations.dropPartialReport(nodeId);
  soft.orders.clear(nodeId);
  soft.repairs.nodeLost(nodeId);
  const node = soft.nodes.register(
    { id: nodeId, incarnation, address, rack, acceptedTerm, stats: request.stats },
    runtime.clock.nowMs(),
  );
  if (wasDead) soft.livenessChanged(node, 'DEAD');
  runtime.log.info(`Datanode ${nodeId} registered at ${address}`, { nodeId, address, rack, registrationId: node.registrationId });
  maintenance.soon();
  return {
    clusterId: machine.settings.clusterId,
    registrationId: node.registrationId,
    term,
    heartbeatIntervalMs: config.timings.heartbeatIntervalMs,
    blockReportIntervalMs: config.timings.blockReportIntervalMs,
  };
}

function assertDescription(nodeId: string, incarnation: string, rack: string): void {
  if (!NODE_ID.test(nodeId)) {
    throw new DfsError(
      'INVALID_ARGUMENT',
      `"${nodeId}" is not a node id: use 1 to 64 letters, digits, dots, dashes and underscores`,
    );
  }
  if (incarnation === '' || incarnation.length > LABEL_CHARS_MAX || rack.length > LABEL_CHARS_MAX) {
    throw new DfsError(
      'INVALID_ARGUMENT',
      `Datanode "${nodeId}": incarnation (not empty) and rack may have ${LABEL_CHARS_MAX} characters`,
    );
  }
}

/**
 * Two folders must not bear one id at the same time: the later one waits until the earlier is silent.
 * @throws DfsError ALREADY_EXISTS, retriable
 */
function assertNotTaken(leader: Leader, nodeId: string, incarnation: string): void {
  const other = leader.soft.nodes.get(nodeId);
  if (other?.state !== 'LIVE' || other.registrationId === 0 || other.incarnation === incarnation) return;
  throw new DfsError(
    'ALREADY_EXISTS',
    `Datanode id "${nodeId}" is in use by a live node at ${other.address} with another data folder: stop that one, or choose another id`,
    { retriable: true },
  );
}
