/** Entry of a thread that hosts one node; its process started it and hands it the lab's orders. */
import { parentPort, workerData } from 'node:worker_threads';
import { NodeCompute } from '../../runtime/node/node-compute.js';
import { SharedChecksums } from '../../runtime/node/shared-checksums.js';
import { HostedNode } from './hosted-node.js';
import type { HostReport } from './host-reports.js';
import { ThreadBrake } from './thread-brake.js';
import type { NodeOrder, ThreadNodeData } from './thread-orders.js';

if (parentPort === null) throw new Error('thread-node is a thread of the lab and cannot run by itself');
const port = parentPort;
// Given by the host process, which is ours.
const { spec, brake: memory, checksums } = workerData as ThreadNodeData;

async function report(message: HostReport): Promise<void> {
  port.postMessage(message);
}

const brake = new ThreadBrake(memory);
const node = new HostedNode({
  id: spec.id,
  role: spec.role,
  compute: new NodeCompute(new SharedChecksums(checksums)),
  report,
  // Of a thread: ends that, and not the process.
  exit: (code) => process.exit(code),
});
process.on('uncaughtException', node.crash);
port.on('message', (order: NodeOrder) => {
  if (order.type === 'brake') brake.apply();
  else node.take(order);
});
