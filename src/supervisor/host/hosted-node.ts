/** One node in its host, a process or a thread: carries out the lab's orders, without the node's knowledge of the lab. */
import type { NodeCompute } from '../../runtime/node/node-compute.js';
import type { Runtime, RunningNode } from '../../shared/runtime.js';
import type { FaultyRuntime, MachineFault as RuntimeFault } from '../../runtime/faulty/faulty-runtime.js';
import type { MachineFault } from '../api/fault.js';
import { clockFaultOf, diskFaultOf, isClockFault } from '../faults/machine-fault.js';
import type { HostOrder, HostFault, NodeLaunch } from './host-orders.js';
import type { FaultHits, HostReport } from './host-reports.js';
import { messageOf } from '../../shared/error-text.js';

/** The common interface of src/master and src/datanode. */
export interface HostedRole {
  readonly start: (runtime: Runtime, config: NodeLaunch['config']) => Promise<RunningNode>;
}

/** The interface of the host for its node. */
export interface HostContext {
  readonly id: string;
  /** The code of the role, which only entry points may import. */
  readonly code: Promise<HostedRole>;
  /** Default: the node's runtime creates its own. */
  readonly compute?: NodeCompute;
  /** Resolves when the lab has received the report, or is gone. */
  readonly report: (message: HostReport) => Promise<void>;
  /** Ends the host together with the node. */
  readonly exit: (code: number) => void;
  /** Ends the host at once, without notice. Default: `exit`. */
  readonly vanish?: () => void;
}

export class HostedNode {
  readonly #slot: HostContext;
  /** Loaded before the configuration is known, while the lab still searches for addresses. */
  readonly #code;
  #stopNode: (() => Promise<void>) | null = null;
  /** Before the node has a log, the host's output is the only information: the lab appends it to the node's log. */
  #fail: (message: string, error: unknown) => void = (message, error) => {
    const line = { level: 'error', time: new Date().toISOString(), name: this.#slot.id, msg: message, error: reasonOf(error) };
    process.stderr.write(`${JSON.stringify(line)}\n`);
    this.#end(error);
  };
  readonly #faulty: Promise<FaultyRuntime>;
  #running: FaultyRuntime | null = null;
  #onFaulty: (faulty: FaultyRuntime) => void = () => undefined;
  /** Faults that were active in this life. */
  readonly #known = new Set<number>();

  constructor(slot: HostContext) {
    this.#slot = slot;
    this.#faulty = new Promise((resolve) => (this.#onFaulty = resolve));
    this.#code = Promise.all([
      import('../../runtime/node/index.js'),
      import('../../runtime/faulty/faulty-runtime.js'),
      import('../../runtime/node/pino-logger.js'),
      slot.code,
    ]);
    this.#code.catch((error: unknown) => this.#fail('The code of the node cannot be loaded', error));
  }

  /** Carries out an order of the lab. */
  readonly take = (order: HostOrder): void => {
    switch (order.type) {
      case 'start':
        void this.#start(order.launch);
        break;
      case 'stop':
        void this.stop();
        break;
      case 'inject':
        void this.#answer(order.sequence, async (faulty) => {
          await this.#inject(faulty, order);
          return 0;
        });
        break;
      case 'lift':
        void this.#answer(order.sequence, (faulty) => faulty.lift(order.id));
        break;
      case 'hits':
        void this.#answer(order.sequence, (faulty) => faulty.hits(order.id));
        break;
      case 'powercut':
        void this.#cutPower(order.choiceSeed);
        break;
    }
  };

  /** Ends the node gracefully, then its host. */
  async stop(): Promise<void> {
    try {
      await this.#stopNode?.();
    } finally {
      this.#slot.exit(0);
    }
  }

  /** Handles an uncaught error: the node cannot go on. */
  readonly crash = (error: unknown): void => this.#fail('Uncaught exception', error);

  async #start(launch: NodeLaunch): Promise<void> {
    const { id, compute, report } = this.#slot;
    const code = await this.#code.catch(() => null);
    // The failure is reported already, and the host ends.
    if (code === null) return;
    const [{ createNodeRuntime }, { FaultyRuntime }, { createLogger }, { start }] = code;
    const logger = createLogger({ name: id, file: launch.logFile });
    const { log } = logger;
    this.#fail = (message, error) => {
      log.error(message, { error });
      logger.flush();
      this.#end(error);
    };
    try {
      const host = createNodeRuntime({ dataDir: launch.dataDir, proxyUrl: launch.proxyUrl, log, ...(compute && { compute }) });
      const faulty = new FaultyRuntime(host.runtime, launch.dataDir);
      this.#running = faulty;
      for (const active of launch.faults) await this.#inject(faulty, active);
      this.#onFaulty(faulty);
      const node = await start(faulty.runtime, launch.config);
      this.#stopNode = async () => {
        await node.stop();
        await faulty.close();
        await host.close();
        logger.flush();
      };
      void node.failed.then((error) => this.#fail('The node cannot go on', error));
      await report({ type: 'ready', address: node.address });
    } catch (error) {
      this.#fail('The node did not start', error);
    }
  }

  /** Ends the host after a failure, and reports the reason to the lab. */
  #end(error: unknown): void {
    const { report, exit } = this.#slot;
    void report({ type: 'failed', message: reasonOf(error), hits: this.#hits() }).finally(() => exit(1));
  }

  async #inject(faulty: FaultyRuntime, { id, fault, limitBytes, ageMs }: HostFault): Promise<void> {
    this.#known.add(id);
    const options = { ...(limitBytes === undefined ? {} : { limitBytes }), ...(ageMs === undefined ? {} : { ageMs }) };
    await faulty.inject(id, runtimeFault(fault), options);
  }

  /** Carries out an order with an answer. @param act returns the hits of the fault that the order names */
  async #answer(sequence: number, act: (faulty: FaultyRuntime) => number | Promise<number>): Promise<void> {
    const { report } = this.#slot;
    try {
      await report({ type: 'done', sequence, hits: await act(await this.#faulty) });
    } catch (error) {
      await report({ type: 'refused', sequence, message: reasonOf(error) });
    }
  }

  /** The hits of all faults of this life. */
  #hits(): FaultHits[] {
    return [...this.#known].map((id) => ({ id, hits: this.#running?.hits(id) ?? 0 }));
  }

  async #cutPower(choiceSeed: number): Promise<void> {
    const { exit, vanish = () => exit(1) } = this.#slot;
    try {
      await (await this.#faulty).powerCut(choiceSeed);
      vanish();
    } catch (error) {
      this.#fail('Cannot leave the disk as a power cut would leave it', error);
    }
  }
}

const reasonOf = (error: unknown): string => messageOf(error);

const runtimeFault = (fault: MachineFault): RuntimeFault =>
  isClockFault(fault) ? { clock: clockFaultOf(fault) } : { disk: diskFaultOf(fault) };
