/**
 * The handlers of NamespaceService that change something: each becomes one entry of the log. A call works for the leadership it began
 * under, and for no later one.
 */
import type { MutationHeader__Output } from '../../protocol/generated/distrifs/v1/MutationHeader.js';
import type { NodeAddress__Output } from '../../protocol/generated/distrifs/v1/NodeAddress.js';
import type { Handlers, NamespaceService } from '../../protocol/services.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { SESSIONS_MAX } from '../../shared/limits.js';
import type { Random } from '../../shared/runtime.js';
import type { ActiveNodes } from '../datanodes/active-nodes.js';
import { planChunk, planFirstChunk } from '../datanodes/chunk-planner.js';
import type { ChunkPlacement } from '../datanodes/chunk-planner.js';
import { assertReplicasWritten } from '../datanodes/written-replicas.js';
import type { Leadership, MasterContext } from '../leader/master-context.js';
import type { LogOperation } from '../state/operations/log-operation.js';
import type { MutationName } from '../state/operations/operations.js';
import { assertAnswer } from '../state/tables/answer.js';
import type { Answer } from '../state/tables/answer.js';
import { deletionOf, lapsedWriterAt, withHolder } from './unfinished-files.js';

type Writes = Pick<
  Handlers<typeof NamespaceService>,
  | 'OpenSession'
  | 'RenewSession'
  | 'HoldSession'
  | 'CloseSession'
  | 'CreateFile'
  | 'AssignChunk'
  | 'CommitVersion'
  | 'CompleteFile'
  | 'AbandonFile'
  | 'MakeDirectory'
  | 'Rename'
  | 'Delete'
>;

/** Renewals within one soft lease. */
const RENEWALS_PER_LEASE = 4;
/** Sessions that may be logged and not applied yet: as many as the proposer lets under way. */
const SESSIONS_UNDER_WAY_MAX = 4_096;
/**
 * Ids of sessions that are skipped before one, at random, are fewer. Of the sessions that a log had lost when an older copy was put back,
 * one in 2^23 has an id that is given again, and a cluster can open 2^29 sessions before none is skipped.
 */
const SKIPPED_SESSION_IDS = 2 ** 24;
/** A session's use is logged at most this often in its timeout, when nothing else of it is. */
const LOGGED_RENEWALS_PER_TIMEOUT = 4;

export function namespaceWrites(master: MasterContext): Writes {
  const run = (header: MutationHeader__Output | null, build: () => LogOperation<MutationName>): Promise<Answer> =>
    master.requireLeader().mutations.run(header, build);
  return {
    ...sessionHandlers(master),

    CreateFile: async (request) => createFile(master, master.requireLeader(), request),

    AssignChunk: async (request) => assignChunk(master, master.requireLeader(), request),

    CommitVersion: async (commitVersion) => {
      await run(commitVersion.header, () => ({ operation: 'commitVersion', commitVersion }));
      return {};
    },

    CompleteFile: async (completeFile) => {
      const { soft } = master.requireLeader();
      const answer = await run(completeFile.header, () => {
        const { state, settings } = master.machine;
        assertReplicasWritten(state, settings, soft.locations, completeFile.fileId);
        return completeFile.onlyChunk === null
          ? { operation: 'completeFile', completeFile }
          : { operation: 'completeWritten', completeWritten: completeFile };
      });
      return expected(answer.completeFile);
    },

    AbandonFile: async (abandonFile) => {
      await run(abandonFile.header, () => ({ operation: 'abandonFile', abandonFile }));
      return {};
    },

    MakeDirectory: async (makeDirectory) => {
      await run(makeDirectory.header, () => ({ operation: 'makeDirectory', makeDirectory }));
      return {};
    },

    Rename: async (rename) => {
      await run(rename.header, () => ({ operation: 'rename', rename: { ...rename, keepsLimits: true } }));
      return {};
    },

    Delete: async (request) => {
      const leader = master.requireLeader();
      await leader.mutations.run(request.header, () => deletionOf(master.machine, leader, request));
      leader.maintenance.soon();
      return {};
    },
  };
}

