/** One machine of a simulated group: the real driver over the real storage on a simulated disk, and what is watched of them. */
import { DiskRoom } from '../../../src/master/base/disk-room.js';
import { CheckpointFiles } from '../../../src/master/checkpoint/checkpoint-files.js';
import { bootstrapStorage } from '../../../src/master/log/bootstrap-storage.js';
import { HINT_FILE } from '../../../src/master/log/segment-hint.js';
import type { MemberStorage } from '../../../src/master/log/member-storage.js';
import { openStorage } from '../../../src/master/log/open-storage.js';
import { RaftDriver } from '../../../src/master/consensus/raft-driver.js';
import { bootstrapState } from '../../../src/raft/bootstrap.js';
import type { RaftStatus } from '../../../src/raft/raft-node.js';
import type { Members, Message } from '../../../src/raft/types.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import type { SimProcess } from '../../../src/runtime/memory/sim-process.js';
import { isDfsError } from '../../../src/shared/errors.js';
import type { DfsError } from '../../../src/shared/errors.js';
import type { Clock, Runtime } from '../../../src/shared/runtime.js';
import { BrokenGuarantee } from '../../raft/sim/judge.js';
import type { Witness } from './group-judge.js';
import type { GroupSimulation } from './group-simulation.js';
import type { RegisterAnswer } from './register-state.js';
import { ShadowDisk } from './shadow-disk.js';
import { WatchedState } from './watched-state.js';
import { WatchedStorage } from './watched-storage.js';

/** What lives while a process does. */
interface Life {
  readonly process: SimProcess;
  readonly state: WatchedState;
  readonly storage: MemberStorage;
  readonly driver: RaftDriver<RegisterAnswer>;
  isStopping: boolean;
}

export class GroupMember implements Witness {
  readonly id: string;
  incarnation = 1;
  readonly machine: Machine;
  shadow = new ShadowDisk();
  life: Life | null = null;
  /** A fault of the disk was ordered since it last worked: it may fail. */
  mayFail = false;
  /** Bytes on its disk were flipped, and nobody has made that good yet. */
  isRotten = false;
  readonly #sim: GroupSimulation;
  readonly #rate: number;
  /** Those who stand on a new disk of it; empty: it is to be added. */
  #founders: Members;
  /** It was found damaged. */
  #wasDamaged = false;
  /** As by identity.json: what the folder holds counts. */
  #isFounded = false;

  constructor(sim: GroupSimulation, id: string, founders: Members) {
    this.#sim = sim;
    this.id = id;
    this.machine = sim.world.machine(id);
    this.#rate = sim.random.pick(sim.plan.clockRates);
    this.#founders = founders;
    sim.judge.shadows.set(this.name, this.shadow);
  }

  get name(): string {
    return `${this.id}.${this.incarnation}`;
  }

  get status(): RaftStatus | null {
    return this.life?.driver.status ?? null;
  }

  /** It runs, and would answer now. */
  get isAwake(): boolean {
    return this.life?.process.isHolding === false;
  }

  get appliedIndex(): number {
    return this.life?.state.appliedIndex ?? 0;
  }

