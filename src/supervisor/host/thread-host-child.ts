/** Entry point of the one process that hosts nodes as threads: forked by the lab, with orders by IPC. */
import { ThreadChecksums } from '../../runtime/node/checksum-pool.js';
import { closeLostDescriptors } from './lost-descriptors.js';
import { NodeThread } from './node-thread.js';
import type { ThreadOrder, ThreadReport } from './thread-orders.js';

if (process.send === undefined) throw new Error('thread-host-child is a process of the lab and cannot be run directly');

/** Interval at which the host checks its threads. */
const LOOK_INTERVAL_MS = 50;
/** Limit of tasks of all nodes that wait for a thread. */
const CHECKSUMS_QUEUE_MAX = 256;

const checksums = ThreadChecksums.create(CHECKSUMS_QUEUE_MAX);
const threads = new Map<number, NodeThread>();
const held = new Set<number>();
/** Number of shortened periods last reported to the lab, by life. */
const reportedPeriods = new Map<number, number>();
/** Lives that ended and are not reported yet. */
let ended: (Extract<ThreadReport, { type: 'exited' }> & { readonly files: readonly string[] })[] = [];

// Nodes must not outlive their lab, nor wait for a file call that hangs: the process ends at once.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', take);
setInterval(look, LOOK_INTERVAL_MS);

function report(message: ThreadReport): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function take(order: ThreadOrder): void {
  const { life } = order;
  if (order.type === 'spawn') {
    threads.set(
      life,
      new NodeThread({
        spec: order.spec,
        checksums,
        onReport: (said) => report({ life, type: 'report', report: said }),
        onExit: (code, isKilled) => exited(life, code, isKilled),
      }),
    );
    return;
  }
  const thread = threads.get(life);
  switch (order.type) {
    case 'order':
      thread?.take(order.order);
      break;
    case 'throttle':
      thread?.throttle(order.percent);
      break;
    default:
      thread?.[order.type]();
  }
}

function look(): void {
  const nowMs = performance.now();
  for (const [life, thread] of threads) {
    const periods = thread.heldPeriods;
    if (periods !== (reportedPeriods.get(life) ?? 0)) report({ life, type: 'held', periods });
    reportedPeriods.set(life, periods);
    const isSuspended = thread.look(nowMs);
    if (isSuspended === held.has(life)) continue;
    if (isSuspended) held.add(life);
    else held.delete(life);
    report({ life, type: 'suspended', isSuspended });
  }
}

function exited(life: number, code: number, isKilled: boolean): void {
  const files = threads.get(life)?.files ?? [];
  threads.delete(life);
  held.delete(life);
  reportedPeriods.delete(life);
  if (ended.length === 0) setImmediate(tellEnded);
  ended.push({ life, type: 'exited', code, isKilled, files });
}

/** Handles all threads that ended together, because the process has many descriptors to check. */
function tellEnded(): void {
  const gone = ended;
  ended = [];
  closeLostDescriptors(gone.flatMap(({ files }) => files));
  for (const { files: _files, ...exit } of gone) report(exit);
}
