/** Asks a master how the cluster is, and makes the lab's picture of its answer. */
import { ClusterService } from '../protocol/services.js';
import { LOCATION_PAGE_MAX } from '../shared/limits.js';
import type { Clock, RpcChannel } from '../shared/runtime.js';
import type { Opinion } from './node-state.js';
import type { ChunkCounts, ChunkView } from './types.js';

/** What the master says of one datanode. */
export interface DataNodePicture {
  readonly opinion: Opinion;
  readonly usedBytes: number;
  readonly capacityBytes: number;
  readonly replicaCount: number;
}

/** One answer of the master. Times are of the clock that `askPicture` is given. */
export interface MasterPicture {
  readonly atMs: number;
  readonly clusterId: string;
  readonly term: number;
  readonly safeMode: boolean;
  readonly files: number;
  readonly chunks: ChunkCounts;
  readonly repairsCompleted: number;
  readonly orphanReplicas: number;
  readonly datanodes: ReadonlyMap<string, DataNodePicture>;
}

/** Asks how the cluster is. @throws DfsError when the master does not answer in time */
export async function askPicture(channel: RpcChannel, clock: Pick<Clock, 'nowMs'>, deadlineMs: number): Promise<MasterPicture> {
  // Ages are counted from the asking: a slow answer makes a heartbeat look older, never newer.
  const atMs = clock.nowMs();
  const answer = await channel.call(ClusterService.GetClusterStatus, {}, { deadlineMs });
  const datanodes = answer.nodes.map((node): [string, DataNodePicture] => [
    node.nodeId,
    {
      opinion: {
        state: node.state === 'LIVE' ? 'live' : node.state === 'STALE' ? 'stale' : 'dead',
        heardAtMs: atMs - node.lastHeartbeatAgeMs,
      },
      usedBytes: node.stats?.usedBytes ?? 0,
      capacityBytes: node.stats?.capacityBytes ?? 0,
      replicaCount: node.replicaCount,
    },
  ]);
  return {
    atMs,
    clusterId: answer.clusterId,
    term: answer.term,
    safeMode: answer.safeMode,
    files: answer.fileCount,
    chunks: {
      total: answer.chunks?.total ?? 0,
      healthy: answer.chunks?.healthy ?? 0,
      underReplicated: answer.chunks?.underReplicated ?? 0,
      missing: answer.chunks?.missing ?? 0,
    },
    repairsCompleted: answer.repairsCompleted,
    orphanReplicas: answer.orphanReplicas,
    datanodes: new Map(datanodes),
  };
}

/** The first `limit` chunks. @throws DfsError when the master does not answer in time */
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
