/** Entry point of a thread that hosts one node, started by the host process, which forwards the lab's orders. */
import { parentPort, workerData } from 'node:worker_threads';
import { NodeCompute } from '../../runtime/node/node-compute.js';
import { SharedChecksums } from '../../runtime/node/shared-checksums.js';
import { HostedNode } from './hosted-node.js';
import type { HostedRole } from './hosted-node.js';
import type { HostReport } from './host-reports.js';
import { ThreadBrake } from './thread-brake.js';
import { endThread, trackSockets } from './thread-end.js';
import type { NodeOrder, ThreadNodeData } from './thread-orders.js';

if (parentPort === null) throw new Error('node-worker is a thread of the lab and cannot be run directly');
const port = parentPort;
/** Not used: the host knows which threads it has killed. */
const KILLED = 1;
// The host process, which is part of the lab, provides the data.
const { spec, brake: memory, checksums } = workerData as ThreadNodeData;

async function report(message: HostReport): Promise<void> {
  port.postMessage(message);
}

trackSockets();
const brake = new ThreadBrake(memory, () => endThread(KILLED));
/** Each role takes a configuration of its own, which the lab has created for it. */
const code = (
  spec.role === 'master' ? import('../../master/index.js') : import('../../datanode/index.js')
) as Promise<HostedRole>;
const node = new HostedNode({
  id: spec.id,
  code,
  compute: new NodeCompute(new SharedChecksums(checksums)),
  report,
  // Ends the thread, not the process.
  exit: endThread,
});
process.on('uncaughtException', node.crash);
port.on('message', (order: NodeOrder) => {
  if (order.type === 'brake') brake.apply();
  else node.take(order);
});
