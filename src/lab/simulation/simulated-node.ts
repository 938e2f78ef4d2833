/** One node of a simulated cluster over all its lives: the counterpart of ManagedNode, on a machine of the simulation. */
import type { CrashAtCallOptions, Machine } from '../../runtime/memory/machine.js';
import type { SimProcess } from '../../runtime/memory/sim-process.js';
import { DfsError, toDfsError } from '../../shared/errors.js';
import type { Clock, RunningNode, Runtime } from '../../shared/runtime.js';
import type { WatchedNode } from '../../supervisor/observe/cluster-watch.js';
import type { NodeExit } from '../../supervisor/host/node-host.js';
import type { LogLine } from '../../supervisor/observe/log-tail.js';
import type { ProcessFacts } from '../../supervisor/observe/node-state.js';
import { POWER_CUT } from '../../supervisor/host/node-host.js';
import { endsWithin } from '../../shared/ends-within.js';
import type { NodeInfo, NodeRole } from '../../supervisor/api/cluster-status.js';

/** Same values as in ManagedNode. */
const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 3_000;
/** A crash in the middle of a call comes by then at the latest, even when the process makes no calls. */
const STRIKE_WITHIN_MS = 100;
/** Log lines kept between two readings of the log. */
const LOG_LINES_MAX = 20;

export interface SimulatedNodeOptions {
  readonly id: string;
  readonly role: NodeRole;
  readonly rack: string;
  readonly address: string;
  readonly machine: Machine;
  /** The lab's clock, not the node's. */
  readonly clock: Clock;
  /** Starts the role's code. */
  readonly start: (runtime: Runtime, machine: Machine) => Promise<RunningNode>;
  /** A new number for each process. */
  readonly nextPid: () => number;
  /** Called when a process of the node started, ended, was paused or resumed. */
  readonly onChange: (exit: NodeExit | null) => void;
}

/** One process of the node. */
interface Life {
  readonly pid: number;
  readonly process: SimProcess;
  node: RunningNode | null;
}

/** Resolves at the end of a process, whatever the cause; the pending promises of a process that dies never settle. */
const diedOf = ({ process }: Life): Promise<void> =>
  new Promise((resolve) => {
    if (process.isAlive) process.onDeath(() => resolve());
    else resolve();
  });

export class SimulatedNode implements WatchedNode {
  readonly id: string;
  readonly role: NodeRole;
  readonly rack: string;
  readonly address: string;
  readonly #options: SimulatedNodeOptions;
  readonly #logLines: LogLine[] = [];
  #life: Life | null = null;
  #launchedAtMs: number | null = null;
  #restarting: Promise<void> = Promise.resolve();

  constructor(options: SimulatedNodeOptions) {
    this.id = options.id;
    this.role = options.role;
    this.rack = options.rack;
    this.address = options.address;
    this.#options = options;
  }

  get pid(): number | null {
    return this.#life?.pid ?? null;
  }

