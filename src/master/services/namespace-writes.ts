/** The handlers of NamespaceService that change something: each becomes one entry of the log. */
import type { Handlers, NamespaceService } from '../../protocol/services.js';
import { DfsError } from '../../shared/errors.js';
import { REPLICATION_MAX } from '../../shared/limits.js';
import { planChunk } from '../chunk-planner.js';
import type { ChunkPlan } from '../chunk-planner.js';
import type { Leader } from '../leader.js';
import { assertAnswer } from '../state/answer.js';
import type { Answer } from '../state/answer.js';

type Writes = Pick<
  Handlers<typeof NamespaceService>,
  | 'OpenSession'
  | 'RenewSession'
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

/** Of a client's name in the log. */
const CLIENT_NAME_CHARS_MAX = 256;
/** Renewals within one soft lease. */
const RENEWALS_PER_LEASE = 4;
/** A session's use is logged at most this often in its timeout, when nothing else of it is. */
const LOGGED_RENEWALS_PER_TIMEOUT = 4;

export function namespaceWrites(leader: Leader): Writes {
  const { mutations } = leader;
  return {
    ...sessionHandlers(leader),

    CreateFile: async (createFile) => {
      const answer = await mutations.run(createFile.header, () => ({
        operation: 'createFile',
        createFile: { request: createFile, takeOverFileId: lapsedWriterAt(leader, createFile.path) },
      }));
      return expected(answer.createFile);
    },

    AssignChunk: (request) => assignChunk(leader, request),

    CommitVersion: async (commitVersion) => {
      if (commitVersion.nodeIds.length > REPLICATION_MAX) {
        throw new DfsError(
          'INVALID_ARGUMENT',
          `A chunk is on ${REPLICATION_MAX} nodes at most, not on ${commitVersion.nodeIds.length}`,
        );
      }
      await mutations.run(commitVersion.header, () => ({ operation: 'commitVersion', commitVersion }));
      return {};
    },

    CompleteFile: async (completeFile) => {
      const answer = await mutations.run(completeFile.header, () => ({ operation: 'completeFile', completeFile }));
      return expected(answer.completeFile);
    },

    AbandonFile: async (abandonFile) => {
      await mutations.run(abandonFile.header, () => ({ operation: 'abandonFile', abandonFile }));
      return {};
    },

    MakeDirectory: async (makeDirectory) => {
      await mutations.run(makeDirectory.header, () => ({ operation: 'makeDirectory', makeDirectory }));
      return {};
    },

    Rename: async (rename) => {
      await mutations.run(rename.header, () => ({ operation: 'rename', rename }));
      return {};
    },

    Delete: async (request) => {
      await mutations.run(request.header, () => ({ operation: 'delete', delete: request }));
      leader.maintenance.soon();
      return {};
    },
  };
}

function sessionHandlers(leader: Leader): Pick<Writes, 'OpenSession' | 'RenewSession' | 'CloseSession'> {
  const { machine, proposer, soft, mutations, config, term } = leader;
  return {
    OpenSession: async ({ clientName }) => {
      const answer = await proposer.propose({
        operation: 'openSession',
        openSession: { clientName: clientName.slice(0, CLIENT_NAME_CHARS_MAX) },
      });
      assertAnswer(answer);
      const sessionId = expected(answer.sessionId);
      soft.leases.renew(sessionId);
      const { settings } = machine;
      return {
        clusterId: settings.clusterId,
        sessionId,
        sessionTimeoutMs: settings.sessionTimeoutMs,
        renewIntervalMs: Math.floor(config.timings.leaseSoftMs / RENEWALS_PER_LEASE),
        term,
        defaultReplication: settings.defaultReplication,
        defaultChunkSizeBytes: settings.defaultChunkSizeBytes,
        minReplicas: settings.minReplicas,
      };
    },

    RenewSession: async (renewSession) => {
      mutations.assertCluster(renewSession.clusterId);
      const session = machine.state.sessions.require(renewSession.sessionId);
      soft.leases.renew(session.id);
      const unloggedMs = proposer.logTimeMs() - session.lastUsedMs;
      if (unloggedMs > machine.settings.sessionTimeoutMs / LOGGED_RENEWALS_PER_TIMEOUT) {
        assertAnswer(await proposer.propose({ operation: 'renewSession', renewSession }));
      }
      return { term };
    },

    CloseSession: async (closeSession) => {
      mutations.assertCluster(closeSession.clusterId);
      // Closed or expired already: what was asked for is so.
      if (machine.state.sessions.get(closeSession.sessionId) !== undefined) {
        assertAnswer(await proposer.propose({ operation: 'closeSession', closeSession }));
      }
      return {};
    },
  };
}

async function assignChunk(leader: Leader, request: Parameters<Writes['AssignChunk']>[0]): ReturnType<Writes['AssignChunk']> {
  const { soft, machine, runtime, term } = leader;
  const planned: { plan: ChunkPlan | null } = { plan: null };
  let answer: Answer | null = null;
  try {
    answer = await leader.mutations.run(request.header, () => {
      const plan = planChunk(machine.state, soft.nodes, request, runtime.random);
      planned.plan = plan;
      const pipeline = plan.pipeline.map(({ id, address }) => ({ nodeId: id, address }));
      return { operation: 'assignChunk', assignChunk: { request, term, pipeline } };
    });
    return expected(answer.assignChunk);
  } catch (error) {
    // The refusal is logged, so that a late copy of this request does not raise a version that another plan uses; only here are
    // the reasons known.
    throw planned.plan?.refusal ?? error;
  } finally {
    const hold = planned.plan?.hold ?? null;
    if (hold !== null) {
      if (answer?.assignChunk === undefined) soft.nodes.release(hold);
      else hold.chunkId = answer.assignChunk.chunkId;
    }
  }
}

/** The unfinished file at this path whose writer has been silent for too long; 0 when there is none. */
function lapsedWriterAt(leader: Leader, path: string): number {
  const { tree } = leader.machine.state;
  try {
    const { parent, name } = tree.place(path);
    const file = tree.pendingAt(parent.id, name);
    const sessionId = file?.pending?.sessionId;
    return file !== undefined && sessionId !== undefined && leader.soft.leases.hasLapsed(sessionId) ? file.id : 0;
  } catch (error) {
    // A path that is refused: applying the request says so.
    if (error instanceof DfsError) return 0;
    throw error;
  }
}

/** The part of an answer that its kind always has. */
function expected<T>(part: T | undefined): T {
  if (part !== undefined) return part;
  throw new DfsError('INVALID_ARGUMENT', 'This sequence number was used for another kind of mutation: number each one anew');
}
