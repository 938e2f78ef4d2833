/** The seam between the lab and how nodes are hosted: child processes, or threads of one host process. */
import type { NodeRole } from '../api/cluster-status.js';
import type { HostFault, NodeLaunch } from './host-orders.js';

export interface NodeSpec {
  readonly id: string;
  readonly role: NodeRole;
  /** File to which the node's output beside its log is appended. */
  readonly outputFile: string;
}

/** How the node's exit shows that its machine lost power, in place of a signal. */
export const POWER_CUT = 'power cut';

export interface NodeExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One life of a node, from spawn to exit. */
export interface NodeProcess {
  /** Unique among all lives of the same lab. */
  readonly life: number;
  /** null where a node has no process of its own. */
  readonly pid: number | null;
  /** Resolves with the address once the node serves; rejects with DfsError when the node cannot serve, or ended before. */
  readonly ready: Promise<string>;
  /** Resolves when the life is over. */
  readonly exited: Promise<NodeExit>;
  /** Sends the configuration to the node, whose code has been loading since spawn. Once. */
  launch(launch: NodeLaunch): void;
  /** Ends the node at once, like a crash. */
  kill(): void;
  /** Asks the node to end gracefully. */
  stop(): void;
  /** Suspends the node: it exists and does not answer. */
  pause(): void;
  resume(): void;
  /** Sets the part of each 100 ms in which the node does not run; 0 ends the limit. @param percent 0 to 99 */
  throttle(percent: number): void;
  /** Number of periods of 100 ms that were shortened, as far as known. */
  readonly heldPeriods: number;
  /**
   * Injects a fault of its disk or clock. A suspended node applies the fault when it is resumed. Rejects with DfsError when the
   * node is gone or refuses.
   */
  inject(active: HostFault): Promise<void>;
  /** @returns how often the fault had an effect in this life; as `hits`. A suspended node lifts the fault when it is resumed */
  lift(id: number): Promise<number>;
  /** How often the fault had an effect in this life; after its end, as far as known. Does not wait for a suspended node. */
  hits(id: number): Promise<number>;
  /**
   * Like a power cut of its machine. Resolves when the node is gone and its disk is as the cut left it.
   * @param choiceSeed see HostOrder
   */
  powerCut(choiceSeed: number): Promise<void>;
  /** The state observed from outside, not the requested state. */
  isAlive(): boolean;
  /** Like isAlive: the node exists and does not run; null where the system does not say. */
  isSuspended(): boolean | null;
}

export interface NodeHost {
  /** Process that nodes share; null when they share none, and while that process does not run. */
  readonly pid: number | null;
  /** Starts to load a node's code at once; `launch` follows. */
  spawn(spec: NodeSpec): NodeProcess;
  /** Ends what nodes share, after every node has ended. Safe to call twice. */
  close(): Promise<void>;
  /** For the end of the lab's own process: ends what nodes share, without waiting. */
  abandon(): void;
}
