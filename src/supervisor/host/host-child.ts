/**
 * Entry point of a child process that hosts one node: `host-child.js <master|datanode> <id>`, forked by the lab, with orders by
 * IPC.
 */
import { HostedNode } from './hosted-node.js';
import type { HostedRole } from './hosted-node.js';
import type { HostOrder } from './host-orders.js';
import type { HostReport } from './host-reports.js';

const [role, id = ''] = process.argv.slice(2);
if (process.send === undefined || (role !== 'master' && role !== 'datanode')) {
  throw new Error('host-child is a process of the lab and cannot be run directly');
}

// A node must not outlive its lab.
process.on('disconnect', () => process.exit(0));

async function report(message: HostReport): Promise<void> {
  await new Promise<void>((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

/** Each role takes a configuration of its own, which the lab has created for it. */
const code = (role === 'master' ? import('../../master/index.js') : import('../../datanode/index.js')) as Promise<HostedRole>;
const node = new HostedNode({
  id,
  code,
  report,
  exit: (code) => process.exit(code),
  vanish: () => process.kill(process.pid, 'SIGKILL'),
});
process.on('uncaughtException', node.crash);
process.on('SIGTERM', () => void node.stop());
process.on('message', (order: HostOrder) => node.take(order));
