/** What the lab shows of a cluster: the public types that the terminal UI, scenarios and programs build on. */
import type { ProfileName } from '../shared/profile.js';
import type { FaultAction, Injection, LastingFault, DamageFault } from './faults.js';

export type NodeRole = 'master' | 'datanode';

/** paused: stopped by SIGSTOP. stopped: no process (killed, stopped, or exited). live, stale and dead are the master's opinion. */
export type NodeState = 'starting' | 'live' | 'stale' | 'dead' | 'paused' | 'stopped';

export interface ClusterOptions {
  /** 1 is what this release runs. */
  readonly masters?: number;
  readonly datanodes?: number;
  /** Datanodes are dealt to this many racks in turn (`rack-1`, `rack-2`, …). */
  readonly racks?: number;
  readonly replication?: number;
  readonly chunkSizeBytes?: number;
  /** How nodes are hosted. */
  readonly runtime?: 'process';
  readonly profile?: ProfileName;
  /** Keeps the cluster's data; started again when it holds a cluster. Left out: a fresh folder, removed by `close`. */
  readonly dir?: string;
  /** Caps what each datanode stores, bytes. */
  readonly capacityBytes?: number;
}

export interface NodeInfo {
  readonly id: string;
  readonly role: NodeRole;
  /** host:port: gRPC of a master, data port of a datanode. */
  readonly address: string;
  readonly pid: number | null;
  readonly dataDir: string;
  /** The node's log file. */
  readonly log: string;
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
  /** True while the fabric holds or cuts any of its links. */
  readonly partitioned: boolean;
}

export interface ChunkCounts {
  readonly total: number;
  readonly healthy: number;
  readonly underReplicated: number;
  readonly missing: number;
}

export interface ClusterStatus {
  readonly clusterId: string;
  readonly nodes: readonly NodeStatus[];
  readonly chunks: ChunkCounts;
  readonly files: number;
  readonly safeMode: boolean;
  readonly term: number;
  readonly repairsCompleted: number;
  readonly orphanReplicas: number;
  /** False while no master answers: the figures are then the last known ones. */
  readonly masterReachable: boolean;
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

/** What a person orders of a running lab. */
export type ControlAction = 'kill' | 'stop' | 'restart' | 'pause' | 'resume' | 'partition' | 'isolate' | 'heal';

/** How a partition treats bytes. stall: holds them until heal, in silence. reset: breaks connections and refuses new ones. */
export type PartitionKind = 'stall' | 'reset';

/** Everything that happens, in order. `atMs` is Unix time. */
export type ClusterEvent =
  | {
      readonly event: 'node-state';
      readonly atMs: number;
      readonly node: string;
      readonly from: NodeState;
      readonly to: NodeState;
    }
  | { readonly event: 'fault'; readonly atMs: number; readonly action: FaultAction; readonly nodes: readonly string[] }
  | {
      readonly event: 'node-exit';
      readonly atMs: number;
      readonly node: string;
      readonly code: number | null;
      readonly signal: string | null;
    }
  | { readonly event: 'chunks'; readonly atMs: number; readonly chunks: ChunkCounts }
  | {
      readonly event: 'node-log';
      readonly atMs: number;
      readonly node: string;
      readonly level: 'warn' | 'error';
      readonly message: string;
    };

export interface InjectOptions {
  readonly targets?: readonly string[];
  readonly lot: number;
}

/** A running cluster as the terminal UI and scenarios use it; `Cluster` implements it. All rejections are DfsError. */
export interface ClusterControl {
  readonly dir: string;
  /** A proxy URL for clients that feel partitions; each identity (`client`, `client-1`, …) is a node of the fabric. */
  clientProxy(identity?: string): string;
  masters(): readonly NodeInfo[];
  datanodes(): readonly NodeInfo[];
  /** SIGKILL. Resolves when the process is gone. */
  kill(...nodeIds: readonly string[]): Promise<void>;
  /** SIGTERM, and SIGKILL after a bound. Resolves when the process is gone. */
  stop(...nodeIds: readonly string[]): Promise<void>;
  /** Starts a stopped node again on its data and address; a running one is stopped first. Resolves when it serves. */
  restart(...nodeIds: readonly string[]): Promise<void>;
  /** SIGSTOP: the process is there and says nothing. */
  pause(...nodeIds: readonly string[]): Promise<void>;
  resume(...nodeIds: readonly string[]): Promise<void>;
  /** Cuts the group off from all other nodes and clients; inside the group nothing changes. */
  partition(group: readonly string[], options?: { readonly kind?: PartitionKind }): Promise<void>;
  /** Cuts each of the nodes off from everyone. */
  isolate(nodeIds: readonly string[], options?: { readonly kind?: PartitionKind }): Promise<void>;
  /** Ends partitions: all of them, or those of the given nodes. */
  heal(nodeIds?: readonly string[]): Promise<void>;
  /** The latest picture. Never waits for a node that does not answer. */
  status(): Promise<ClusterStatus>;
  /** The first `limit` chunks with their replicas. */
  chunks(limit: number): Promise<readonly ChunkView[]>;
  /** Calls back on every event until the returned function is called. */
  onEvent(listener: (event: ClusterEvent) => void): () => void;
  /** Stops every node and the fabric, and removes what was temporary. Safe to call twice. */
  close(): Promise<void>;
}

/** A cluster that can be broken in every way that scenarios know. */
export interface BreakableCluster extends ClusterControl {
  /** As a power cut of the nodes' machines: what was not fsynced is lost or torn. Stays down until `restart`. */
  powercut(...nodeIds: readonly string[]): Promise<void>;
  /**
   * Kills the nodes and empties their disks; they stay down until `restart`.
   * @throws NothingToStrike when that would take the last good copy of a chunk
   */
  wipe(...nodeIds: readonly string[]): Promise<void>;
  /**
   * Puts a fault in force on nodes, or damages a file of theirs. What this kind of cluster cannot do is refused: UNIMPLEMENTED.
   * @param targets the other side of links; left out: everybody else
   * @param lot 0 <= lot < 2^32, decides what is left to chance
   * @throws NothingToStrike
   */
  inject(fault: LastingFault | DamageFault, nodeIds: readonly string[], options: InjectOptions): Promise<Injection>;
  /** Nodes that a selector can only find in the running cluster. */
  holders(path: string): Promise<readonly string[]>;
  writers(): Promise<readonly string[]>;
}
