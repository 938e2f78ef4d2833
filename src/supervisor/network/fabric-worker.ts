/** Entry point of the fabric's thread: runs a FabricServer by orders that come as messages. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FabricOrder } from './fabric-orders.js';
import type { FabricReport } from './fabric-reports.js';
import { FabricServer } from './fabric-server.js';
import type { FabricOptions } from './fabric-server.js';
import { messageOf } from '../../shared/error-text.js';

if (parentPort === null) throw new Error('fabric-worker is a thread of the lab and cannot be run directly');
const port = parentPort;

const report = (message: FabricReport): void => port.postMessage(message);

async function obey(fabric: FabricServer, order: FabricOrder): Promise<FabricReport> {
  switch (order.type) {
    case 'nodes':
      fabric.setNodes(order.nodes);
      break;
    case 'rules':
      return { type: 'hits', sequence: order.sequence, hits: fabric.setRules(order.table) };
    case 'hits':
      return { type: 'hits', sequence: order.sequence, hits: fabric.hits() };
    case 'counters':
      return { type: 'counters', sequence: order.sequence, counters: fabric.counters() };
    case 'close':
      await fabric.close();
      break;
  }
  return { type: 'done', sequence: order.sequence };
}

async function run(): Promise<void> {
  try {
    // The lab starts this thread with FabricOptions.
    const fabric = await FabricServer.start(workerData as FabricOptions);
    port.on('message', (order: FabricOrder) => {
      void obey(fabric, order).then((answer) => {
        report(answer);
        if (order.type === 'close') port.close();
      });
    });
    report({ type: 'listening', address: fabric.address });
  } catch (error) {
    report({ type: 'failed', message: messageOf(error) });
  }
}

void run();
