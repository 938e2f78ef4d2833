/** What the lab shows of a cluster: the public types that the terminal UI, scenarios and programs build on. */
import type { ProfileName } from '../../shared/profile.js';
import type { LifeProbe } from './life-probe.js';
import type { DamageFault, FaultAction, FaultWord, ActiveFault, LastingFault, PartitionKind } from './fault.js';
import type { StepProblem } from './step-problem.js';

export type { PartitionKind } from './fault.js';

export type NodeRole = 'master' | 'datanode';

/** What a master is in its group, by its own word. learner: no vote yet. damaged: no vote until its log is whole. waiting: not invited yet. */
export type MasterRole = 'leader' | 'follower' | 'candidate' | 'learner' | 'damaged' | 'waiting';

/**
 * paused: stopped by SIGSTOP. stopped: no process (killed, stopped, or exited). live, stale and dead are the leader's opinion; of a master,
 * the lab's: it is live when it answers and has a vote, and starting as long as it has none.
 */
export type NodeState = 'starting' | 'live' | 'stale' | 'dead' | 'paused' | 'stopped';

export type RuntimeKind = 'process' | 'thread';

export interface ClusterOptions {
  /** 1, 3 or 5. */
  readonly masters?: number;
  readonly datanodes?: number;
  /** Datanodes are dealt to this many racks in turn (`rack-1`, `rack-2`, …). */
  readonly racks?: number;
  readonly replication?: number;
  readonly chunkSizeBytes?: number;
  /** A master makes a checkpoint when its log has grown by so much. Left out: as a master by itself. */
  readonly checkpointLogBytes?: number;
  /** How nodes are hosted: a child process each, or a thread each of one host process. */
  readonly runtime?: RuntimeKind;
  readonly profile?: ProfileName;
  /** Keeps the cluster's data; started again when it holds a cluster. Left out: a fresh folder, removed by `close`. */
  readonly dir?: string;
  /** Caps what each datanode stores, bytes. */
  readonly capacityBytes?: number;
  /** Name of the scenario whose run this cluster belongs to: other processes may look at it then, and not act on it. */
  readonly scenario?: string;
}

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
  /** Entries that the leader has committed and this master has not applied; null while nobody leads. */
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
  /** What was ordered of the running lab and is not over, the oldest first. */
  readonly faults: readonly ActiveFaultView[];
}

/** A fault that lasts until it is lifted, or until its time is over. */
export interface ActiveFaultView {
  /** Unlike that of any other fault of this lab. */
  readonly id: number;
  /** What is done to whom, as a command. */
  readonly text: string;
  readonly action: FaultAction;
  readonly nodes: readonly string[];
  /** Unix time. */
  readonly sinceMs: number;
  /** Unix time at which it ends by itself, and how far off that is; left out: when it is lifted. */
  readonly untilMs?: number;
  readonly leftMs?: number;
  /** How often it struck so far: messages held, calls failed … The last known figure of a node that does not answer. */
  readonly effects: number;
}

/** What came of an order to a running lab. */
export interface FaultAnswer {
  readonly id: number;
  /** What was done to whom, as a command. */
  readonly text: string;
  readonly action: FaultAction;
  /** The chosen ones. */
  readonly nodes: readonly string[];
  /** The other side of links; left out: everybody else. */
  readonly targets?: readonly string[];
  /** watching: in force, and counted. seen: it had its effect. passed: there was nothing to end. none: it had no effect, or not on all nodes. */
  readonly effect: 'watching' | 'seen' | 'passed' | 'none';
  readonly effects: number;
  /** What was seen, or why nothing was. */
  readonly evidence: string;
  /** Unix time at which it ends by itself. */
  readonly untilMs?: number;
}

