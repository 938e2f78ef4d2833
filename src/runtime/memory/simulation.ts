/** A simulation in one thread: machines, a network and virtual time, all determined by one seed. */
import { DfsError } from '../../shared/errors.js';
import { Machine } from './machine.js';
import type { SimLogLine } from './memory-logger.js';
import type { RecordedEvent } from './event-record.js';
import { driveTurns } from './drive-turns.js';
import { Network } from './network.js';
import { Scheduler } from './scheduler.js';

export interface SimulationOptions {
  /** Equal seeds and equal code give equal runs. */
  readonly seed: number | string;
  /** Receives every line that a process logs. */
  readonly onLog?: (line: SimLogLine) => void;
  /** Receives every event as it happens. */
  readonly onEvent?: (event: RecordedEvent) => void;
}

export interface RunOptions {
  /** Virtual time after which the run fails, in milliseconds. Default: 600,000. */
  readonly limitMs?: number;
}

const DEFAULT_LIMIT_MS = 600_000;
/** Number of events at the same virtual time that counts as a livelock. */
const EVENTS_AT_ONE_TIME_MAX = 100_000;
/** Number of lines shown when a run fails. */
const TRACE_LINES_SHOWN = 25;
const PENDING_CALLS_SHOWN = 10;
/** 2026-01-01T00:00:00Z */
const WALL_ORIGIN_MS = 1_767_225_600_000;

/** Whether a simulation runs in this thread: two would mix their turns. */
let isThreadTaken = false;

export class Simulation {
  readonly network: Network;
  readonly #scheduler = new Scheduler();
  readonly #machines = new Map<string, Machine>();
  readonly #seed: string;
  readonly #onLog: (line: SimLogLine) => void;
  /** Conditions that code inside a run waits for, checked after each event. */
  readonly #watchers = new Set<() => void>();
  #isDriving = false;

