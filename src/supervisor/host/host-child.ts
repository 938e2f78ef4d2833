/** Entry of a child process that hosts one node: `host-child.js <master|datanode> <id>`, forked by the lab, with orders by IPC. */
import type { Runtime, RunningNode } from '../../shared/runtime.js';
import type { HostOrder, NodeLaunch } from './host-orders.js';
import type { HostReport } from './host-reports.js';

/** What src/master and src/datanode have in common. */
interface Role {
  readonly start: (runtime: Runtime, config: NodeLaunch['config']) => Promise<RunningNode>;
}

const [role, id = ''] = process.argv.slice(2);
if (process.send === undefined || (role !== 'master' && role !== 'datanode')) {
  throw new Error('host-child is a process of the lab and cannot run by itself');
}

// A node must not outlive its lab.
process.on('disconnect', () => process.exit(0));

/** Loaded before it is known with what configuration to start, while the lab still looks for addresses. */
const code = Promise.all([
  import('../../runtime/node/index.js'),
  import('../../runtime/node/pino-logger.js'),
  // Each role takes a configuration of its own, which the lab made for it.
  (role === 'master' ? import('../../master/index.js') : import('../../datanode/index.js')) as Promise<Role>,
]);
let stopNode: (() => Promise<void>) | null = null;

async function report(message: HostReport): Promise<void> {
  await new Promise<void>((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

async function run(launch: NodeLaunch): Promise<void> {
  const [{ createNodeRuntime }, { createLogger }, { start }] = await code;
  const logger = createLogger({ name: id, file: launch.logFile });
  const { log } = logger;
  const fail = (message: string, error: unknown): void => {
    log.error(message, { error });
    logger.flush();
    const reason = error instanceof Error ? error.message : String(error);
    void report({ type: 'failed', message: reason }).finally(() => process.exit(1));
  };
  process.on('uncaughtException', (error) => fail('Uncaught exception', error));
  try {
    const host = createNodeRuntime({ dataDir: launch.dataDir, proxyUrl: launch.proxyUrl, log });
    const node = await start(host.runtime, launch.config);
    stopNode = async () => {
      await node.stop();
      await host.close();
      logger.flush();
    };
    void node.failed.then((error) => fail('The node cannot go on', error));
    await report({ type: 'ready', address: node.address });
  } catch (error) {
    fail('The node did not start', error);
  }
}

async function stop(): Promise<void> {
  try {
    await stopNode?.();
  } finally {
    process.exit(0);
  }
}

process.on('SIGTERM', () => void stop());
process.on('message', (order: HostOrder) => void run(order.launch));
