/** The lab's handle on its network: the fabric runs in a thread of its own, separate from the terminal UI and the workloads. */
import { Worker } from 'node:worker_threads';
import { DfsError } from '../../shared/errors.js';
import { programEntry } from '../host/program-entry.js';
import type { FabricOrder } from './fabric-orders.js';
import type { FabricReport } from './fabric-reports.js';
import type { FabricTable } from './fabric-rules.js';
import type { FabricNode, FabricOptions } from './fabric-server.js';
import type { FaultHits } from './active-link-faults.js';
import type { LinkCounters } from './link-counters.js';
import { messageOf } from '../../shared/error-text.js';

type OrderBody = FabricOrder extends infer Order ? (Order extends FabricOrder ? Omit<Order, 'sequence'> : never) : never;

interface Waiting {
  resolve(report: FabricReport): void;
  reject(error: DfsError): void;
}

const hitsIn = (report: FabricReport): readonly FaultHits[] => (report.type === 'hits' ? report.hits : []);

export class Fabric {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #sequence = 0;
  #address = '';
  #closing: Promise<void> | null = null;
  #failure: DfsError | null = null;
  #onFailed: (error: DfsError) => void = () => undefined;
  /** Resolves when the thread ended unexpectedly. */
  readonly failed = new Promise<DfsError>((resolve) => (this.#onFailed = resolve));

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /**
   * Starts the thread and waits until the fabric listens.
   * @throws DfsError when none of the addresses is free
   */
  static async start(options: FabricOptions): Promise<Fabric> {
    const worker = new Worker(programEntry(new URL('../../supervisor/network/fabric-worker.js', import.meta.url)), {
      workerData: options,
      // The options of this process (inspector, loaders of a test runner) do not apply to the thread.
      execArgv: [],
      env: {},
    });
    const fabric = new Fabric(worker);
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (report: FabricReport) => {
        if (report.type === 'listening') {
          fabric.#address = report.address;
          resolve();
        } else if (report.type !== 'failed') {
          fabric.#answered(report);
        } else {
          reject(fabric.#fail(report.message));
        }
      });
      worker.on('error', (error) => reject(fabric.#fail(messageOf(error))));
      worker.on('exit', () => reject(fabric.#fail('the thread of the network ended')));
    });
    return fabric;
  }

  /** host:port */
  get address(): string {
    return this.#address;
  }

  /** Replaces the nodes that may be dialled. Resolves when the change is active. */
  async setNodes(nodes: readonly FabricNode[]): Promise<void> {
    await this.#order({ type: 'nodes', nodes });
  }

  /**
   * Replaces the rule table. Resolves when the table is active on all connections.
   * @returns the effects of every fault of the old table and of the new one so far
   */
  async setRules(table: FabricTable): Promise<readonly FaultHits[]> {
    return hitsIn(await this.#order({ type: 'rules', table }));
  }

  /** The effects of every active fault so far. */
  async hits(): Promise<readonly FaultHits[]> {
    return hitsIn(await this.#order({ type: 'hits' }));
  }

  /** The counters of all links. */
  async counters(): Promise<readonly LinkCounters[]> {
    const report = await this.#order({ type: 'counters' });
    return report.type === 'counters' ? report.counters : [];
  }

  /** Breaks all connections and ends the thread. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#order({ type: 'close' })
      .catch(() => undefined)
      .then(() => this.#worker.terminate())
      .then(() => undefined);
    return this.#closing;
  }

  #answered(report: Exclude<FabricReport, { type: 'listening' | 'failed' }>): void {
    this.#waiting.get(report.sequence)?.resolve(report);
    this.#waiting.delete(report.sequence);
  }

  #fail(reason: string): DfsError {
    const error = (this.#failure ??= new DfsError('INTERNAL', `The lab's network failed: ${reason}`));
    if (this.#closing === null) this.#onFailed(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    return error;
  }

  #order(body: OrderBody): Promise<FabricReport> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const sequence = ++this.#sequence;
    return new Promise((resolve, reject) => {
      this.#waiting.set(sequence, { resolve, reject });
      this.#worker.postMessage({ ...body, sequence });
    });
  }
}