  constructor(options: SimulationOptions) {
    this.#seed = String(options.seed);
    this.#onLog = options.onLog ?? (() => undefined);
    this.#scheduler.record.observer = options.onEvent ?? null;
    this.network = new Network(this.#scheduler);
  }

  /** Virtual milliseconds since the start. */
  get nowMs(): number {
    return this.#scheduler.nowUs / 1_000;
  }

  /** The last lines of the record, oldest first: `time-in-ms machine what`. */
  get trace(): readonly string[] {
    return this.#scheduler.record.lines();
  }

  /** Number of events and log lines so far. */
  get eventCount(): number {
    return this.#scheduler.record.lineCount;
  }

  /** Hex digest of the whole record: equal for equal seeds and code. */
  digest(): string {
    return this.#scheduler.record.digest();
  }

  /** The machine of this name, made on first access; the name is also its host name on the network. */
  machine(name: string): Machine {
    const existing = this.#machines.get(name);
    if (existing !== undefined) return existing;
    const machine = new Machine(
      { seed: this.#seed, scheduler: this.#scheduler, network: this.network, wallOriginMs: WALL_ORIGIN_MS, onLog: this.#onLog },
      name,
    );
    this.#machines.set(name, machine);
    return machine;
  }

  /**
   * Runs a task and processes events until its promise settles; returns its value or throws its error.
   * Inside a task, `advance` and `runUntil` wait without driving, and `run` only calls its task.
   * @throws DfsError DEADLINE_EXCEEDED when `limitMs` of virtual time pass first, INTERNAL when no event remains that could settle
   *   the promise
   */
  async run<T>(task: () => Promise<T> | T, options: RunOptions = {}): Promise<T> {
    if (this.#isDriving) return task();
    const outcome: { value?: { result: T }; failure?: { error: unknown } } = {};
    const attempt = async (): Promise<void> => {
      try {
        outcome.value = { result: await task() };
      } catch (error) {
        outcome.failure = { error };
      }
    };
    await this.#drive('the task', (options.limitMs ?? DEFAULT_LIMIT_MS) * 1_000, () => outcome.value ?? outcome.failure, attempt);
    if (outcome.value !== undefined) return outcome.value.result;
    throw outcome.failure?.error;
  }

  /** Processes all events of the next `ms` of virtual time. */
  async advance(ms: number): Promise<void> {
    const untilUs = this.#scheduler.nowUs + Math.ceil(ms * 1_000);
    const end = new Promise<void>((resolve) => {
      this.#scheduler.lastAt('advanced', untilUs, resolve);
    });
    await this.run(() => end, { limitMs: ms + 1 });
  }

  /**
   * Processes events until a condition holds, which is checked after each event.
   * @throws DfsError the same errors as `run`
   */
  async runUntil(condition: () => boolean, options: RunOptions = {}): Promise<void> {
    const limitMs = options.limitMs ?? DEFAULT_LIMIT_MS;
    if (!this.#isDriving) {
      await this.#drive('the condition', limitMs * 1_000, () => (condition() ? true : undefined));
      return;
    }
    const limit = new DfsError('DEADLINE_EXCEEDED', `The condition did not come true within ${limitMs} ms of virtual time`);
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void): void => {
        this.#watchers.delete(look);
        this.#scheduler.cancel(timeout);
        settle();
      };
      const look = (): void => {
        try {
          if (condition()) end(resolve);
        } catch (error) {
          end(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      };
      const timeout = this.#scheduler.after(null, 'simulation', 'condition limit', limitMs * 1_000, () =>
        end(() => reject(limit)),
      );
      this.#watchers.add(look);
      look();
    });
  }

  /** Processes event by event, each with all its consequences, until `isDone` returns a value. */
  async #drive(what: string, limitUs: number, isDone: () => unknown, begin?: () => Promise<void>): Promise<void> {
    if (isThreadTaken) {
      throw new DfsError('INTERNAL', 'Two simulations cannot run at once in one thread: wait for the other one');
    }
    isThreadTaken = true;
    this.#isDriving = true;
    const scheduler = this.#scheduler;
    const endUs = scheduler.nowUs + limitUs;
    let eventsNow = 0;
    let isToLook = false;
    /** Processes one event, or checks the awaited conditions; returns false at the end. */
    const turn = (): boolean => {
      if (isToLook && this.#watchers.size > 0) {
        isToLook = false;
        for (const look of this.#watchers) look();
        return true;
      }
      if (isDone() !== undefined) return false;
      const nextUs = scheduler.nextAtUs;
      if (nextUs === undefined) throw this.#stuck('INTERNAL', `No event remains that could end ${what}`);
      if (nextUs > endUs) {
        scheduler.skipTo(endUs);
        throw this.#stuck('DEADLINE_EXCEEDED', `After ${limitUs / 1_000} ms of virtual time ${what} has not ended`);
      }
      eventsNow = nextUs === scheduler.nowUs ? eventsNow + 1 : 0;
      if (eventsNow > EVENTS_AT_ONE_TIME_MAX)
        throw this.#stuck('INTERNAL', `Livelock: virtual time does not advance before the end of ${what}`);
      scheduler.step();
      isToLook = true;
      return true;
    };
    try {
      // `begin` never rejects.
      void begin?.();
      await driveTurns(turn);
    } finally {
      isThreadTaken = false;
      this.#isDriving = false;
    }
  }

  #stuck(code: 'INTERNAL' | 'DEADLINE_EXCEEDED', reason: string): DfsError {
    const machines = [...this.#machines.values()].map((machine) => {
      if (!machine.isUp) return `  ${machine.name}: down`;
      const calls = machine.processes.flatMap((process) => process.pendingCalls());
      const shown = calls.slice(-PENDING_CALLS_SHOWN).join(', ');
      return `  ${machine.name}: ${calls.length} calls pending${calls.length === 0 ? '' : `, the last: ${shown}`}`;
    });
    const lines = this.trace.slice(-TRACE_LINES_SHOWN).map((line) => `  ${line}`);
    return new DfsError(
      code,
      `${reason} (seed ${this.#seed}, at ${this.nowMs} ms)\n${machines.join('\n')}\nlast events:\n${lines.join('\n')}`,
    );
  }
}
