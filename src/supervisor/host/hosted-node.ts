/** One node in its host, be that a process or a thread: carries out the lab's orders on it, and never tells the node that it is in a lab. */
import type { NodeCompute } from '../../runtime/node/node-compute.js';
import type { Runtime, RunningNode } from '../../shared/runtime.js';
import type { NodeRole } from '../types.js';
import type { HostOrder, NodeLaunch } from './host-orders.js';
import type { HostReport } from './host-reports.js';

/** What src/master and src/datanode have in common. */
interface Role {
  readonly start: (runtime: Runtime, config: NodeLaunch['config']) => Promise<RunningNode>;
}

/** What the host is to its node. */
export interface HostSeat {
  readonly id: string;
  readonly role: NodeRole;
  /** Left out: the node's runtime makes its own. */
  readonly compute?: NodeCompute;
  /** Resolves when the lab has it, or is gone. */
  readonly report: (message: HostReport) => Promise<void>;
  /** Ends the host, and with it the node. */
  readonly exit: (code: number) => void;
}

export class HostedNode {
  readonly #seat: HostSeat;
  /** Loaded before it is known with what configuration to start, while the lab still looks for addresses. */
  readonly #code;
  #stopNode: (() => Promise<void>) | null = null;
  #fail: (message: string, error: unknown) => void = () => undefined;

  constructor(seat: HostSeat) {
    this.#seat = seat;
    this.#code = Promise.all([
      import('../../runtime/node/index.js'),
      import('../../runtime/node/pino-logger.js'),
      // Each role takes a configuration of its own, which the lab made for it.
      (seat.role === 'master' ? import('../../master/index.js') : import('../../datanode/index.js')) as Promise<Role>,
    ]);
  }

  /** Takes an order of the lab. */
  readonly take = (order: HostOrder): void => {
    switch (order.type) {
      case 'start':
        void this.#start(order.launch);
        break;
      case 'stop':
        void this.stop();
        break;
      case 'impose':
      case 'lift':
      case 'hits':
        void this.#seat.report({ type: 'refused', sequence: order.sequence, message: `${order.type} is not available yet` });
        break;
      case 'powercut':
        break;
    }
  };

  /** Ends the node gracefully, then its host. */
  async stop(): Promise<void> {
    try {
      await this.#stopNode?.();
    } finally {
      this.#seat.exit(0);
    }
  }

  /** An error that nobody caught: the node cannot go on. */
  readonly crash = (error: unknown): void => this.#fail('Uncaught exception', error);

  async #start(launch: NodeLaunch): Promise<void> {
    const { id, compute, report, exit } = this.#seat;
    const [{ createNodeRuntime }, { createLogger }, { start }] = await this.#code;
    const logger = createLogger({ name: id, file: launch.logFile });
    const { log } = logger;
    this.#fail = (message, error) => {
      log.error(message, { error });
      logger.flush();
      const reason = error instanceof Error ? error.message : String(error);
      void report({ type: 'failed', message: reason }).finally(() => exit(1));
    };
    try {
      const host = createNodeRuntime({ dataDir: launch.dataDir, proxyUrl: launch.proxyUrl, log, ...(compute && { compute }) });
      const node = await start(host.runtime, launch.config);
      this.#stopNode = async () => {
        await node.stop();
        await host.close();
        logger.flush();
      };
      void node.failed.then((error) => this.#fail('The node cannot go on', error));
      await report({ type: 'ready', address: node.address });
    } catch (error) {
      this.#fail('The node did not start', error);
    }
  }
}
