/** One process on a simulated machine: every call its runtime makes passes here, and here it dies. */
import type { EventOwner, HeldEvent, SimEvent } from './event-queue.js';
import type { Scheduler } from './scheduler.js';
import type { SeededRandom } from '../faults/seeded-random.js';

/** When a crash happens during a call: before its effect, or after its effect and before the caller is notified. */
export type StrikePoint = 'before' | 'after';

/** An end of a connection whose other side hears of a power failure only when power returns. */
export interface SilencedEnd {
  /** Power has returned: the other side gets a reset. */
  wake(): void;
}

/** What a process needs from the machine it runs on. */
export interface ProcessHost {
  readonly name: string;
  /** Random numbers of this machine: for latencies, and for the state after a crash. */
  readonly random: SeededRandom;
  readonly scheduler: Scheduler;
  /** Counts a call; returns whether the process must die at this call. */
  countCall(): StrikePoint | undefined;
  /** Carries out the crash; returns false when the crash was cancelled since. */
  strike(): boolean;
  /** Remembers an end of a connection that a power failure took: its other side is informed when power returns. */
  silenced(end: SilencedEnd): void;
}

/** A call under way. It is settled only within events, so that the caller's next action follows from an event. */
export interface Operation<T> {
  readonly isSettled: boolean;
  resolve(value: T): void;
  reject(error: Error): void;
}

export interface OperateOptions {
  /** When the call reaches the kernel. Default: after a short latency. */
  readonly atUs?: number;
  /** The remains of a call that was made but not carried out when its process dies. */
  readonly onDeath?: (() => void) | undefined;
}

/** Latency of a call that only enters the kernel. */
const CALL_LATENCY_US = { min: 2, max: 40 };

/** A call of any type. */
type Outstanding = Pick<Call<never>, 'label' | 'strikePoint' | 'onDeath' | 'isSettled'>;

/** All data of a call in one object, because calls are the most frequent objects of a simulation. */
class Call<T> implements Operation<T> {
  readonly label: string;
  readonly strikePoint: StrikePoint | undefined;
  /** Set until the call is carried out. */
  onDeath: (() => void) | undefined;
  isSettled = false;
  readonly #settle: (call: Call<T>) => boolean;
  readonly #deliver: (value: T) => void;
  readonly #fail: (error: Error) => void;

  /** @param settle records that the call is settled; returns false when its caller must not be notified */
  constructor(
    label: string,
    strikePoint: StrikePoint | undefined,
    onDeath: (() => void) | undefined,
    settle: (call: Call<T>) => boolean,
    deliver: (value: T) => void,
    fail: (error: Error) => void,
  ) {
    this.label = label;
    this.strikePoint = strikePoint;
    this.onDeath = onDeath;
    this.#settle = settle;
    this.#deliver = deliver;
    this.#fail = fail;
  }