function sessionHandlers(master: MasterContext): Pick<Writes, 'OpenSession' | 'RenewSession' | 'HoldSession' | 'CloseSession'> {
  const { machine, config, runtime } = master;
  const renewIntervalMs = Math.floor(config.timings.leaseSoftMs / RENEWALS_PER_LEASE);
  return {
    OpenSession: async ({ clientName }, { peer }) => {
      const { proposer, leaderState, term } = master.requireLeader();
      // Masters of earlier releases do not know the second one, and need not while there is room.
      const isNearlyFull = machine.state.sessions.size + SESSIONS_UNDER_WAY_MAX >= SESSIONS_MAX;
      const opened = { clientName, skippedIds: runtime.random.uint32() % SKIPPED_SESSION_IDS };
      const answer = await proposer.propose(
        isNearlyFull && proposer.isKnownToAll('replaceSession')
          ? { operation: 'replaceSession', replaceSession: opened }
          : { operation: 'openSession', openSession: opened },
      );
      assertAnswer(answer);
      const sessionId = expected(answer.sessionId);
      leaderState.leases.renew(sessionId, peer);
      const { settings } = machine;
      return {
        clusterId: settings.clusterId,
        sessionId,
        sessionTimeoutMs: settings.sessionTimeoutMs,
        renewIntervalMs,
        term,
        defaultReplication: settings.defaultReplication,
        defaultChunkSizeBytes: settings.defaultChunkSizeBytes,
        minReplicas: settings.minReplicas,
      };
    },

    RenewSession: async (renewSession, { peer, signal }) => {
      const { proposer, leaderState, mutations, readBarrier, term } = master.requireLeader();
      mutations.assertCluster(renewSession.clusterId);
      // A leader that was replaced without knowing it knows neither all sessions, nor whose file another writer may take over.
      await readBarrier();
      const session = machine.state.sessions.require(renewSession.sessionId);
      // A client that is gone does not keep its files by what it sent last.
      if (!signal.aborted) leaderState.leases.renew(session.id, peer);
      const unloggedMs = proposer.logTimeMs() - session.lastUsedMs;
      if (unloggedMs > machine.settings.sessionTimeoutMs / LOGGED_RENEWALS_PER_TIMEOUT) {
        assertAnswer(await proposer.propose({ operation: 'renewSession', renewSession }));
      }
      return { term };
    },

    HoldSession: async ({ clusterId, sessionId }, { peer, signal }) => {
      const { leaderState, mutations, readBarrier, term } = master.requireLeader();
      mutations.assertCluster(clusterId);
      // A leader that was replaced without knowing it does not know all sessions; those that it knows it may hold, for nothing.
      if (machine.state.sessions.get(sessionId) === undefined) await readBarrier();
      machine.state.sessions.require(sessionId);
      await leaderState.leases.hold(sessionId, renewIntervalMs, peer, signal);
      // The answer says that this master led meanwhile.
      await readBarrier();
      return { term };
    },

    CloseSession: async (closeSession) => {
      const { proposer, mutations, readBarrier } = master.requireLeader();
      mutations.assertCluster(closeSession.clusterId);
      await readBarrier();
      // Closed or expired already: what was asked for is so.
      if (machine.state.sessions.get(closeSession.sessionId) !== undefined) {
        assertAnswer(await proposer.propose({ operation: 'closeSession', closeSession }));
      }
      return {};
    },
  };
}

/** With the plan of its first chunk where that is asked for, can be made, and is known to all masters. */
async function createFile(
  { machine, runtime }: MasterContext,
  leader: Leadership,
  request: Parameters<Writes['CreateFile']>[0],
): ReturnType<Writes['CreateFile']> {
  const { soft, term, proposer } = leader;
  const planned: { plan: ChunkPlacement | null } = { plan: null };
  let answer: Answer | null = null;
  try {
    answer = await leader.mutations.run(request.header, () => {
      const takeOverFileId = lapsedWriterAt(machine, leader, request.path);
      const create = { request: { ...request, firstChunk: null }, takeOverFileId };
      if (proposer.isKnownToAll('createPlanned'))
        planned.plan = planFirstChunk(machine.settings, soft.nodes, request, runtime.random);
      if (planned.plan === null || planned.plan.refusal !== null) return { operation: 'createFile', createFile: create };
      const assign = { request: null, term, ...placeOf(planned.plan, runtime.random) };
      return { operation: 'createPlanned', createPlanned: { create, assign } };
    });
    return expected(answer.createFile);
  } catch (error) {
    throw isDfsError(error, 'FILE_BUSY') ? withHolder(error, machine, leader, request.path) : error;
  } finally {
    settleHold(soft.nodes, planned.plan, answer?.createFile?.firstChunk);
  }
}

async function assignChunk(
  { machine, runtime }: MasterContext,
  leader: Leadership,
  request: Parameters<Writes['AssignChunk']>[0],
): ReturnType<Writes['AssignChunk']> {
  const { soft, term } = leader;
  const planned: { plan: ChunkPlacement | null } = { plan: null };
  let answer: Answer | null = null;
  try {
    answer = await leader.mutations.run(request.header, () => {
      const plan = planChunk(machine.state, soft.nodes, request, runtime.random);
      planned.plan = plan;
      return { operation: 'assignChunk', assignChunk: { request, term, ...placeOf(plan, runtime.random) } };
    });
    return expected(answer.assignChunk);
  } catch (error) {
    // The refusal is logged, so that a late copy of this request does not raise a version that another plan uses; only here are
    // the reasons known.
    throw planned.plan?.refusal ?? error;
  } finally {
    settleHold(soft.nodes, planned.plan, answer?.assignChunk);
  }
}

/** What an entry says of a plan. */
function placeOf({ pipeline }: ChunkPlacement, random: Random): { pipeline: NodeAddress__Output[]; versionStamp: number } {
  // Not 0, which means none.
  const versionStamp = random.uint32() || 1;
  return { pipeline: pipeline.map(({ id, address }) => ({ nodeId: id, address })), versionStamp };
}

/** The space that a plan has set aside belongs to its chunk, or is free again when nothing was planned. */
function settleHold(
  nodes: ActiveNodes,
  plan: ChunkPlacement | null,
  chunk: { readonly chunkId: number } | null | undefined,
): void {
  const hold = plan?.hold ?? null;
  if (hold === null) return;
  if (chunk) hold.chunkId = chunk.chunkId;
  else nodes.release(hold);
}

/** The part of an answer that its kind always has. */
function expected<T>(part: T | undefined): T {
  if (part !== undefined) return part;
  throw new DfsError('INVALID_ARGUMENT', 'This sequence number was used for another kind of mutation: number each one anew');
}