/** Something wrong with a command; where it is wrong with a value of the step that it stands for, with the fields of that. */
export interface CommandProblem extends Partial<StepProblem> {
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** A key that a command can have: `delay=50ms`. */
export interface CommandKey {
  readonly key: string;
  /** What stands for its value in help: `duration`, `chunk|meta`. */
  readonly value: string;
  /** The values, where there are few. */
  readonly words: readonly string[];
  readonly help: string;
  readonly isNeeded: boolean;
}

/** What can be done to a running lab by one word. */
export interface CommandWord {
  readonly word: FaultWord;
  readonly help: string;
  /** Whether it says to whom: it has to, can (left out: to all), or never does. */
  readonly nodes: 'needed' | 'optional' | 'never';
  /** Of the fault itself, then of the other side of links, then `duration`. */
  readonly keys: readonly CommandKey[];
}

/** Faults on a running lab, by the words of scenarios. All rejections are DfsError. */
export interface LabFaults {
  /** What is wrong with a command, before anything is done; null when nothing is. */
  check(command: string): Promise<CommandProblem | null>;
  /**
   * Carries a command out (`delay dn-1 delay=50ms duration=10s`). Resolves when it was done, or is in force.
   * @throws DfsError INVALID_ARGUMENT with the column of what is wrong, RESOURCE_EXHAUSTED when too many are in force
   */
  order(command: string): Promise<FaultAnswer>;
  /** As `order`, for a step as it stands in a scenario, without `at` and `when`. */
  orderStep(step: object): Promise<FaultAnswer>;
  list(): Promise<readonly ActiveFaultView[]>;
  /** Ends one. @throws DfsError NOT_FOUND when it is not in force */
  lift(id: number): Promise<FaultAnswer>;
  /** Ends all, or those whose nodes are all among the given ones. */
  heal(nodeIds?: readonly string[]): Promise<FaultAnswer>;
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
export type ControlAction =
  'kill' | 'stop' | 'restart' | 'pause' | 'resume' | 'partition' | 'isolate' | 'heal' | 'transfer-leadership';

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
  /** A fault that was ordered of a running lab is in force. */
  | {
      readonly event: 'fault-begin';
      readonly atMs: number;
      readonly id: number;
      readonly action: FaultAction;
      readonly nodes: readonly string[];
      readonly text: string;
    }
  /** It is over, after so many effects. */
  | {
      readonly event: 'fault-end';
      readonly atMs: number;
      readonly id: number;
      readonly action: FaultAction;
      readonly nodes: readonly string[];
      readonly text: string;
      readonly effects: number;
      readonly evidence: string;
    }
  | {
      readonly event: 'node-exit';
      readonly atMs: number;
      readonly node: string;
      readonly code: number | null;
      readonly signal: string | null;
      /** The lab ended it in the course of bringing a master back. */
      readonly byLab?: true;
    }
  | { readonly event: 'chunks'; readonly atMs: number; readonly chunks: ChunkCounts }
  /** A master was seen to lead in a term for the first time. */
  | { readonly event: 'leader'; readonly atMs: number; readonly node: string; readonly term: number }
  | {
      readonly event: 'node-log';
      readonly atMs: number;
      readonly node: string;
      readonly level: 'warn' | 'error';
      readonly message: string;
    };

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
  /** SIGSTOP: the process is there and says nothing. */
  pause(...nodeIds: readonly string[]): Promise<void>;
  resume(...nodeIds: readonly string[]): Promise<void>;
  /** Cuts the group off from all other nodes and clients; inside the group nothing changes. */
  partition(group: readonly string[], options?: { readonly kind?: PartitionKind }): Promise<void>;
  /** Cuts each of the nodes off from everyone. */
  isolate(nodeIds: readonly string[], options?: { readonly kind?: PartitionKind }): Promise<void>;
  /** Ends partitions: all of them, or those of the given nodes. */
  heal(nodeIds?: readonly string[]): Promise<void>;
  /**
   * Hands the lead over to a master; left out: to whichever has the most of the log.
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
   * 0 <= lot < 2^32: decides what is left on disks without power and, where time is simulated, in the middle of which call of one of the
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
   * As `kill` or `powercut`, of all of them at the same moment, with what that leaves to chance decided by a lot. Resolves when they are
   * gone.
   */
  strike(nodeIds: readonly string[], options: CrashOptions): Promise<void>;
  /** Starts datanodes that the cluster does not have yet, by the next free names (`dn-6` after `dn-5`). Resolves when they serve. */
  add(...nodeIds: readonly string[]): Promise<void>;
  /**
   * Kills the nodes and empties their disks; they stay down until `restart`. A master is then added to its group again, as a new one.
   * @throws NothingToStrike when that would take the last good copy of a chunk, or another master is not whole
   */
  wipe(...nodeIds: readonly string[]): Promise<void>;
  /**
   * Puts a fault in force on nodes, or damages a file of theirs. What this kind of cluster cannot do is refused: UNIMPLEMENTED.
   * @param targets the other side of links; left out: everybody else
   * @param lot 0 <= lot < 2^32, decides what is left to chance
   * @throws NothingToStrike
   */
  inject(fault: LastingFault | DamageFault, nodeIds: readonly string[], options: InjectOptions): Promise<ActiveFault>;
  /** Nodes that a selector can only find in the running cluster. */
  holders(path: string): Promise<readonly string[]>;
  writers(): Promise<readonly string[]>;
}

/** What a steady load is asked to be, as scenarios write it. What is left out has the defaults of scenarios or, of size, of the load. */
export interface SteadyLoadWords {
  /** `write-verify`, `big-file` … */
  readonly type?: string;
  readonly clients?: number;
  /** Over all clients: `20/s`. */
  readonly rate?: string;
  /** Of a file: `1MiB`, `1-8MiB`. */
  readonly size?: string;
  readonly names?: number;
}

/** How a steady load does. The last figures stay when it is off. */
export interface SteadyLoadStatus {
  readonly isOn: boolean;
  /** Of the load that is on, or was last; '' before the first. */
  readonly type: string;
  readonly clients: number;
  /** When it was switched on, Unix time; null before the first. */
  readonly sinceMs: number | null;
  /** Since then: what was answered, errors included; bytes written and read. */
  readonly operations: number;
  readonly errors: number;
  readonly bytes: number;
  /** Of the last seconds. */
  readonly opsPerSecond: number;
  readonly errorsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Milliseconds; null: nothing was answered in the last seconds. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** '' while none failed. */
  readonly lastError: string;
  /** Promises that the load saw broken, and the last of those that are remembered. */
  readonly broken: number;
  readonly lastBroken: string;
}

/** A workload that is switched on and off while the lab runs. */
export interface SteadyLoad {
  /**
   * Switches it on; resolves when its clients work.
   * @throws DfsError INVALID_ARGUMENT for words that scenarios would not take either, or when it is on already; what the cluster says
   */
  start(words?: SteadyLoadWords): Promise<void>;
  /** Switches it off; resolves when its clients are gone. Does nothing when it is off. Never rejects. */
  stop(): Promise<void>;
  status(): SteadyLoadStatus;
  /** Calls back when it is switched, and once a second while it is on, until the returned function is called. */
  onChange(listener: (status: SteadyLoadStatus) => void): () => void;
}