  start(): void {
    if (this.machine.isUp) return;
    if (this.#sim.isCalm) this.mayFail = false;
    const runtime = this.machine.boot();
    const process = this.machine.processes.at(-1)!;
    process.onDeath((power) => {
      this.#sim.trace(() => `${this.name} ${power ? 'loses power' : 'dies'}`);
      this.life = null;
    });
    this.#open(runtime, process).catch((error: unknown) => this.#startFailed(error));
  }

  #startFailed(error: unknown): void {
    if (this.#sim.judge.failure !== null) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#sim.trace(() => `${this.name} cannot start: ${error instanceof Error ? error.stack : reason}`);
    if (!this.mayFail || isDfsError(error, 'LOG_DAMAGED') || !isDfsError(error)) {
      this.#sim.broken(`${this.name} cannot start: ${reason}`);
    }
    this.machine.crash();
  }

  async #open(runtime: Runtime, process: SimProcess): Promise<void> {
    const { plan, judge } = this.#sim;
    const { disk, random, log } = runtime;
    const clock = driftingClock(runtime.clock, this.#rate);
    const self = { id: this.id, incarnation: this.incarnation };
    if (!this.#isFounded) {
      await bootstrapStorage(disk, bootstrapState(self, this.#founders));
      this.#isFounded = true;
    }
    const state = new WatchedState(this, this.#sim);
    const room = await DiskRoom.open({ disk, clock, log });
    const opened = await openStorage({
      disk,
      clock,
      random,
      log,
      room,
      snapshots: await CheckpointFiles.open(runtime, room.withoutReserve),
      state,
      self,
      bootstrapMembers: this.#sim.founders,
      segmentBytes: plan.segmentBytes,
      checkpointLogBytes: plan.checkpointLogBytes,
    });
    const { stored } = opened;
    const { hardState, snapshot, entries } = stored;
    const vote = hardState.votedFor === null ? '-' : hardState.votedFor.id;
    this.#sim.trace(
      () =>
        `${this.name} starts: term ${hardState.term} vote ${vote}${hardState.isDamaged ? ' damaged' : ''}, checkpoint ` +
        `${snapshot?.index ?? 0}, log up to ${entries.at(-1)?.index ?? snapshot?.index ?? 0}`,
    );
    this.#wasDamaged ||= hardState.isDamaged;
    const wrong = this.shadow.opened(stored, this.isRotten);
    if (wrong !== null) this.#sim.broken(`durability: ${this.name} starts, and ${wrong}`);
    judge.written(this.name, entries, snapshot?.term);
    const storage = new WatchedStorage(this.#sim, this, opened.storage, process);
    const driver = new RaftDriver<RegisterAnswer>({
      raft: { ...plan.config, self, random: () => random.float() },
      stored,
      storage,
      state,
      send: (messages) => this.#send(messages, process),
      clock,
      tickMs: plan.tickMs,
      log,
      listener: {
        onElected: (term) => this.#sim.trace(() => `${this.name} leads in term ${term}`),
        onDeposed: () => this.#sim.trace(() => `${this.name} does not lead any more`),
        restored: () => this.#sim.trace(() => `${this.name} has installed a snapshot up to ${state.appliedIndex}`),
      },
      onFailure: (error) => this.#failed(error),
    });
    this.life = { process, state, storage, driver, isStopping: false };
    driver.start();
  }

  #failed(error: DfsError): void {
    if (this.#sim.judge.failure !== null) return;
    this.#sim.trace(() => `${this.name} cannot go on: ${error.stack}`);
    // A full disk is no reason to stop.
    if (!this.mayFail || error.code !== 'IO_ERROR') this.#sim.broken(`${this.name} stops: ${error.message}`);
    this.machine.crash();
  }

  #send(messages: readonly Message[], process: SimProcess): void {
    if (!process.isAlive) return;
    for (const message of messages) {
      this.#sim.judge.spoken(this, message);
      this.#sim.network.send(message);
    }
  }

  /** Messages come, now or when it wakes up. */
  receive(message: Message): void {
    const { life } = this;
    if (life === null) return;
    const step = (): void => {
      life.driver.step([message]);
      if (this.life === life) this.#sim.judge.look(this);
    };
    if (life.process.isHolding) life.process.hold({ label: 'message', run: step, isCancelled: false });
    else step();
  }

  /** Stops in order. */
  async stop(): Promise<void> {
    const { life } = this;
    if (life === null || life.isStopping) return;
    life.isStopping = true;
    this.#sim.trace(() => `${this.name} is asked to stop`);
    life.driver.stop();
    try {
      await life.storage.close();
    } catch (error) {
      if (error instanceof BrokenGuarantee) return;
      if (!this.mayFail) this.#sim.broken(`${this.name} cannot stop: ${String(error)}`);
    }
    if (life.process.isAlive) this.machine.crash();
  }

  /** The machine gets an empty disk, and is another life of the member. */
  wipe(): void {
    this.machine.crash({ power: true });
    for (const file of this.machine.disk.files()) this.machine.disk.removeFile(file);
    this.incarnation += 1;
    this.#founders = [];
    this.#isFounded = false;
    this.isRotten = false;
    this.#wasDamaged = false;
    this.shadow = new ShadowDisk();
    this.#sim.judge.shadows.set(this.name, this.shadow);
    this.#sim.trace(() => `${this.name} has an empty disk`);
  }

  /** Flips bits in a file of the log, or in a checkpoint, where something proves that the bytes were durable. */
  corruption(): void {
    const { random } = this.#sim;
    const { disk } = this.machine;
    this.machine.crash({ power: random.chance(0.5) });
    const files = disk.files().filter((file) => /^master(-\d+)?\.log$|\.ckpt$/.test(file));
    if (files.length === 0) return;
    const file = random.pick(files);
    // Nothing tells corruption of what only the very last fsync has written from a torn tail.
    const end = file === 'master.log' ? this.#provenBytes() : disk.readFile(file).length;
    if (end === 0) return;
    const at = random.between(0, end - 1);
    disk.flipBit(file, at, random.between(0, 7));
    this.isRotten = true;
    this.#sim.trace(() => `${this.name} has a flipped bit in byte ${at} of ${file}`);
  }

  /** Looks whether corruption on its disk was made good: it called itself damaged, and does not any more. */
  mayBeSound(): void {
    const { status } = this;
    if (status === null) return;
    if (this.#wasDamaged && !status.isDamaged) {
      this.isRotten = false;
      this.#wasDamaged = false;
    }
  }

  /** How much of the active segment the hint calls durable. */
  #provenBytes(): number {
    const { disk } = this.machine;
    if (!disk.files().includes(HINT_FILE)) return 0;
    return this.#sim.hintedBytes(disk.readFile(HINT_FILE), disk.readFile('master.log'));
  }
}

/** A clock that runs at another rate. */
function driftingClock(clock: Clock, rate: number): Clock {
  return {
    nowMs: () => clock.nowMs() * rate,
    wallMs: () => clock.wallMs(),
    setTimer: (delayMs, callback) => clock.setTimer(delayMs / rate, callback),
    sleep: (delayMs, signal) => clock.sleep(delayMs / rate, signal),
  };
}
