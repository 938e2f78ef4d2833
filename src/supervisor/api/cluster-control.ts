/** A running cluster as the terminal UI, scenarios and programs act on it. */
import type { ClusterEvent } from './cluster-events.js';
import type { ChunkView, ClusterStatus, NodeInfo, RuntimeKind } from './cluster-status.js';
import type { ActiveFault, DamageFault, LastingFault, PartitionKind } from './fault.js';
import type { LifeProbe } from './life-probe.js';

/** The actions that a person can request of a running lab. */
export type ControlAction =
  'kill' | 'stop' | 'restart' | 'pause' | 'resume' | 'partition' | 'isolate' | 'heal' | 'transfer-leadership';

export interface InjectOptions {
  readonly targets?: readonly string[];
  readonly choiceSeed: number;
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
  /** SIGSTOP: the process stays, but does not respond. */
  pause(...nodeIds: readonly string[]): Promise<void>;
  resume(...nodeIds: readonly string[]): Promise<void>;
  /** Cuts the group off from all other nodes and clients; inside the group nothing changes. */
  partition(group: readonly string[], options?: { readonly kind?: PartitionKind }): Promise<void>;
  /** Cuts each of the nodes off from all other nodes and clients. */
  isolate(nodeIds: readonly string[], options?: { readonly kind?: PartitionKind }): Promise<void>;
  /** Ends partitions: all of them, or those of the given nodes. */
  heal(nodeIds?: readonly string[]): Promise<void>;
  /**
   * Hands the lead over to a master. Default: the one that has the most of the log.
   * @returns who leads
   */
  transferLeadership(masterId?: string): Promise<string>;
  /** The latest picture. Never waits for a node that does not answer. */
  status(): Promise<ClusterStatus>;
  /** The first `limit` chunks with their replicas. */
  chunks(limit: number): Promise<readonly ChunkView[]>;
  /** Calls back on every event until the returned function is called. */
  onEvent(listener: (event: ClusterEvent) => void): () => void;
  /** Stops every node and the fabric, and removes what was temporary. Safe to call twice. */
  close(): Promise<void>;
}

export interface CrashOptions {
  /** A power cut, and not just SIGKILL. */
  readonly power: boolean;
  /**
   * 0 <= choiceSeed < 2^32: decides what is left on disks without power and, where time is simulated, in the middle of which call of one of the
   * nodes it is.
   */
  readonly choiceSeed: number;
}

/** A cluster that can be broken in every way that scenarios know. */
export interface BreakableCluster extends ClusterControl {
  readonly probe: LifeProbe;
  /** What a life of a node is. */
  readonly runtime: RuntimeKind;
  /** As a power cut of the nodes' machines: what was not fsynced is lost or torn. Stays down until `restart`. */
  powercut(...nodeIds: readonly string[]): Promise<void>;
  /**
   * As `kill` or `powercut`, of all of them at the same moment, with what that leaves to chance decided by a seed. Resolves when they are
   * gone.
   */
  strike(nodeIds: readonly string[], options: CrashOptions): Promise<void>;
  /** Starts datanodes that the cluster does not have yet, by the next free names (`dn-6` after `dn-5`). Resolves when they serve. */
  add(...nodeIds: readonly string[]): Promise<void>;
  /**
   * Kills the nodes and empties their disks; they stay down until `restart`. A master is then added to its group again, as a new one.
   * @throws NothingToDamage when that would take the last good copy of a chunk, or another master is not whole
   */
  wipe(...nodeIds: readonly string[]): Promise<void>;
  /**
   * As `wipe`, also when that takes the last good copies of chunks: files are lost then.
   * @throws NothingToDamage when another master is not whole
   */
  forceWipe(...nodeIds: readonly string[]): Promise<void>;
  /** Copies the folders of nodes, all at one moment; a later copy replaces an earlier one. */
  backup(...nodeIds: readonly string[]): Promise<void>;
  /**
   * Kills the nodes and puts their folders back as `backup` copied them; they stay down until `restart`.
   * @throws NothingToDamage when one was never copied
   */
  restoreOld(...nodeIds: readonly string[]): Promise<void>;
  /**
   * Kills all masters and empties their disks. They make a new cluster at their `restart`; datanodes keep their folders.
   * @throws NothingToDamage unless the nodes are all masters, and nothing else
   */
  refound(...nodeIds: readonly string[]): Promise<void>;
  /**
   * Injects a fault on nodes, or damages a file of theirs. What this kind of cluster cannot do is refused: UNIMPLEMENTED.
   * @param options.targets the other side of links; default: all other nodes, and clients
   * @param options.choiceSeed 0 <= choiceSeed < 2^32, decides what is left to chance
   * @throws NothingToDamage
   */
  inject(fault: LastingFault | DamageFault, nodeIds: readonly string[], options: InjectOptions): Promise<ActiveFault>;
  /** Nodes that a selector can only find in the running cluster. */
  holders(path: string): Promise<readonly string[]>;
  writers(): Promise<readonly string[]>;
}
