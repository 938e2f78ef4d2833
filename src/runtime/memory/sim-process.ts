/** One process on a simulated machine: every call its runtime makes passes here, and here it dies. */
import type { EventOwner, HeldEvent, SimEvent } from './event-queue.js';
import type { Scheduler } from './scheduler.js';
import type { SeededRandom } from '../faults/seeded-random.js';

/** Where in a call the process is struck: before the call did anything, or when it is done and the caller has not heard. */
export type StrikePoint = 'before' | 'after';

/** An end of a connection whose other side hears of a power failure only when power returns. */
export interface SilencedEnd {
  /** Power has returned: the other side gets a reset. */
  wake(): void;
}

/** What a process needs from the machine it runs on. */
export interface ProcessHost {
  readonly name: string;
  /** The world's chance on this machine: latencies, what a crash leaves. */
  readonly random: SeededRandom;
  readonly scheduler: Scheduler;
  /** Counts a call; tells whether the process is to die at it. */
  countCall(): StrikePoint | undefined;
  /** Carries the death out; false when it was called off since. */
  strike(): boolean;
  /** Remembers an end of a connection that a power failure took: its other side is told when power returns. */
  silenced(end: SilencedEnd): void;
}

/** A call under way. It is settled from within events only, so that what the caller does next is an event's consequence. */
export interface Operation<T> {
  readonly isSettled: boolean;
  resolve(value: T): void;
  reject(error: Error): void;
}

export interface OperateOptions {
  /** When the call reaches the kernel; left out: after a short latency. */
  readonly atUs?: number;
  /** What a call that was made but not yet carried out leaves behind when its process dies. */
  readonly onDeath?: (() => void) | undefined;
}

/** Of a call that costs no more than entering the kernel. */
const CALL_LATENCY_US = { min: 2, max: 40 };

/** A call of any type. */
type Outstanding = Pick<Call<never>, 'label' | 'strikePoint' | 'onDeath' | 'isSettled'>;

/** One object for all there is to know of a call: calls are what a simulation makes most of. */
class Call<T> implements Operation<T> {
  readonly label: string;
  readonly strikePoint: StrikePoint | undefined;
  /** Set until the call is carried out. */
  onDeath: (() => void) | undefined;
  isSettled = false;
  readonly #settle: (call: Call<T>) => boolean;
  readonly #deliver: (value: T) => void;
  readonly #fail: (error: Error) => void;

  /** @param settle notes that the call is settled; false when its caller is not to hear of it */
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
  /** The machine's CPU is not for it now. */
  #isThrottled = false;
  /** What came while it was paused, in order; the first stays until it happens, so that nothing overtakes it. */
  readonly #held: HeldEvent[] = [];
  /** The first of the held ones happens right now. */
  #isReleasing = false;
  /** An event for the first of the held ones is planned. */
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

  /** Paused or throttled, or not yet through with what came meanwhile. */
  get isHolding(): boolean {
    return (this.#isPaused || this.#isThrottled || this.#held.length > 0) && !this.#isReleasing;
  }

  hold(event: HeldEvent): void {
    this.#held.push(event);
  }

  /** As SIGSTOP: nothing happens in it, and what reaches it waits. The kernel below still takes connections. */
  pause(): void {
    this.#isPaused = true;
  }

  /** As SIGCONT: all that waited happens now, in order, each as an event of its own. */
  resume(): void {
    this.#isPaused = false;
    if (!this.#isThrottled) this.#planRelease();
  }

  /** As the kernel when a CPU quota is used up, or new: what reaches the process meanwhile waits. A paused one stays paused. */
  throttle(isStopped: boolean): void {
    this.#isThrottled = isStopped;
    if (!isStopped && !this.#isPaused) this.#planRelease();
  }

  get scheduler(): Scheduler {
    return this.host.scheduler;
  }

  /** Calls that have not come back, in the order in which they were made. */
  pendingCalls(): string[] {
    return [...this.#outstanding].map((call) => call.label);
  }

  /**
   * Makes one call of the runtime. It is carried out by an event, never at once; after the process's death it never settles.
   * @param start carries the call out; it or a later event settles the operation
   */
  operate<T>(label: string, start: (operation: Operation<T>) => void, options: OperateOptions = {}): Promise<T> {
    // The promise of a dead process: nothing holds its settling functions, so that no code after an await ever runs.
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

  /** A call that is done in one step: `effect` runs at its event, and what it returns or throws settles the promise. */
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

  /** Plans something that happens on this process, if it still lives. */
  after(label: string, delayUs: number, run: () => void): SimEvent {
    return this.scheduler.after(this, this.host.name, label, delayUs, run);
  }

  /** Plans something that happens on this process as soon as the kernel gets to it. */
  soon(label: string, run: () => void): SimEvent {
    return this.after(label, this.host.random.integer(CALL_LATENCY_US.min, CALL_LATENCY_US.max), run);
  }

  /** Calls `watcher` when the process dies; the returned function forgets it. */
  onDeath(watcher: (power: boolean) => void): () => void {
    this.#deathWatchers.add(watcher);
    return () => this.#deathWatchers.delete(watcher);
  }

  /**
   * Ends the process where it stands.
   * @param power the machine lost power, and did not just kill the process
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
