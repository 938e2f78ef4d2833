/**
 * The part of the time in which a simulated machine's processes run: all of it, unless faults stop them for a part of every period,
 * as the kernel's CPU quota does. Work itself takes no virtual time, so the quota only determines when work can happen.
 *
 *   period  |--- runs ---|--- stopped ---|--- runs ---|--- stopped ---|
 */
import { InjectedFault, type CountedFault } from '../faults/injected-fault.js';
import type { Scheduler } from './scheduler.js';

/** The period, equal to the kernel's default. */
const PERIOD_US = 100_000;

export interface CpuFault {
  /** Percentage of each period; 1 to 99. */
  readonly stoppedPercent: number;
}

/** The machine whose processes are stopped and continued. */
export interface Throttled {
  /** The name in the record. */
  readonly name: string;
  /** Whether a process is running that can be stopped. */
  readonly isUp: boolean;
  throttle(isStopped: boolean): void;
}

export class CpuQuota {
  readonly #scheduler: Scheduler;
  readonly #machine: Throttled;
  readonly #note: (what: string) => void;
  #faults: InjectedFault<CpuFault>[] = [];
  #isStopped = false;
  /** Identifies the current turn: events of an earlier turn have no effect. */
  #turn = 0;

  /** @param note receives a note of every injected and lifted fault */
  constructor(scheduler: Scheduler, machine: Throttled, note: (what: string) => void) {
    this.#scheduler = scheduler;
    this.#machine = machine;
    this.#note = note;
  }

  /** True in the part of a period in which the processes are stopped. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Injects a fault; of several faults the highest percentage counts. A hit is a period in which a process was stopped. */
  inject(fault: CpuFault): CountedFault {
    const what = `slow cpu ${fault.stoppedPercent} %`;
    const injected = new InjectedFault(fault, this.#scheduler.nowUs, () => {
      this.#note(`lift ${what}`);
      this.#faults = this.#faults.filter((other) => other !== injected);
      if (this.#faults.length === 0) this.#end();
    });
    this.#note(`inject ${what}`);
    this.#faults.push(injected);
    if (this.#faults.length === 1) this.#run();
    return injected;
  }

  /** Starts the running part of a period, whose length is determined at its beginning. */
  #run(): void {
    this.#set(false);
    const stoppedUs = this.#stoppedUs();
    this.#after(PERIOD_US - stoppedUs, () => this.#stop(stoppedUs));
  }

  #stop(stoppedUs: number): void {
    if (this.#machine.isUp) for (const injected of this.#faults) injected.hits++;
    this.#set(true);
    this.#after(stoppedUs, () => this.#run());
  }

  #end(): void {
    this.#turn++;
    this.#set(false);
  }

  #stoppedUs(): number {
    return (PERIOD_US / 100) * Math.max(...this.#faults.map(({ fault }) => fault.stoppedPercent));
  }

  #set(isStopped: boolean): void {
    this.#isStopped = isStopped;
    this.#machine.throttle(isStopped);
  }

  #after(delayUs: number, run: () => void): void {
    const turn = ++this.#turn;
    this.#scheduler.after(null, this.#machine.name, 'cpu quota', delayUs, () => {
      if (turn === this.#turn) run();
    });
  }
}
