/** A simulated machine, with a disk and a name that outlive its processes. */
import { GIB } from '../../shared/limits.js';
import type { HeapUse, Runtime } from '../../shared/runtime.js';
import { type CpuFault, CpuQuota, type Throttled } from './cpu-quota.js';
import type { CountedFault } from '../faults/injected-fault.js';
import { MachineDisk } from './machine-disk.js';
import { createMemoryClock } from './memory-clock.js';
import { createMemoryCompute } from './memory-compute.js';
import { createMemoryDisk } from './memory-disk.js';
import { createMemoryLogger, type SimLogLine } from './memory-logger.js';
import { simulatedMemory } from '../rules/simulated-memory.js';
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
  /** A power cut: unsynced changes are lost or torn by seed. Otherwise as SIGKILL: all written data remains. */
  readonly power?: boolean;
}

export interface CrashAtCallOptions extends CrashOptions {
  /** before (default): the call has no effect. after: the call is carried out, and the caller is not notified. */
  readonly when?: StrikePoint;
}

/** The simulation that a machine belongs to. */
export interface World {
  readonly seed: string;
  readonly scheduler: Scheduler;
  readonly network: Network;
  /** Unix time at virtual time 0. */
  readonly wallOriginMs: number;
  readonly onLog: (line: SimLogLine) => void;
}

interface StrikePlan {
  /** Value of `calls` at which to crash. */
  readonly atCall: number;
  readonly options: CrashAtCallOptions;
  /** Whether the call was made: the crash follows when the call is carried out, which can be much later. */
  isDue: boolean;
}

export class Machine implements ProcessHost, NetworkHost, Throttled {
  readonly name: string;
  /** The disk, for inspection, damage and faults. */
  readonly disk: MachineDisk;
  readonly random: SeededRandom;
  /** Lead of this machine's wall clock. */
  wallSkewMs = 0;
  /** What the machine's processes see of their heaps. */
  heap: HeapUse = { usedBytes: 0, limitBytes: 4 * GIB };
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

  /** Whether a process is alive on the machine. */
  get isUp(): boolean {
    return this.#processes.length > 0;
  }

  get isPowered(): boolean {
    return this.#isPowered;
  }

  /** Number of runtime calls of this machine's processes that return promises. */
  get calls(): number {
    return this.#calls;
  }

  /** Live processes. */
  get processes(): readonly SimProcess[] {
    return this.#processes;
  }

  /** Starts a process on the machine, and restores power. Live processes remain. */
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
      memory: simulatedMemory(() => this.heap),
      log: createMemoryLogger(process, onLog),
    };
  }

  /** Freezes the machine's processes: their events wait, in order, until `resume`. */
  pause(): void {
    this.#note('pause');
    for (const process of this.#processes) process.pause();
  }

  /** Continues the paused processes, beginning with the events that waited. */
  resume(): void {
    this.#note('resume');
    for (const process of this.#processes) process.resume();
  }

  /** Ends the machine's processes immediately: none of their code runs any more. Has no effect without a live process. */
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
   * Crashes at the n-th call that a process of this machine makes from now on; a later request replaces this one, a crash removes
   * it.
   * @param n 1 is the next call
   */
  crashAtCall(n: number, options: CrashAtCallOptions = {}): void {
    this.#plan = { atCall: this.#calls + n, options, isDue: false };
  }

  /** Injects a fault of the wall clock until it is lifted; monotonic time (`nowMs`, timers) is not affected. */
  injectClock(fault: ClockFault): CountedFault {
    return this.#wallClock.inject(fault);
  }

  /** Stops the machine's processes, current and later ones, for a part of each period of 100 ms, until the fault is lifted. */
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
    // A later request has replaced the one that was to crash this call.
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
