/** Requests the status of a master and its view of the cluster, and converts the answers to the lab's format. */
import type { DiskState__Output } from '../../protocol/generated/distrifs/v1/DiskState.js';
import type { GetClusterStatusResponse__Output } from '../../protocol/generated/distrifs/v1/GetClusterStatusResponse.js';
import type { GetMasterStatusResponse__Output } from '../../protocol/generated/distrifs/v1/GetMasterStatusResponse.js';
import { wholeClusterStatus } from '../../protocol/whole-cluster-status.js';
import { ClusterService, MasterService } from '../../protocol/services.js';
import { LOCATION_PAGE_MAX } from '../../shared/limits.js';
import type { Clock, RpcChannel } from '../../shared/runtime.js';
import type { Opinion } from './node-state.js';
import type { ChunkCounts, ChunkView, DiskCondition, MasterRole } from '../api/cluster-status.js';

/** A master's view of one datanode. */
export interface DataNodeStatusView {
  readonly opinion: Opinion;
  readonly usedBytes: number;
  readonly capacityBytes: number;
  readonly replicaCount: number;
  readonly disk: DiskCondition;
}

/** A master's view of the cluster. */
export interface MasterStatusView {
  readonly clusterId: string;
  readonly term: number;
  readonly safeMode: boolean;
  readonly files: number;
  readonly chunks: ChunkCounts;
  readonly repairsCompleted: number;
  readonly orphanReplicas: number;
  readonly datanodes: ReadonlyMap<string, DataNodeStatusView>;
}

/** A member of the group, according to a master's log. */
export interface MemberStatusView {
  readonly id: string;
  readonly incarnation: number;
  readonly isVoter: boolean;
}

/** A master's state in its group. */
export interface GroupStatusView {
  readonly role: MasterRole;
  readonly term: number;
  readonly incarnation: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  /** Empty: unknown. */
  readonly stateDigest: string;
  readonly members: readonly MemberStatusView[];
}

/** One answer of a master. */
export interface MasterAnswer {
  /** Time of the request, on the clock that is passed to `askMaster`. */
  readonly atMs: number;
  readonly group: GroupStatusView;
  /** null: the master has no state, because it waits for an invitation. */
  readonly cluster: MasterStatusView | null;
}

const ROLES: Readonly<Record<GetMasterStatusResponse__Output['role'], MasterRole>> = {
  MASTER_ROLE_UNSPECIFIED: 'follower',
  LEADER: 'leader',
  FOLLOWER: 'follower',
  CANDIDATE: 'candidate',
  LEARNER: 'learner',
  DAMAGED: 'damaged',
  WAITING: 'waiting',
};

const DISKS: Readonly<Record<DiskState__Output, DiskCondition>> = {
  WRITABLE: 'writable',
  READ_ONLY: 'read-only',
  FAILING: 'failing',
};

/** Requests both from a master. @throws DfsError when the master does not answer in time */
export async function askMaster(channel: RpcChannel, clock: Pick<Clock, 'nowMs'>, deadlineMs: number): Promise<MasterAnswer> {
  // Ages are counted from the time of the request: a slow answer makes a heartbeat look older, never newer.
  const atMs = clock.nowMs();
  const [cluster, master] = await Promise.allSettled([
    wholeClusterStatus((page) => channel.call(ClusterService.GetClusterStatus, page, { deadlineMs })),
    channel.call(MasterService.GetMasterStatus, {}, { deadlineMs }),
  ]);
  if (master.status === 'rejected') throw master.reason;
  return {
    atMs,
    group: groupOf(master.value),
    cluster: cluster.status === 'fulfilled' ? clusterOf(cluster.value, atMs) : null,
  };
}

function groupOf(answer: GetMasterStatusResponse__Output): GroupStatusView {
  const { term, incarnation, commitIndex, appliedIndex, stateDigest } = answer;
  return {
    role: ROLES[answer.role],
    term,
    incarnation,
    commitIndex,
    appliedIndex,
    stateDigest,
    members: answer.members.map(({ masterId, incarnation: life, isVoter }) => ({ id: masterId, incarnation: life, isVoter })),
  };
}

function clusterOf(answer: GetClusterStatusResponse__Output, atMs: number): MasterStatusView {
  const datanodes = answer.nodes.map((node): [string, DataNodeStatusView] => [
    node.nodeId,
    {
      opinion: {
        state: node.state === 'LIVE' ? 'live' : node.state === 'STALE' ? 'stale' : 'dead',
        heardAtMs: atMs - node.lastHeartbeatAgeMs,
      },
      usedBytes: node.stats?.usedBytes ?? 0,
      capacityBytes: node.stats?.capacityBytes ?? 0,
      replicaCount: node.replicaCount,
      disk: DISKS[node.stats?.disk?.state ?? 'WRITABLE'],
    },
  ]);
  return {
    clusterId: answer.clusterId,
    term: answer.term,
    safeMode: answer.safeMode,
    files: answer.fileCount,
    chunks: {
      total: answer.chunks?.total ?? 0,
      healthy: answer.chunks?.healthy ?? 0,
      underReplicated: answer.chunks?.underReplicated ?? 0,
      missing: answer.chunks?.missing ?? 0,
      unreported: answer.chunks?.unreported ?? 0,
    },
    repairsCompleted: answer.repairsCompleted,
    orphanReplicas: answer.orphanReplicas,
    datanodes: new Map(datanodes),
  };
}

/** The first `limit` chunks. @throws DfsError when the master does not answer in time, or does not lead */
export async function askChunks(channel: RpcChannel, limit: number, deadlineMs: number): Promise<ChunkView[]> {
  const found: ChunkView[] = [];
  let afterChunkId = 0;
  for (let hasMore = true; hasMore && found.length < limit;) {
    const page = { afterChunkId, limit: Math.min(limit - found.length, LOCATION_PAGE_MAX) };
    const answer = await channel.call(ClusterService.ListChunks, page, { deadlineMs });
    for (const chunk of answer.chunks) {
      afterChunkId = chunk.chunkId;
      found.push({
        uuid: chunk.chunkUuid,
        path: chunk.path,
        index: chunk.index,
        version: chunk.version,
        lengthBytes: chunk.lengthBytes,
        replication: chunk.replication,
        nodeIds: chunk.nodeIds,
      });
    }
    hasMore = answer.hasMore && answer.chunks.length > 0;
  }
  return found;
}
