/** What the lab shows of a cluster and its nodes. */
import type { ActiveFaultView } from './lab-faults.js';

export type NodeRole = 'master' | 'datanode';

/** What a master is in its group, by its own word. learner: no vote yet. damaged: no vote until its log is whole. waiting: not invited yet. */
export type MasterRole = 'leader' | 'follower' | 'candidate' | 'learner' | 'damaged' | 'waiting';

/**
 * paused: stopped by SIGSTOP. stopped: no process (killed, stopped, or exited). live, stale and dead are the leader's opinion; of a master,
 * the lab's: it is live when it answers and has a vote, and starting as long as it has none.
 */
export type NodeState = 'starting' | 'live' | 'stale' | 'dead' | 'paused' | 'stopped';

export type RuntimeKind = 'process' | 'thread';

/** read-only: the system refuses changes. failing: the last one failed. The masters place nothing on either. */
export type DiskCondition = 'writable' | 'read-only' | 'failing';

export interface NodeInfo {
  readonly id: string;
  readonly role: NodeRole;
  /** host:port: gRPC of a master, data port of a datanode. */
  readonly address: string;
  /** Its process; null without one, and for a thread. */
  readonly pid: number | null;
  /** A number for each life of a node, from its start to its end, unlike that of any other in this cluster; null while it does not run. */
  readonly life: number | null;
  readonly dataDir: string;
  /** The node's log file. */
  readonly log: string;
}

/** A master as it says it is. The last answer, while there is no new one. */
export interface MemberStatus {
  /** null: it does not answer. */
  readonly role: MasterRole | null;
  readonly term: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  /** Entries that the leader has committed and this master has not applied; null while no master leads. */
  readonly lag: number | null;
  /** Hex digest of the replicated state at appliedIndex; empty: unknown. */
  readonly stateDigest: string;
}

export interface NodeStatus {
  readonly id: string;
  readonly role: NodeRole;
  readonly state: NodeState;
  readonly pid: number | null;
  readonly address: string;
  readonly rack: string;
  readonly usedBytes: number;
  readonly capacityBytes: number;
  readonly replicaCount: number;
  /** Of a datanode: whether its data folder takes changes, by its own word to the leader. */
  readonly disk: DiskCondition;
  /** True while the fabric holds or cuts any of its links. */
  readonly partitioned: boolean;
  /** Of a master; null for a datanode. */
  readonly member: MemberStatus | null;
}

export interface ChunkCounts {
  readonly total: number;
  readonly healthy: number;
  readonly underReplicated: number;
  readonly missing: number;
  /** Without a confirmed replica, while not all live datanodes have reported to a new leader: not among the missing ones. */
  readonly unreported: number;
}

export interface ClusterStatus {
  readonly clusterId: string;
  readonly nodes: readonly NodeStatus[];
  readonly chunks: ChunkCounts;
  readonly files: number;
  readonly safeMode: boolean;
  /** Of the last leader that answered. */
  readonly term: number;
  /** The master that leads; null while none is known. */
  readonly leader: string | null;
  /** Terms with a leader that the lab saw after the first one. */
  readonly leaderChanges: number;
  readonly repairsCompleted: number;
  readonly orphanReplicas: number;
  /** False while no leader answers: the figures of datanodes and chunks are then the last known ones. */
  readonly masterReachable: boolean;
  /** The active faults of the running lab, the oldest first. */
  readonly faults: readonly ActiveFaultView[];
}

export interface ChunkView {
  readonly uuid: string;
  readonly path: string;
  readonly index: number;
  readonly version: number;
  readonly lengthBytes: number;
  readonly replication: number;
  /** Nodes with a replica that counts: confirmed, of the committed version, the node not dead. */
  readonly nodeIds: readonly string[];
}