  resolve(value: T): void {
    if (this.#settle(this)) this.#deliver(value);
  }

  reject(error: Error): void {
    if (this.#settle(this)) this.#fail(error);
  }
}

export class SimProcess implements EventOwner {
  readonly host: ProcessHost;
  /** `machine/boot`: different for each boot, equal in each run. */
  readonly name: string;
  #isAlive = true;
  #isPaused = false;
  /** Whether the CPU quota stops the process now. */
  #isThrottled = false;
  /** Events held while the process was paused, in order; the first remains until it happens, so that no event overtakes it. */
  readonly #held: HeldEvent[] = [];
  /** Whether the first held event happens right now. */
  #isReleasing = false;
  /** Whether the first held event is planned. */
  #isReleasePlanned = false;
  readonly #outstanding = new Set<Outstanding>();
  readonly #settleCall = (call: Outstanding): boolean => this.#settle(call);
  readonly #deathWatchers = new Set<(power: boolean) => void>();

  constructor(host: ProcessHost, name: string) {
    this.host = host;
    this.name = name;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether the process is paused or throttled, or still has held events. */
  get isHolding(): boolean {
    return (this.#isPaused || this.#isThrottled || this.#held.length > 0) && !this.#isReleasing;
  }

  hold(event: HeldEvent): void {
    this.#held.push(event);
  }

  /** As SIGSTOP: the process does not run, and its events wait. The kernel still accepts connections. */
  pause(): void {
    this.#isPaused = true;
  }

  /** As SIGCONT: all held events happen now, in order, each as a separate event. */
  resume(): void {
    this.#isPaused = false;
    if (!this.#isThrottled) this.#planRelease();
  }

  /**
   * As the kernel at the end of a CPU quota, or at a new period: events wait while the process is throttled. A paused process
   * remains paused.
   */
  throttle(isStopped: boolean): void {
    this.#isThrottled = isStopped;
    if (!isStopped && !this.#isPaused) this.#planRelease();
  }

  get scheduler(): Scheduler {
    return this.host.scheduler;
  }

  /** Calls that are not settled, in the order in which they were made. */
  pendingCalls(): string[] {
    return [...this.#outstanding].map((call) => call.label);
  }

  /**
   * Makes one call of the runtime. The call is carried out by an event, never immediately; after the death of the process it never
   * settles.
   * @param start carries out the call; `start` or a later event settles the operation
   */
  operate<T>(label: string, start: (operation: Operation<T>) => void, options: OperateOptions = {}): Promise<T> {
    // The promise of a dead process never settles, so that no code after an await ever runs.
    if (!this.#isAlive) return new Promise<T>(() => undefined);
    const strikePoint = this.host.countCall();
    return new Promise<T>((resolve, reject) => {
      const call = new Call<T>(label, strikePoint, options.onDeath, this.#settleCall, resolve, reject);
      this.#outstanding.add(call);
      const { min, max } = CALL_LATENCY_US;
      const atUs = options.atUs ?? this.scheduler.nowUs + this.host.random.integer(min, max);
      this.scheduler.at(this, this.host.name, label, atUs, () => {
        call.onDeath = undefined;
        if (strikePoint !== 'before' || !this.host.strike()) start(call);
      });
    });
  }

  /** A call with one step: `effect` runs at its event, and its result or error settles the promise. */
  perform<T>(label: string, effect: () => T, options: OperateOptions = {}): Promise<T> {
    return this.operate<T>(
      label,
      (operation) => {
        let value: T;
        try {
          value = effect();
        } catch (error) {
          operation.reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        operation.resolve(value);
      },
      options,
    );
  }

  /** Plans an event of this process, which is dropped when the process is dead by then. */
  after(label: string, delayUs: number, run: () => void): SimEvent {
    return this.scheduler.after(this, this.host.name, label, delayUs, run);
  }

  /** Plans an event of this process after the latency of the kernel. */
  soon(label: string, run: () => void): SimEvent {
    return this.after(label, this.host.random.integer(CALL_LATENCY_US.min, CALL_LATENCY_US.max), run);
  }

  /** Calls `watcher` when the process dies; the returned function removes the watcher. */
  onDeath(watcher: (power: boolean) => void): () => void {
    this.#deathWatchers.add(watcher);
    return () => this.#deathWatchers.delete(watcher);
  }

  /**
   * Ends the process immediately.
   * @param power true for a power failure of the machine, false for a kill
   */
  die(power: boolean): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#isPaused = false;
    this.#isThrottled = false;
    this.#held.length = 0;
    const calls = [...this.#outstanding];
    this.#outstanding.clear();
    for (const call of calls) call.onDeath?.();
    for (const watcher of this.#deathWatchers) watcher(power);
    this.#deathWatchers.clear();
  }

  #settle(call: Outstanding): boolean {
    if (call.isSettled || !this.#isAlive) return false;
    call.isSettled = true;
    this.#outstanding.delete(call);
    return call.strikePoint !== 'after' || !this.host.strike();
  }

  #planRelease(): void {
    while (this.#held[0]?.isCancelled === true) this.#held.shift();
    const first = this.#held[0];
    if (first === undefined || this.#isReleasePlanned) return;
    this.#isReleasePlanned = true;
    const { min, max } = CALL_LATENCY_US;
    this.scheduler.after(null, this.host.name, first.label, this.host.random.integer(min, max), () => this.#release(first));
  }

  #release(first: HeldEvent): void {
    this.#isReleasePlanned = false;
    if (!this.#isAlive || this.#isPaused || this.#isThrottled) return;
    this.#held.shift();
    if (!first.isCancelled) {
      this.#isReleasing = true;
      try {
        first.run();
      } finally {
        this.#isReleasing = false;
      }
    }
    this.#planRelease();
  }
}
