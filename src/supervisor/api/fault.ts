/**
 * What can be done to a cluster: one set of words and shapes for scenarios, schedules, the lab's commands and its reports.
 *
 *   FaultSpec      what is done, with its figures: the type of a row of the fault table (a step of a scenario says it)
 *   PlannedFault   what, when, to whom, and a seed of its choices                       (a schedule is a list of them)
 *   ActiveFault    a fault on a running cluster: its effects are counted, and it can be lifted
 */
import { FAULTS, rowOf } from './fault-table.js';
import type {
  ClockAction,
  CloneAction,
  CpuAction,
  FaultWord,
  IoAction,
  LastingWord,
  NetworkAction,
  NodeAction,
  SpecOf,
} from './fault-table.js';

export type { ClockAction, CloneAction, CpuAction, FaultWord, IoAction, NetworkAction, NodeAction } from './fault-table.js';

/** How a partition treats bytes. stall: holds them until heal, in silence. reset: breaks connections and refuses new ones. */
export type PartitionKind = SpecOf<'partition'>['kind'];
export type PartitionShape = NonNullable<SpecOf<'partition'>['shape']>;
export type Direction = SpecOf<'reset'>['direction'];
export type DamagedFile = SpecOf<'bitflip'>['file'];
/** Which disk calls fail. */
export type FailingCalls = SpecOf<'eio'>['calls'];

/** add: nodes that the cluster does not have yet, by the next free names. */
export type ProcessFault = SpecOf<NodeAction>;
export type CpuFault = SpecOf<CpuAction>;
/** A second node on a copy of the folder, until it is lifted. */
export type CloneFault = SpecOf<CloneAction>;
/** On connections between the chosen nodes and others, until it is lifted. */
export type NetworkFault = SpecOf<Extract<NetworkAction, LastingWord>>;
/** Acts once, and cannot be lifted: the file is damaged. Never the last good copy of a chunk. */
export interface DamageFault {
  readonly action: Exclude<IoAction, LastingWord>;
  readonly file: DamagedFile;
  /** Of the byte that is damaged, or from which on the file is cut off. Default: a random one. */
  readonly offsetBytes?: number;
  /**
   * block: one chunk, a different block of each of its replicas on the nodes, never the last good copy of a block. Default: a replica of
   * another chunk on each of the nodes.
   */
  readonly spare?: 'block' | 'chunk';
}
export type DiskFault = SpecOf<Extract<IoAction, LastingWord>>;
/** Of the wall clock. jump adds to what is there; skew sets how far it is ahead (or behind); drift is a rate. */
export type ClockFault = SpecOf<ClockAction>;

/** Of a node's own disk and clock: the host of the node injects them. */
export type MachineFault = DiskFault | ClockFault;
/** Faults that stay active until they are lifted. */
export type LastingFault = SpecOf<LastingWord>;
export type FaultSpec = SpecOf<FaultWord>;

export type FaultSource = 'step' | 'nemesis' | 'undo';

/** The fault itself, or the end of an earlier one. */
export type PlannedAction = FaultSpec | { readonly action: 'lift'; /** `id` of the fault that ends */ readonly of: number };

export type PlannedFault = PlannedAction & {
  /** Unlike that of any other fault of the schedule. */
  readonly id: number;
  /** Since the workload began. */
  readonly atMs: number;
  /** The chosen ones. Empty: every node (`heal` only), or no node (then `shortfall` says why). */
  readonly nodes: readonly string[];
  /** The other side of links, where that is not all other nodes and clients. */
  readonly targets?: readonly string[];
  readonly source: FaultSource;
  /** 0 <= choiceSeed < 2^32: decides what is chosen when it is injected, such as file and byte. */
  readonly choiceSeed: number;
  /** What is wrong with it: fewer nodes than the step asks for. Such a fault cannot prove anything. */
  readonly shortfall?: string;
  /** Nodes that the step names, and that did not fit the rest of it when they were chosen, such as its state. Default: none. */
  readonly unmet?: readonly string[];
};

/** Every action that events and records can name. */
export type FaultAction = FaultWord | 'lift';

/** A fault on a running cluster. */
export interface ActiveFault {
  /** The number of its effects so far: messages held, calls failed, bits flipped … A fault with 0 proves nothing. */
  effects(): Promise<number>;
  /** What that number counts, for people: `messages held`. */
  readonly counts: string;
  /** Ends it; harmless when it has ended. */
  lift(): Promise<void>;
}

/** The fault cannot affect anything now (every replica is the last good one, for example), and did nothing. */
export class NothingToDamage extends Error {
  override readonly name = 'NothingToStrike';
}

/** The fault was refused, and did nothing: it would take the last copy of what the file system guarantees. */
export class LastCopySpared extends NothingToDamage {}

/** Concerns links, and so is ended by `heal`. */
export const isOnLinks = (fault: LastingFault | DamageFault): fault is NetworkFault => FAULTS[fault.action].scope === 'network';

export const isDamage = (fault: LastingFault | DamageFault): fault is DamageFault => FAULTS[fault.action].undo === null;

/** Acts on processes of nodes, or on their threads. */
export const isOnProcess = <Fault extends PlannedAction>(fault: Fault): fault is Fault & ProcessFault =>
  rowOf(fault.action)?.scope === 'node';

/** Its kind may lose acknowledged data, whatever it is given. */
export const isOfLosingKind = ({ action }: Pick<PlannedAction, 'action'>): boolean => rowOf(action)?.mayLose === true;

/** It takes the last good copies of chunks, too. */
export const isForced = (fault: Pick<PlannedAction, 'action'>): boolean => 'force' in fault && fault.force === 'yes';

/** Acknowledged data may be lost by it. */
export const mayLose = (fault: Pick<PlannedAction, 'action'>): boolean => isOfLosingKind(fault) || isForced(fault);

/** Stays active until it is lifted. */
export const isLasting = (fault: PlannedAction): fault is LastingFault => rowOf(fault.action)?.undo === 'lift';

/** What the number of its effects counts: `messages held`. */
export function countsOf(fault: LastingFault | DamageFault): string {
  const { counts = 'nodes' } = FAULTS[fault.action];
  return typeof counts === 'string' ? counts : (counts['kind' in fault ? fault.kind : ''] ?? '');
}