  get facts(): ProcessFacts {
    return { isRunning: this.#life !== null, isPaused: this.isSuspended, launchedAtMs: this.#launchedAtMs };
  }

  get isSuspended(): boolean {
    return this.#life?.process.isPaused === true;
  }

  get isAlive(): boolean {
    return this.#life?.process.isAlive === true;
  }

  /** True when the process runs and may answer. */
  get isAwake(): boolean {
    return this.#life !== null && !this.isSuspended;
  }

  get info(): NodeInfo {
    const { id, role, address, pid } = this;
    return { id, role, address, pid, life: pid, dataDir: '', log: '' };
  }

  /** Receives a warning or an error of the node's log. */
  addLogLine(line: LogLine): void {
    this.#logLines.push(line);
    if (this.#logLines.length > LOG_LINES_MAX) this.#logLines.shift();
  }

  newLogLines(): readonly LogLine[] {
    return this.#logLines.splice(0);
  }

  /**
   * Starts a process. Resolves when the node serves.
   * @throws DfsError UNAVAILABLE when the process ends, fails, or is not ready in time
   */
  async launch(): Promise<void> {
    const { machine, clock, start, nextPid, onChange } = this.#options;
    const runtime = machine.boot();
    const process = machine.processes.at(-1);
    if (process === undefined) throw new DfsError('INTERNAL', `Machine ${machine.name} did not boot`);
    const life: Life = { pid: nextPid(), process, node: null };
    this.#life = life;
    // At any end: a fault may end the process in the middle of a call.
    process.onDeath((power) => this.#gone(life, { code: null, signal: power ? POWER_CUT : 'SIGKILL' }));
    this.#launchedAtMs = clock.nowMs();
    onChange(null);
    let failure: Error | null = null;
    const serving = start(runtime, machine).then(
      (node) => {
        life.node = node;
        void node.failed.then(() => this.#exit(life, { code: 1, signal: null }));
      },
      (error: unknown) => {
        failure = toDfsError(error, `Starting ${this.id}`);
        this.#exit(life, { code: 1, signal: null });
        throw failure;
      },
    );
    // Its death is awaited too, because the promises of a dead process never settle.
    const died = diedOf(life).then(() => {
      throw failure ?? new DfsError('UNAVAILABLE', `Node ${this.id} ended before it served`, { nodeId: this.id });
    });
    died.catch(() => undefined);
    if (await endsWithin(clock, Promise.race([serving, died]), READY_WITHIN_MS)) return;
    throw new DfsError('UNAVAILABLE', `Node ${this.id} does not serve after ${READY_WITHIN_MS / 1_000} s`, { nodeId: this.id });
  }

  /** Stops a running process, then starts a new one on the same disk. One call at a time. */
  restart(): Promise<void> {
    const turn = this.#restarting.then(async () => {
      await this.stop();
      await this.launch();
    });
    this.#restarting = turn.catch(() => undefined);
    return turn;
  }

  /** Like SIGKILL. */
  kill(): void {
    if (this.#life !== null) this.#options.machine.crash();
  }

  /** Like a power cut of the machine, with or without a running process; does nothing on a machine without power. */
  cutPower(): void {
    const { machine } = this.#options;
    if (machine.isPowered) machine.crash({ power: true });
  }

  /**
   * Kills the process, or cuts the power, in the middle of a call; resolves when the process is gone, for whatever cause.
   * @param call number of the call, counted from now on; 1 is the next call
   */
  async crashAtCall(call: number, options: CrashAtCallOptions): Promise<void> {
    const life = this.#life;
    if (life === null) return;
    const { machine, clock } = this.#options;
    machine.crashAtCall(call, options);
    const isGone = await endsWithin(clock, diedOf(life), STRIKE_WITHIN_MS);
    if (!isGone && this.#life === life) machine.crash(options);
  }

  /** Kills the process and removes everything on the disk, durably. */
  wipe(): void {
    this.replaceFolder(new Map());
  }

  /** A copy of all files on the disk, as they are. */
  copyFolder(): ReadonlyMap<string, Uint8Array> {
    return this.#options.machine.disk.copy();
  }

  /** Kills the process and replaces everything on the disk, durably. @param files by path */
  replaceFolder(files: ReadonlyMap<string, Uint8Array>): void {
    this.kill();
    this.#options.machine.disk.replace(files);
  }

  /** Stops gracefully, and by force after a timeout. Resolves when the process is gone. */
  async stop(): Promise<void> {
    const life = this.#life;
    if (life === null) return;
    if (this.isSuspended) this.resume();
    let code = 0;
    // A process that cannot release its resources in order (its disk fails) ends too.
    const stopped = (life.node?.stop() ?? Promise.resolve()).catch(() => void (code = 1));
    const isOver = await endsWithin(this.#options.clock, Promise.race([stopped, diedOf(life)]), STOP_WITHIN_MS);
    this.#exit(life, isOver ? { code, signal: null } : { code: null, signal: 'SIGKILL' });
  }

  /** @throws DfsError INVALID_ARGUMENT when there is no process to pause */
  pause(): void {
    this.#assertRunning('pause');
    this.#options.machine.pause();
    this.#options.onChange(null);
  }

  /** @throws DfsError INVALID_ARGUMENT when there is no process to resume */
  resume(): void {
    this.#assertRunning('resume');
    this.#options.machine.resume();
    this.#options.onChange(null);
  }

  /** Ends a process that has come to its end by itself; does nothing when another process runs already. */
  #exit(life: Life, exit: NodeExit): void {
    if (this.#life !== life) return;
    this.#gone(life, exit);
    this.#options.machine.crash();
  }

  #gone(life: Life, exit: NodeExit): void {
    if (this.#life !== life) return;
    this.#life = null;
    this.#launchedAtMs = null;
    this.#options.onChange(exit);
  }

  #assertRunning(action: string): void {
    if (this.#life !== null) return;
    throw new DfsError('INVALID_ARGUMENT', `Cannot ${action} ${this.id}: the node does not run, restart the node first`);
  }
}
