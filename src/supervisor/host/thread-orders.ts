/** What the lab and the one process that hosts nodes as threads tell each other, and what that process hands to each thread. */
import type { MessagePort } from 'node:worker_threads';
import type { HostOrder } from './host-orders.js';
import type { HostReport } from './host-reports.js';
import type { NodeSpec } from './node-host.js';

/** Of the lab, to the host process. `life` names the thread. */
export type ThreadOrder = { readonly life: number } & (
  | { readonly type: 'spawn'; readonly spec: NodeSpec }
  | { readonly type: 'order'; readonly order: HostOrder }
  | { readonly type: 'kill' | 'pause' | 'resume' }
  | { readonly type: 'throttle'; readonly percent: number }
);

/** Of the host process, to the lab. */
export type ThreadReport = { readonly life: number } & (
  | { readonly type: 'report'; readonly report: HostReport }
  /** What the host saw of the thread, not what was ordered. */
  | { readonly type: 'suspended'; readonly isSuspended: boolean }
  /** How many periods of 100 ms were cut short so far, of a thread that is throttled. */
  | { readonly type: 'held'; readonly periods: number }
  /** The thread is gone, with all that it had open. */
  | { readonly type: 'exited'; readonly code: number; readonly isKilled: boolean }
);

/** What a thread begins with. */
export interface ThreadNodeData {
  readonly spec: NodeSpec;
  /** See ThreadBrake. */
  readonly brake: SharedArrayBuffer;
  /** Where it has checksums computed. */
  readonly checksums: MessagePort;
}

/** Of the host process, to the thread; its answers are HostReports. */
export type NodeOrder = HostOrder | { readonly type: 'brake' };
