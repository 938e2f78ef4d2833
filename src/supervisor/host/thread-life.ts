/** One life of a node in a thread, as seen from the lab: its state comes from the host process. */
import { DfsError } from '../../shared/errors.js';
import { THREAD_KILLED } from '../api/exit-text.js';
import { POWER_CUT } from './node-host.js';
import { FaultOrders } from './fault-orders.js';
import type { HostOrder, HostFault, NodeLaunch } from './host-orders.js';
import type { HostReport } from './host-reports.js';
import type { NodeExit, NodeProcess, NodeSpec } from './node-host.js';
import { endOfPowerCut } from './power-cut.js';
import type { ThreadOrder, ThreadReport } from './thread-orders.js';

/** The process that the thread belongs to. */
export interface HostProcess {
  readonly send: (order: ThreadOrder) => void;
  readonly isAlive: () => boolean;
  /** True when stopped by a signal, with all its threads. */
  readonly isSuspended: () => boolean;
}

export class ThreadLife implements NodeProcess {
  readonly life: number;
  readonly pid = null;
  readonly spec: NodeSpec;
  readonly ready: Promise<string>;
  readonly exited: Promise<NodeExit>;
  readonly #host: HostProcess;
  readonly #faults: FaultOrders;
  #onReady: (address: string) => void = () => undefined;
  #onUnready: (error: DfsError) => void = () => undefined;
  #onExited: (exit: NodeExit) => void = () => undefined;
  #isGone = false;
  #isSuspended = false;
  /** The requested state; the observed state follows later. */
  #isPaused = false;
  #isCut = false;
  #failure: string | null = null;
  #heldPeriods = 0;

  constructor(life: number, spec: NodeSpec, host: HostProcess) {
    this.life = life;
    this.spec = spec;
    this.#host = host;
    this.#faults = new FaultOrders({
      nodeId: spec.id,
      send: (order) => this.#order(order),
      isPaused: () => this.#isPaused,
    });
    this.exited = new Promise((resolve) => (this.#onExited = resolve));
    this.ready = new Promise((resolve, reject) => {
      this.#onReady = resolve;
      this.#onUnready = reject;
    });
    // Callers that wait see the rejection; without a caller it is not an unhandled rejection.
    this.ready.catch(() => undefined);
  }

  /** Processes a report of the host process about this life. */
  take(report: ThreadReport): void {
    if (report.type === 'report') this.#took(report.report);
    else if (report.type === 'suspended') this.#isSuspended = report.isSuspended;
    else if (report.type === 'held') this.#heldPeriods = report.periods;
    else if (report.isKilled) this.ended({ code: null, signal: THREAD_KILLED });
    // A node that could not leave its disk as a power cut would reports the reason before its end.
    else if (this.#isCut && this.#failure === null) this.ended({ code: null, signal: POWER_CUT });
    else this.ended({ code: report.code, signal: null });
  }

  /** The life is over. */
  ended(exit: NodeExit): void {
    const { id, outputFile } = this.spec;
    const how = exit.signal === null ? `with exit code ${String(exit.code)}` : `by ${exit.signal}`;
    this.#isGone = true;
    this.#faults.lose();
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
    this.#isPaused = false;
    this.#order({ type: 'stop' });
  }

  pause(): void {
    this.#isPaused = true;
    this.#host.send({ life: this.life, type: 'pause' });
  }

  resume(): void {
    this.#isPaused = false;
    this.#host.send({ life: this.life, type: 'resume' });
  }

  throttle(percent: number): void {
    this.#host.send({ life: this.life, type: 'throttle', percent });
  }

  get heldPeriods(): number {
    return this.#heldPeriods;
  }

  inject(active: HostFault): Promise<void> {
    return this.#faults.inject(active);
  }

  lift(id: number): Promise<number> {
    return this.#faults.lift(id);
  }

  hits(id: number): Promise<number> {
    return this.#faults.hits(id);
  }

  async powerCut(choiceSeed: number): Promise<void> {
    this.#isCut = true;
    this.#order({ type: 'powercut', choiceSeed });
    // The thread has to run to carry out the order; its links are frozen.
    this.throttle(0);
    this.resume();
    await endOfPowerCut({ id: this.spec.id, exited: this.exited, kill: () => this.kill(), failure: () => this.#failure });
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
    this.#faults.take(report);
    if (report.type === 'ready') this.#onReady(report.address);
    if (report.type !== 'failed') return;
    this.#failure = report.message;
    this.#onUnready(new DfsError('UNAVAILABLE', `Node ${id} cannot run: ${report.message}`, { nodeId: id }));
  }
}
