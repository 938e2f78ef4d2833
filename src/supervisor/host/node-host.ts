/** The seam between the lab and how nodes are hosted: child processes now, threads later. */
import type { NodeRole } from '../types.js';
import type { NodeLaunch } from './host-orders.js';

export interface NodeSpec {
  readonly id: string;
  readonly role: NodeRole;
  /** Where what the node prints beside its log goes: appended. */
  readonly outputFile: string;
}

export interface NodeExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One life of a node, from spawn to exit. */
export interface NodeProcess {
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
}

export interface NodeHost {
  /** Starts loading a node's code at once; `launch` follows. */
  spawn(spec: NodeSpec): NodeProcess;
}
