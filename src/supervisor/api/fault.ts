/**
 * What can be done to a cluster: one set of words and shapes for scenarios, schedules, the lab's commands and its reports.
 *
 *   FaultSpec      what is done, with its figures              (a step of a scenario says it)
 *   PlannedFault   what, when, to whom, and one lot of chance  (a schedule is a list of them)
 *   Injection      a fault in force on a running cluster: its effects are counted, and it can be lifted
 */

/** How a partition treats bytes. stall: holds them until heal, in silence. reset: breaks connections and refuses new ones. */
export type PartitionKind = 'stall' | 'reset';

export const NODE_ACTIONS = ['kill', 'powercut', 'stop', 'restart', 'pause', 'resume', 'wipe', 'add'] as const;
/** In files it is `slow` under `node`; where words stand alone, that is the one of disks. */
export const CPU_ACTIONS = ['slow-cpu'] as const;
export const NETWORK_ACTIONS = ['partition', 'isolate', 'delay', 'bandwidth', 'reset', 'refuse', 'heal'] as const;
export const IO_ACTIONS = ['bitflip', 'truncate', 'remove', 'eio', 'enospc', 'slow', 'fill'] as const;
export const CLOCK_ACTIONS = ['jump', 'skew', 'drift'] as const;

export type NodeAction = (typeof NODE_ACTIONS)[number];
export type CpuAction = (typeof CPU_ACTIONS)[number];
export type NetworkAction = (typeof NETWORK_ACTIONS)[number];
export type IoAction = (typeof IO_ACTIONS)[number];
export type ClockAction = (typeof CLOCK_ACTIONS)[number];
export type FaultWord = NodeAction | CpuAction | NetworkAction | IoAction | ClockAction;

/** to: what the chosen nodes send to the other side. from: what they are sent. */
export type Direction = 'both' | 'to' | 'from';
/** Which of a node's files: a replica's data, a replica's meta, a master's log, a master's checkpoint. */
export type DamagedFile = 'chunk' | 'meta' | 'log' | 'checkpoint';
/**
 * How a partition divides the chosen nodes. group: they stay together, apart from the other side. halves: two halves that do not hear
 * one another. bridge: two halves, and one node that hears both. ring: each hears a majority, and no two the same one.
 */
export const PARTITION_SHAPES = ['group', 'halves', 'bridge', 'ring'] as const;
export type PartitionShape = (typeof PARTITION_SHAPES)[number];
/** Which disk calls fail. */
export type FailingCalls = 'any' | 'read' | 'write' | 'sync';

/** Concerns connections between the chosen nodes and others. */
interface OnLinks {
  readonly direction: Direction;
}

/** add: nodes that the cluster does not have yet, by the next free names. */
export type ProcessFault = { readonly action: NodeAction };
/** So much of each period of 100 ms the node does not run, as with the kernel's CPU quota. */
export type CpuFault = { readonly action: CpuAction; /** 1 to 99 */ readonly percent: number };
/** partition: see PartitionShape. isolate: each is alone. reset breaks connections and refuses new ones, refuse only the latter. */
export type NetworkFault = OnLinks &
  (
    | {
        readonly action: 'partition' | 'isolate';
        readonly kind: PartitionKind;
        /** Of a partition; left out: group. */
        readonly shape?: PartitionShape;
      }
    | { readonly action: 'delay'; readonly delayMs: number; readonly jitterMs: number }
    | { readonly action: 'bandwidth'; readonly bytesPerSecond: number }
    | { readonly action: 'reset' | 'refuse' }
  );
/** Strikes once, and cannot be lifted: the replica is damaged. Never the last good one of a chunk. */
export type DamageFault = {
  readonly action: 'bitflip' | 'truncate' | 'remove';
  readonly file: DamagedFile;
  /** Of the byte that is struck, or from which on it is cut off. Left out: chance decides. */
  readonly offsetBytes?: number;
};
export type DiskFault =
  | {
      readonly action: 'eio';
      readonly calls: FailingCalls;
      /** Of the calls that it concerns, by chance; 1 to 100. */
      readonly percent: number;
      /** Left out: all files. */
      readonly file?: DamagedFile;
      /** Only reads and writes that touch this byte. */
      readonly offsetBytes?: number;
    }
  | { readonly action: 'enospc' }
  | { readonly action: 'slow'; readonly delayMs: number }
  | { readonly action: 'fill'; readonly freeBytes: number };
/** Of the wall clock. jump adds to what is there; skew sets how far it is ahead (or behind); drift is a rate. */
export type ClockFault =
  | { readonly action: 'jump' | 'skew'; readonly offsetMs: number }
  | { readonly action: 'drift'; /** millionths; 1000 gains a millisecond a second */ readonly ppm: number };

/** Of a node's own disk and clock: the host of the node puts them in force. */
export type MachineFault = DiskFault | ClockFault;
/** Faults that stay in force until they are lifted. */
export type LastingFault = NetworkFault | MachineFault | CpuFault;
export type FaultSpec = ProcessFault | LastingFault | DamageFault | { readonly action: 'heal' };

export type FaultSource = 'step' | 'nemesis' | 'undo';

/** The fault itself, or the end of an earlier one. */
export type PlannedAction = FaultSpec | { readonly action: 'lift'; /** `id` of the fault that ends */ readonly of: number };

export type PlannedFault = PlannedAction & {
  /** Unlike that of any other fault of the schedule. */
  readonly id: number;
  /** Since the workload began. */
  readonly atMs: number;
  /** The chosen ones. Empty: every node (`heal` only), or nobody (then `shortfall` says why). */
  readonly nodes: readonly string[];
  /** The other side of links, where that is not everybody else. */
  readonly targets?: readonly string[];
  readonly source: FaultSource;
  /** 0 <= lot < 2^32: decides what is chosen when it strikes, such as file and byte. */
  readonly choiceSeed: number;
  /** What is wrong with it: fewer nodes than the step asks for. Such a fault cannot prove anything. */
  readonly shortfall?: string;
};

/** Everything that can be told of a fault. */
export type FaultAction = FaultWord | 'lift';

/** A fault on a running cluster. */
export interface ActiveFault {
  /** How often it struck so far: messages held, calls failed, bits flipped … A fault with 0 proves nothing. */
  effects(): Promise<number>;
  /** What that number counts, for people: `messages held`. */
  readonly counts: string;
  /** Ends it; harmless when it has ended. */
  lift(): Promise<void>;
}

/** The fault cannot strike as things are (every replica is the last good one, say), and did nothing. */
export class NothingToDamage extends Error {
  override readonly name = 'NothingToStrike';
}

const LASTING: readonly FaultAction[] = [
  ...CPU_ACTIONS,
  ...NETWORK_ACTIONS.filter((action) => action !== 'heal'),
  ...IO_ACTIONS.filter((action) => !['bitflip', 'truncate', 'remove'].includes(action)),
  ...CLOCK_ACTIONS,
];

/** Concerns links, and so is ended by `heal`. */
export const isOnLinks = (fault: LastingFault | DamageFault): fault is NetworkFault => 'direction' in fault;

export const isDamage = (fault: LastingFault | DamageFault): fault is DamageFault =>
  fault.action === 'bitflip' || fault.action === 'truncate' || fault.action === 'remove';

/** Stays in force until it is lifted. */
export const isLasting = (fault: PlannedAction): fault is LastingFault => LASTING.includes(fault.action);
