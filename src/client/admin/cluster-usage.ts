/** How full a cluster is, and how well. */
import type { DataNodeStatus__Output } from '../../protocol/generated/distrifs/v1/DataNodeStatus.js';
import type { GetClusterStatusResponse__Output } from '../../protocol/generated/distrifs/v1/GetClusterStatusResponse.js';
import { ClusterService } from '../../protocol/services.js';
import { DfsError } from '../../shared/errors.js';

export interface NodeUsage {
  readonly id: string;
  /** host:port of its data port. */
  readonly address: string;
  readonly rack: string;
  /** The state of the node, as seen by the master. */
  readonly state: 'live' | 'stale' | 'dead';
  /** Whether its data folder takes changes: read-only when the system refuses them, failing when the last one failed. */
  readonly disk: 'writable' | 'read-only' | 'failing';
  /** The error of the last change of its folder that failed; empty while the folder takes changes. */
  readonly diskProblem: string;
  readonly capacityBytes: number;
  readonly usedBytes: number;
  readonly freeBytes: number;
  readonly replicas: number;
}

export interface ClusterUsage {
  readonly clusterId: string;
  /** Sums over the nodes that are not dead; every replica counts, and a disk that several of them share counts once. */
  readonly capacityBytes: number;
  readonly usedBytes: number;
  readonly freeBytes: number;
  readonly files: number;
  readonly directories: number;
  readonly chunks: {
    readonly total: number;
    readonly healthy: number;
    readonly underReplicated: number;
    readonly missing: number;
    /** Without a confirmed replica, while not all live datanodes have reported to a new leader. */
    readonly unreported: number;
  };
  readonly safeMode: boolean;
  /** Chunk ids that datanodes reported and the masters' log had not given: more than 0 when the log has lost entries. */
  readonly unknownChunkIds: number;
  /** Why the leader accepts nothing that grows; empty: it has enough space. */
  readonly shortage: string;
  readonly nodes: readonly NodeUsage[];
}

/**
 * Every master answers this call from its own state. Usage needs the state of the leader, so the answer of another master is
 * refused.
 */
export const GetLeadersStatus: typeof ClusterService.GetClusterStatus = {
  ...ClusterService.GetClusterStatus,
  decodeResponse(bytes) {
    const status = ClusterService.GetClusterStatus.decodeResponse(bytes);
    if (status.role === 'leader') return status;
    throw new DfsError('NOT_LEADER', `Master "${status.masterId}" does not lead: it is a ${status.role}`);
  },
};

function nodeUsage(node: DataNodeStatus__Output): NodeUsage {
  const disk = node.stats?.disk;
  return {
    id: node.nodeId,
    address: node.address,
    rack: node.rack,
    state: node.state === 'LIVE' ? 'live' : node.state === 'STALE' ? 'stale' : 'dead',
    disk: disk?.state === 'READ_ONLY' ? 'read-only' : disk?.state === 'FAILING' ? 'failing' : 'writable',
    diskProblem: disk?.problem ?? '',
    capacityBytes: node.stats?.capacityBytes ?? 0,
    usedBytes: node.stats?.usedBytes ?? 0,
    freeBytes: node.stats?.freeBytes ?? 0,
    replicas: node.replicaCount,
  };
}

/** What nodes have together: on a disk that they share, no more than the disk has. */
function sharedSpace(nodes: readonly DataNodeStatus__Output[]): { readonly capacityBytes: number; readonly freeBytes: number } {
  const disks = new Map<string, DataNodeStatus__Output[]>();
  for (const node of nodes) {
    const disk = node.stats?.disk?.diskId ?? '';
    const key = disk === '' ? `of ${node.nodeId}` : `disk ${disk}`;
    disks.set(key, [...(disks.get(key) ?? []), node]);
  }
  const ofDisk = (
    sharers: readonly DataNodeStatus__Output[],
    of: 'capacityBytes' | 'freeBytes',
    most: 'totalBytes' | 'freeBytes',
  ) => {
    const sum = sharers.reduce((total, { stats }) => total + (stats?.[of] ?? 0), 0);
    // Their looks at the disk are of different moments.
    const limits = sharers.map(({ stats }) => stats?.disk?.[most] ?? Infinity);
    return sharers.length === 1 ? sum : Math.min(sum, ...limits);
  };
  const all = [...disks.values()];
  return {
    capacityBytes: all.reduce((total, sharers) => total + ofDisk(sharers, 'capacityBytes', 'totalBytes'), 0),
    freeBytes: all.reduce((total, sharers) => total + ofDisk(sharers, 'freeBytes', 'freeBytes'), 0),
  };
}

/** Converts the master's answer. */
export function clusterUsage(status: GetClusterStatusResponse__Output): ClusterUsage {
  const nodes = status.nodes.map(nodeUsage).sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  const counted = nodes.filter((node) => node.state !== 'dead');
  return {
    clusterId: status.clusterId,
    ...sharedSpace(status.nodes.filter((node) => node.state !== 'DEAD')),
    usedBytes: counted.reduce((total, node) => total + node.usedBytes, 0),
    files: status.fileCount,
    directories: status.directoryCount,
    chunks: {
      total: status.chunks?.total ?? 0,
      healthy: status.chunks?.healthy ?? 0,
      underReplicated: status.chunks?.underReplicated ?? 0,
      missing: status.chunks?.missing ?? 0,
      unreported: status.chunks?.unreported ?? 0,
    },
    safeMode: status.safeMode,
    unknownChunkIds: status.unknownChunkIds,
    shortage: status.shortage,
    nodes,
  };
}
