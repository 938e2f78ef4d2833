/** The seam between the lab and how nodes are hosted: child processes, or threads of one host process. */
import type { NodeRole } from '../api/cluster-status.js';
import type { HostFault, NodeLaunch } from './host-orders.js';

export interface NodeSpec {
  readonly id: string;
  readonly role: NodeRole;
  /** Where what the node prints beside its log goes: appended. */
  readonly outputFile: string;
}

/** How a node's exit shows that its thread was killed, in place of a signal. */
export const THREAD_KILLED = 'terminate';

/** How the node's exit shows that its machine lost power, in place of a signal. */
export const POWER_CUT = 'power cut';

export interface NodeExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One life of a node, from spawn to exit. */
export interface NodeProcess {
  /** Unlike that of any other life of the same lab. */
  readonly life: number;
  /** null where a node is no process of its own. */
  readonly pid: number | null;
  /** Resolves with the address once the node serves; rejects with DfsError when it could not, or ended before. */
  readonly ready: Promise<string>;
  /** Resolves when it is gone. */
  readonly exited: Promise<NodeExit>;
  /** Tells the node, whose code is being loaded since spawn, what to be. Once. */
  launch(launch: NodeLaunch): void;
  /** Ends it at once, as a crash. */
  kill(): void;
  /** Asks it to end gracefully. */
  stop(): void;
  /** Freezes it: it is there and says nothing. */
  pause(): void;
  resume(): void;
  /** So much of each 100 ms it does not run; 0 ends that. @param percent 0 to 99 */
  throttle(percent: number): void;
  /** Periods of 100 ms that were cut short so, as far as it is known. */
  readonly heldPeriods: number;
  /**
   * Puts a fault of its disk or clock in force; of a node that is suspended, when it goes on. Rejects with DfsError when it is gone or
   * refuses.
   */
  inject(active: HostFault): Promise<void>;
  /** @returns how often it struck in this life; as `hits`. A node that is suspended is told when it goes on */
  lift(id: number): Promise<number>;
  /** How often it struck so far in this life; once that is over, as far as it is known. Does not wait for a node that is suspended. */
  hits(id: number): Promise<number>;
  /** As a power cut of its machine; see HostOrder. Resolves when it is gone and its disk is as the cut left it. @param lot see there */
  powerCut(choiceSeed: number): Promise<void>;
  /** Looks from outside, not at what was ordered. */
  isAlive(): boolean;
  /** As isAlive: it is there and does not run; null where the system does not say. */
  isSuspended(): boolean | null;
}

export interface NodeHost {
  /** Of the process that nodes share; null where they share none, and while it does not run. */
  readonly pid: number | null;
  /** Starts loading a node's code at once; `launch` follows. */
  spawn(spec: NodeSpec): NodeProcess;
  /** Ends what nodes share. Every node has ended before. Safe to call twice. */
  close(): Promise<void>;
  /** For the end of the lab's own process: ends what nodes share, and does not wait. */
  abandon(): void;
}
