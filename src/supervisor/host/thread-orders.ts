/** Messages between the lab and the one process that hosts nodes as threads, and from that process to each thread. */
import type { MessagePort } from 'node:worker_threads';
import type { HostOrder } from './host-orders.js';
import type { HostReport } from './host-reports.js';
import type { NodeSpec } from './node-host.js';

/** From the lab to the host process. `life` identifies the thread. */
export type ThreadOrder = { readonly life: number } & (
  | { readonly type: 'spawn'; readonly spec: NodeSpec }
  | { readonly type: 'order'; readonly order: HostOrder }
  | { readonly type: 'kill' | 'pause' | 'resume' }
  | { readonly type: 'throttle'; readonly percent: number }
);

/** From the host process to the lab. */
export type ThreadReport = { readonly life: number } & (
  | { readonly type: 'report'; readonly report: HostReport }
  /** The observed state of the thread, not the requested state. */
  | { readonly type: 'suspended'; readonly isSuspended: boolean }
  /** Number of shortened periods of 100 ms, of a throttled thread. */
  | { readonly type: 'held'; readonly periods: number }
  /** The thread is gone, and its files are closed. */
  | { readonly type: 'exited'; readonly code: number; readonly isKilled: boolean }
);

/** The data that a thread starts with. */
export interface ThreadNodeData {
  readonly spec: NodeSpec;
  /** See ThreadBrake. */
  readonly brake: SharedArrayBuffer;
  /** Service that computes its checksums. */
  readonly checksums: MessagePort;
}

/** From the host process to the thread; its answers are HostReports. */
export type NodeOrder = HostOrder | { readonly type: 'brake' };
