/** One life of a node in a thread, as the lab has it: what it knows comes from the host process. */
import { DfsError } from '../../shared/errors.js';
import { POWER_CUT } from '../scenario/process-faults.js';
import type { HostOrder, ImposedFault, NodeLaunch } from './host-orders.js';
import type { FaultHits, HostReport } from './host-reports.js';
import type { NodeExit, NodeProcess, NodeSpec } from './node-host.js';
import { THREAD_KILLED } from './node-host.js';
import { OrderAnswers } from './order-answers.js';
import type { ThreadOrder, ThreadReport } from './thread-orders.js';

/** The process that the thread belongs to. */
export interface HostProcess {
  readonly send: (order: ThreadOrder) => void;
  readonly isAlive: () => boolean;
  /** Stopped by a signal, with all its threads. */
  readonly isSuspended: () => boolean;
}

export class ThreadLife implements NodeProcess {
  readonly life: number;
  readonly pid = null;
  readonly spec: NodeSpec;
  readonly ready: Promise<string>;
  readonly exited: Promise<NodeExit>;
  readonly #host: HostProcess;
  readonly #answers: OrderAnswers;
  /** Of each fault, as last heard: a node that fails takes the count with it. */
  readonly #lastHits = new Map<number, number>();
  #onReady: (address: string) => void = () => undefined;
  #onUnready: (error: DfsError) => void = () => undefined;
  #onExited: (exit: NodeExit) => void = () => undefined;
  #isGone = false;
  #isSuspended = false;
  #isCut = false;

  constructor(life: number, spec: NodeSpec, host: HostProcess) {
    this.life = life;
    this.spec = spec;
    this.#host = host;
    this.#answers = new OrderAnswers(spec.id);
    this.exited = new Promise((resolve) => (this.#onExited = resolve));
    this.ready = new Promise((resolve, reject) => {
      this.#onReady = resolve;
      this.#onUnready = reject;
    });
    // Whoever waits sees the rejection; nobody has to wait.
    this.ready.catch(() => undefined);
  }

  /** Takes what the host process tells of it. */
  take(report: ThreadReport): void {
    if (report.type === 'report') this.#took(report.report);
    else if (report.type === 'suspended') this.#isSuspended = report.isSuspended;
    else if (report.isKilled) this.ended({ code: null, signal: THREAD_KILLED });
    else this.ended(this.#isCut ? { code: null, signal: POWER_CUT } : { code: report.code, signal: null });
  }

  /** It is gone. */
  ended(exit: NodeExit): void {
    const { id, outputFile } = this.spec;
    const how = exit.signal === null ? `with exit code ${String(exit.code)}` : `by ${exit.signal}`;
    this.#isGone = true;
    this.#answers.lose();
    this.#onUnready(new DfsError('UNAVAILABLE', `Node ${id} ended ${how} before it served: see ${outputFile}`, { nodeId: id }));
    this.#onExited(exit);
  }

  launch(launch: NodeLaunch): void {
    this.#order({ type: 'start', launch });
  }

  kill(): void {
    this.#host.send({ life: this.life, type: 'kill' });
  }

  stop(): void {
    this.#order({ type: 'stop' });
  }

  pause(): void {
    this.#host.send({ life: this.life, type: 'pause' });
  }

  resume(): void {
    this.#host.send({ life: this.life, type: 'resume' });
  }

  throttle(percent: number): void {
    this.#host.send({ life: this.life, type: 'throttle', percent });
  }

  async impose(imposed: ImposedFault): Promise<void> {
    await this.#answers.ask((sequence) => this.#order({ type: 'impose', sequence, ...imposed }));
  }

  lift(id: number): Promise<number> {
    return this.#answers.ask((sequence) => this.#order({ type: 'lift', sequence, id }));
  }

  /** Of a life that is over, what was known last. */
  async hits(id: number): Promise<number> {
    try {
      this.#note({ id, hits: await this.#answers.ask((sequence) => this.#order({ type: 'hits', sequence, id })) });
    } catch (error) {
      if (!this.#isGone) throw error;
    }
    return this.#lastHits.get(id) ?? 0;
  }

  async powerCut(lot: number): Promise<void> {
    this.#isCut = true;
    this.#order({ type: 'powercut', lot });
    await this.exited;
  }

  isAlive(): boolean {
    return !this.#isGone && this.#host.isAlive();
  }

  isSuspended(): boolean {
    return !this.#isGone && (this.#isSuspended || this.#host.isSuspended());
  }

  #order(order: HostOrder): void {
    this.#host.send({ life: this.life, type: 'order', order });
  }

  #took(report: HostReport): void {
    const { id } = this.spec;
    if (report.type === 'ready') this.#onReady(report.address);
    else if (report.type === 'failed') {
      for (const counted of report.hits) this.#note(counted);
      this.#onUnready(new DfsError('UNAVAILABLE', `Node ${id} cannot run: ${report.message}`, { nodeId: id }));
    } else this.#answers.take(report);
  }

  #note({ id, hits }: FaultHits): void {
    this.#lastHits.set(id, Math.max(hits, this.#lastHits.get(id) ?? 0));
  }
}
