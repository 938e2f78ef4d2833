/** One node of a cluster over all its lives: starts and ends its process and knows how that is. */
import { DfsError } from '../../shared/errors.js';
import type { NodeExit, NodeHost, NodeProcess } from '../host/node-host.js';
import type { NodeLaunch } from '../host/host-orders.js';
import type { LabNode } from '../folder/lab-record.js';
import { LogTail } from '../observe/log-tail.js';
import type { LogLine } from '../observe/log-tail.js';
import { MachineFaults } from './machine-faults.js';
import type { ProcessFacts } from '../observe/node-state.js';
import type { NodeInfo, NodeRole } from '../api/cluster-status.js';

const READY_WITHIN_MS = 30_000;
/** After this a node that was asked to stop is killed. */
const STOP_WITHIN_MS = 3_000;

/** Which node of the cluster it is. */
export interface NodePlace {
  readonly id: string;
  readonly role: NodeRole;
  /** 1 for the first of its role. */
  readonly ordinal: number;
}

export interface ManagedNodeOptions {
  readonly place: NodePlace;
  readonly rack: string;
  readonly dataDir: string;
  readonly log: string;
  readonly host: NodeHost;
  /** Called when a process of the node came or went, or was paused or resumed. */
  readonly onChange: (exit: NodeExit | null) => void;
  /** Called for each process after the first. */
  readonly onSpawn: () => void;
}

/** What is done in the middle of a restart. */
export interface RestartSteps {
  /** After the end of the old life. */
  readonly stopped: () => Promise<void>;
  /** What the new life is to be. */
  readonly launch: () => NodeLaunch;
}

export class ManagedNode {
  readonly place: NodePlace;
  readonly id: string;
  readonly role: NodeRole;
  readonly rack: string;
  readonly dataDir: string;
  readonly log: string;
  /** Of its disk, clock and CPU, over all its lives. */
  readonly faults = new MachineFaults();
  readonly #tail: LogTail;
  readonly #host: NodeHost;
  readonly #onChange: ManagedNodeOptions['onChange'];
  readonly #onSpawn: ManagedNodeOptions['onSpawn'];
  #address = '';
  #process: NodeProcess | null = null;
  #isPaused = false;
  #launchedAtMs: number | null = null;
  #restarting: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(options: ManagedNodeOptions) {
    this.place = options.place;
    this.id = options.place.id;
    this.role = options.place.role;
    this.rack = options.rack;
    this.dataDir = options.dataDir;
    this.log = options.log;
    this.#tail = new LogTail(options.log);
    this.#host = options.host;
    this.#onChange = options.onChange;
    this.#onSpawn = options.onSpawn;
  }

  get address(): string {
    return this.#address;
  }

  /** Once, when the lab's network is known. */
  setAddress(address: string): void {
    this.#address = address;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** As NodeInfo has it. */
  get life(): number | null {
    return this.#process?.life ?? null;
  }

  /** Its present life, as it looks from outside; null when it has none. */
  get process(): NodeProcess | null {
    return this.#process;
  }

  get facts(): ProcessFacts {
    return { isRunning: this.#process !== null, isPaused: this.#isPaused, launchedAtMs: this.#launchedAtMs };
  }

  /** True when it runs and may answer. */
  get isAwake(): boolean {
    return this.#process !== null && !this.#isPaused;
  }

  get info(): NodeInfo {
    const { id, role, address, pid, life, dataDir, log } = this;
    return { id, role, address, pid, life, dataDir, log };
  }

  get record(): LabNode {
    return { id: this.id, role: this.role, rack: this.rack, address: this.address };
  }

  /** Its warnings and errors since the last call. */
  newLogLines(): readonly LogLine[] {
    return this.#tail.read();
  }

  /** Makes a process that loads its code and waits for `launch`. */
  spawn(): void {
    const process = this.#host.spawn({ id: this.id, role: this.role, outputFile: this.log });
    this.#process = process;
    this.#isPaused = false;
    this.#launchedAtMs = null;
    void process.exited.then((exit) => {
      if (this.#process !== process) return;
      this.#process = null;
      this.#isPaused = false;
      this.#launchedAtMs = null;
      this.#onChange(exit);
    });
    this.#onChange(null);
  }

  /**
   * Sends the process its start options. Resolves when it serves.
   * @throws DfsError UNAVAILABLE when it ends, fails, or is not ready in time
   */
  async launch(launch: NodeLaunch): Promise<void> {
    const process = this.#process;
    if (process === null) throw new DfsError('UNAVAILABLE', `Node ${this.id} ended before it could start: see ${this.log}`);
    this.#launchedAtMs = performance.now();
    process.launch(launch);
    this.faults.launched(process);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const message = `Node ${this.id} does not serve after ${READY_WITHIN_MS / 1_000} s: see ${this.log}`;
      timer = setTimeout(() => reject(new DfsError('UNAVAILABLE', message)), READY_WITHIN_MS);
    });
    try {
      await Promise.race([process.ready, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Stops what runs, then starts anew on the same data and address. One at a time.
   * @throws DfsError UNAVAILABLE as `launch`, CANCELLED when it has ended for good
   */
  restart({ stopped, launch }: RestartSteps): Promise<void> {
    const turn = this.#restarting.then(async () => {
      await this.stop();
      await stopped();
      if (this.#isOver) throw new DfsError('CANCELLED', `Cannot restart ${this.id}: the cluster is closing`);
      this.spawn();
      this.#onSpawn();
      await this.launch(launch());
    });
    this.#restarting = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when the process is gone. */
  async kill(): Promise<void> {
    const process = this.#process;
    process?.kill();
    await process?.exited;
  }

  /** As a power cut of its machine; nothing when it does not run. Resolves when it is gone. @throws DfsError when its disk is not as after one */
  async cutPower(choiceSeed: number): Promise<void> {
    const process = this.#process;
    if (process === null) return;
    this.#isPaused = false;
    await process.powerCut(choiceSeed);
  }

  /** Gracefully, and by force after `withinMs`. Resolves when the process is gone. */
  async stop(withinMs = STOP_WITHIN_MS): Promise<void> {
    const process = this.#process;
    if (process === null) return;
    this.#isPaused = false;
    process.stop();
    const timer = setTimeout(() => process.kill(), withinMs);
    await process.exited;
    clearTimeout(timer);
  }

  /** As `stop`, for good: no restart follows, nor one that is under way. */
  async end(withinMs: number): Promise<void> {
    this.#isOver = true;
    await this.stop(withinMs);
  }

  /** @throws DfsError INVALID_ARGUMENT when there is no process to pause */
  pause(): void {
    this.#running('pause').pause();
    this.#isPaused = true;
    this.#onChange(null);
  }

  /** @throws DfsError INVALID_ARGUMENT when there is no process to resume */
  resume(): void {
    this.#running('resume').resume();
    this.#isPaused = false;
    this.#onChange(null);
  }

  /** For the end of the lab's own process: no waiting. */
  killNow(): void {
    this.#process?.kill();
  }

  #running(action: string): NodeProcess {
    if (this.#process !== null) return this.#process;
    throw new DfsError('INVALID_ARGUMENT', `Cannot ${action} ${this.id}: it does not run, restart it first`);
  }
}
