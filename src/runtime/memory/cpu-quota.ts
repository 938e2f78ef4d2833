/**
 * How much of the time a simulated machine's processes run: all of it, until faults take a part of every period away, as the kernel's
 * CPU quota does. Work itself takes no virtual time, so what counts is when it is done: not while the rest of a period lasts.
 *
 *   period  |--- runs ---|--- stopped ---|--- runs ---|--- stopped ---|
 */
import { InjectedFault, type CountedFault } from '../faults/injected-fault.js';
import type { Scheduler } from './scheduler.js';

/** As the kernel's usual one. */
const PERIOD_US = 100_000;

export interface CpuFault {
  /** Of each period; 1 to 99. */
  readonly stoppedPercent: number;
}

/** What is stopped and goes on. */
export interface Throttled {
  /** The record's name for it. */
  readonly name: string;
  /** Somebody runs who would be stopped. */
  readonly isUp: boolean;
  throttle(isStopped: boolean): void;
}

export class CpuQuota {
  readonly #scheduler: Scheduler;
  readonly #machine: Throttled;
  readonly #note: (what: string) => void;
  #faults: InjectedFault<CpuFault>[] = [];
  #isStopped = false;
  /** Events of an earlier turn do nothing any more. */
  #turn = 0;

  /** @param note hears what is imposed and lifted */
  constructor(scheduler: Scheduler, machine: Throttled, note: (what: string) => void) {
    this.#scheduler = scheduler;
    this.#machine = machine;
    this.#note = note;
  }

  /** True in the part of a period in which nothing runs. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Puts a fault in force; of several, the hardest counts. A hit is a period in which a process was stopped. */
  inject(fault: CpuFault): CountedFault {
    const what = `slow cpu ${fault.stoppedPercent} %`;
    const inForce = new InjectedFault(fault, this.#scheduler.nowUs, () => {
      this.#note(`lift ${what}`);
      this.#faults = this.#faults.filter((other) => other !== inForce);
      if (this.#faults.length === 0) this.#end();
    });
    this.#note(`impose ${what}`);
    this.#faults.push(inForce);
    if (this.#faults.length === 1) this.#run();
    return inForce;
  }

  /** The part of a period in which processes run: how long it is, is settled when it begins. */
  #run(): void {
    this.#set(false);
    const stoppedUs = this.#stoppedUs();
    this.#after(PERIOD_US - stoppedUs, () => this.#stop(stoppedUs));
  }

  #stop(stoppedUs: number): void {
    if (this.#machine.isUp) for (const inForce of this.#faults) inForce.hits++;
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
