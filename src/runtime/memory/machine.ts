/** A simulated machine: its disk and name stay, its processes come and go. */
import type { Runtime } from '../../shared/runtime.js';
import { type CpuFault, CpuQuota, type Throttled } from './cpu-quota.js';
import type { CountedFault } from '../faults/injected-fault.js';
import { MachineDisk } from './machine-disk.js';
import { createMemoryClock } from './memory-clock.js';
import { createMemoryCompute } from './memory-compute.js';
import { createMemoryDisk } from './memory-disk.js';
import { createMemoryLogger, type SimLogLine } from './memory-logger.js';
import { createMemoryNet } from './memory-net.js';
import { MemoryRpcChannel } from './memory-rpc-channel.js';
import { MemoryRpcServer } from './memory-rpc-server.js';
import type { Network, NetworkHost } from './network.js';
import type { Scheduler } from './scheduler.js';
import { SeededRandom } from '../faults/seeded-random.js';
import { type ProcessHost, type SilencedEnd, SimProcess, type StrikePoint } from './sim-process.js';
import { type ClockFault, WallClock } from '../faults/wall-clock.js';

export type { ClockFault } from '../faults/wall-clock.js';

export interface CrashOptions {
  /** A power cut: what was not fsynced is lost or torn by seed. Otherwise as SIGKILL: everything written stays. */
  readonly power?: boolean;
}

export interface CrashAtCallOptions extends CrashOptions {
  /** before (default): the call had no effect. after: it was carried out, and the caller did not hear. */
  readonly when?: StrikePoint;
}

/** What a machine is part of. */
export interface World {
  readonly seed: string;
  readonly scheduler: Scheduler;
  readonly network: Network;
  /** Unix time at virtual time 0. */
  readonly wallOriginMs: number;
  readonly onLog: (line: SimLogLine) => void;
}

interface StrikePlan {
  /** Value of `calls` at which to strike. */
  readonly atCall: number;
  readonly options: CrashAtCallOptions;
  /** The call was made: the strike comes when it is carried out, which may be much later. */
  isDue: boolean;
}

export class Machine implements ProcessHost, NetworkHost, Throttled {
  readonly name: string;
  /** Look at it, damage it, make it fail. */
  readonly disk: MachineDisk;
  readonly random: SeededRandom;
  /** How far this machine's wall clock is ahead. */
  wallSkewMs = 0;
  readonly #world: World;
  readonly #wallClock: WallClock;
  readonly #cpu: CpuQuota;
  #processes: SimProcess[] = [];
  #bootCount = 0;
  #calls = 0;
  #plan: StrikePlan | null = null;
  #isPowered = true;
  /** Ends of connections that a power failure took, and whose other sides do not know. */
  #silenced: SilencedEnd[] = [];

  constructor(world: World, name: string) {
    this.#world = world;
    this.name = name;
    this.random = new SeededRandom(world.seed, `machine/${name}`);
    const note = (what: string): void => this.#note(what);
    this.disk = new MachineDisk(new SeededRandom(world.seed, `disk/${name}`), world.scheduler, note);
    this.#wallClock = new WallClock(world.scheduler, note);
    this.#cpu = new CpuQuota(world.scheduler, this, note);
    world.network.addHost(this);
  }

  get scheduler(): Scheduler {
    return this.#world.scheduler;
  }

  /** A process is alive on it. */
  get isUp(): boolean {
    return this.#processes.length > 0;
  }

  get isPowered(): boolean {
    return this.#isPowered;
  }

  /** Runtime calls that processes of this machine have made: those that return promises. */
  get calls(): number {
    return this.#calls;
  }

  /** Live processes. */
  get processes(): readonly SimProcess[] {
    return this.#processes;
  }

  /** Starts a process on the machine, with power where that was lost. A process that lives already stays. */
  boot(): Runtime {
    const { network, seed, wallOriginMs, onLog } = this.#world;
    const process = new SimProcess(this, `${this.name}/${++this.#bootCount}`);
    this.#processes.push(process);
    process.throttle(this.#cpu.isStopped);
    this.#note(`boot ${process.name}`);
    if (!this.#isPowered) this.#restorePower();
    const random = new SeededRandom(seed, `process/${process.name}`);
    return {
      clock: createMemoryClock(process, () => wallOriginMs + this.#wallClock.readAheadMs(this.wallSkewMs)),
      random: { uint32: () => random.uint32(), float: () => random.float(), bytes: (count) => random.bytes(count) },
      disk: createMemoryDisk(this.disk, process),
      rpc: {
        serve: (listen, bindings) =>
          process.perform(`rpc.serve ${listen}`, () => new MemoryRpcServer(network, process, listen, bindings)),
        connect: (address) => new MemoryRpcChannel(network, process, address),
      },
      net: createMemoryNet(network, process),
      compute: createMemoryCompute(process),
      log: createMemoryLogger(process, onLog),
    };
  }

  /** Freezes the machine's processes: what reaches them waits, in order, until `resume`. */
  pause(): void {
    this.#note('pause');
    for (const process of this.#processes) process.pause();
  }

  /** Lets paused processes go on: first with what waited. */
  resume(): void {
    this.#note('resume');
    for (const process of this.#processes) process.resume();
  }

  /** Ends the machine's processes where they stand: nothing of them runs any more. Harmless when none lives. */
  crash(options: CrashOptions = {}): void {
    const power = options.power === true;
    this.#note(power ? 'power cut' : 'kill');
    this.#plan = null;
    if (power) this.#isPowered = false;
    const processes = this.#processes;
    this.#processes = [];
    for (const process of processes) process.die(power);
    if (power) this.disk.image.losePower();
  }

  /**
   * Crashes at the n-th call that a process of this machine makes from now on; a later order replaces it, a crash forgets it.
   * @param n 1 is the next call
   */
  crashAtCall(n: number, options: CrashAtCallOptions = {}): void {
    this.#plan = { atCall: this.#calls + n, options, isDue: false };
  }

  /** Makes the wall clock wrong until it is lifted; time that passes (`nowMs`, timers) is not touched. */
  injectClock(fault: ClockFault): CountedFault {
    return this.#wallClock.inject(fault);
  }

  /** Takes a part of each period of 100 ms away from the machine's processes, of this life and later ones, until it is lifted. */
  injectCpu(fault: CpuFault): CountedFault {
    return this.#cpu.inject(fault);
  }

  /** @internal For the CPU quota. */
  throttle(isStopped: boolean): void {
    for (const process of this.#processes) process.throttle(isStopped);
  }

  countCall(): StrikePoint | undefined {
    this.#calls++;
    if (this.#plan?.atCall !== this.#calls) return undefined;
    this.#plan.isDue = true;
    return this.#plan.options.when ?? 'before';
  }

  strike(): boolean {
    // A later order has taken the place of the one that this call was struck by.
    if (this.#plan?.isDue !== true) return false;
    this.crash(this.#plan.options);
    return true;
  }

  silenced(end: SilencedEnd): void {
    this.#silenced.push(end);
  }

  #restorePower(): void {
    this.#isPowered = true;
    const ends = this.#silenced;
    this.#silenced = [];
    for (const end of ends) end.wake();
    this.#world.network.powerReturned();
  }

  #note(what: string): void {
    this.scheduler.record.add(this.scheduler.nowUs, this.name, what);
  }
}
