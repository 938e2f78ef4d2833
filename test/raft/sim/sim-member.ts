/** One member of the simulated group: the core with a driver, a disk, a state machine and the clients that wait there. */
import { bootstrapState } from '../../../src/raft/bootstrap.js';
import { RaftNode } from '../../../src/raft/raft-node.js';
import type { Entry, Members, Message, Output, PieceRequest, Snapshot, SnapshotPiece } from '../../../src/raft/types.js';
import { bodyOf, BrokenGuarantee, describeMembers } from './judge.js';
import { MemberClock } from './member-clock.js';
import { describeWrite } from './trace-line.js';
import type { Simulation } from './simulation.js';
import { SimDisk } from './sim-disk.js';

interface WaitingWrite {
  readonly payload: string;
  readonly term: number;
  readonly floor: number;
}

const textDecoder = new TextDecoder();
const textEncoder = new TextEncoder();

/** Thrown through the driver at the point where the machine dies. */
class Died extends Error {}

export class SimMember {
  readonly id: string;
  incarnation = 1;
  disk: SimDisk;
  /** Null: the machine is down. */
  node: RaftNode | null = null;
  life = 0;
  /** Until this time nothing runs here; what comes waits. */
  pausedUntil = 0;
  readonly clock: MemberClock;
  applied = 0;
  /** Messages that came while it was paused. */
  inbox: Message[] = [];
  readonly #sim: Simulation;
  #digest = 0;
  #hasLeases = false;
  #isSyncing = false;
  #incoming: { readonly id: string; bytes: Uint8Array } | null = null;
  #installs = 0;
  readonly #writes = new Map<number, WaitingWrite>();
  readonly #reads = new Map<number, { readonly floor: number; index: number | null }>();

  constructor(sim: Simulation, id: string, founders: Members) {
    this.#sim = sim;
    this.id = id;
    this.clock = new MemberClock(sim.queue, sim.plan.tickEvery, sim.random.next());
    this.disk = new SimDisk(bootstrapState(this, founders));
    sim.judge.disks.set(this.name, this.disk);
  }

  get name(): string {
    return `${this.id}.${this.incarnation}`;
  }

  start(): void {
    const stored = this.disk.read();
    const { config, leaseChance } = this.#sim.plan;
    this.#hasLeases ||= this.#sim.random.chance(leaseChance);
    const leaseTicks = this.#hasLeases ? config.leaseTicks : 0;
    const self = { id: this.id, incarnation: this.incarnation };
    this.node = new RaftNode({ ...config, leaseTicks, self, random: this.#sim.random.next }, stored);
    this.life += 1;
    this.clock.restart();
    this.applied = 0;
    this.#digest = 0;
    if (this.disk.stored !== null) this.#restore(this.disk.stored.snapshot, this.disk.stored.data);
    this.#sim.trace(
      () =>
        `${this.name} starts: term ${stored.hardState.term}, log ${this.applied}..${stored.entries.at(-1)?.index ?? this.applied}`,
    );
    this.#planTick(this.life);
    this.drive();
  }

  /** The machine loses power. */
  crash(): void {
    if (this.node === null) return;
    this.#sim.trace(() => `${this.name} crashes`);
    const { random } = this.#sim;
    this.disk.crash((records) => (random.chance(0.5) ? 0 : random.between(0, records)));
    this.node = null;
    this.#isSyncing = false;
    this.#incoming = null;
    this.inbox = [];
    this.#writes.clear();
    this.#reads.clear();
  }

  /** The machine comes back with an empty disk, as another life of the member. */
  wipe(): void {
    this.crash();
    this.incarnation += 1;
    this.disk = new SimDisk(bootstrapState(this, []));
    this.#sim.judge.disks.set(this.name, this.disk);
    this.#sim.trace(() => `${this.name} has an empty disk`);
  }

  /** The machine dies, and the end of its log is found damaged when it starts. */
  rot(): void {
    this.crash();
    this.disk.rot(this.#sim.random.between(1, 10));
    this.#sim.trace(() => `${this.name} has a damaged log`);
  }

  #planTick(life: number): void {
    this.#sim.queue.after(this.clock.tickEvery, () => {
      if (life !== this.life || this.node === null) return;
      this.#planTick(life);
      if (this.isPaused) return;
      if (this.#followsClock) this.run(() => undefined);
      else this.run((node) => node.tick());
    });
  }

  get #followsClock(): boolean {
    return this.#sim.plan.config.leaseTicks > 0;
  }

  /** With leases, ticks follow the clock; else they come as the machine gets to them. */
  #catchUp(node: RaftNode): void {
    if (!this.#followsClock) return;
    const ticks = Math.min(this.clock.takeOwed(), 2 * this.#sim.plan.config.electionTicks);
    for (let tick = 0; tick < ticks; tick += 1) node.tick();
  }

  get isDown(): boolean {
    return this.node === null;
  }

  get isPaused(): boolean {
    return this.pausedUntil > this.#sim.queue.now;
  }

  receive(message: Message): void {
    if (this.isPaused) this.inbox.push(message);
    else this.run((node) => node.step(message));
  }

  wake(): void {
    // A client may be first to speak to a machine that has slept, before whatever came meanwhile.
    this.#sim.ask(this, true);
    const inbox = this.inbox;
    this.inbox = [];
    for (const message of inbox) this.receive(message);
  }

  /** Does something to the core, and all the work that comes of it. */
  run(action: (node: RaftNode) => void): void {
    if (this.node === null) return;
    this.#catchUp(this.node);
    action(this.node);
    this.drive();
    this.#mayTempt();
  }

  /** Clients that do not know better ask a leader that is replaced: most likely in the moments before it knows. */
  #mayTempt(): void {
    if (!this.#followsClock || this.isPaused || this.node?.role !== 'leader') return;
    if (this.#sim.judge.isReplaced(this.node.status.term) && this.#sim.random.chance(0.3)) this.#sim.ask(this, true);
  }

  drive(): void {
    try {
      for (let isBusy = true; isBusy && this.node !== null;) {
        const output = this.node.takeOutput();
        this.#work(this.node, output);
        isBusy = output.committed.length > 0 || output.pieceRequests.length > 0;
      }
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      this.crash();
    }
    if (this.node !== null) this.#sim.judge.look(this.name, this.life, this.node);
  }

  /** Any two steps of the driver may have a crash between them. */
  #mayDie(): void {
    if (!this.#sim.isCalm && this.#sim.random.chance(this.#sim.plan.crashChance)) throw new Died();
  }

  #work(node: RaftNode, output: Output): void {
    for (const report of output.reports) {
      if (report.kind === 'out-of-range') throw new BrokenGuarantee(`range: ${this.name} drops a message: ${report.reason}`);
    }
    for (const piece of output.storePieces) this.#store(piece);
    this.#mayDie();
    if (output.write !== null) {
      const { entries, snapshot } = output.write;
      const first = entries[0]?.index ?? 1;
      this.#sim.judge.written(this.name, entries, node.entryAt(first - 1)?.term);
      const { write } = output;
      this.#sim.trace(() => `${this.name} writes ${describeWrite(write)}`);
      this.disk.write(output.write, snapshot === null ? null : this.#incomingBytes(snapshot));
      if (snapshot !== null) this.#restore(snapshot, this.#incomingBytes(snapshot));
      this.#sync();
      this.#mayDie();
    }
    for (const message of output.messages) {
      this.#sim.send(this, message);
      this.#mayDie();
    }
    for (const request of output.pieceRequests) this.#providePiece(node, request);
    for (const entry of output.committed) {
      this.#apply(entry);
      this.#mayDie();
    }
    for (const { context, index } of output.reads) this.#reads.get(context)!.index = index;
    for (const context of output.lostReads) this.#reads.delete(context);
    this.#answerReads();
    this.#mayCheckpoint(node);
  }

  /** One fsync at a time: what is written meanwhile goes into the next. */
  #sync(): void {
    if (this.#isSyncing || this.disk.isIdle) return;
    this.#isSyncing = true;
    const { life } = this;
    const number = this.disk.lastWritten;
    const done = (): void => {
      if (life !== this.life || this.node === null) return;
      if (this.isPaused) {
        this.#sim.queue.after(this.pausedUntil - this.#sim.queue.now, done);
        return;
      }
      this.disk.fsynced(number);
      this.#isSyncing = false;
      this.#sync();
      this.run((node) => node.persisted(number));
    };
    this.#sim.queue.after(this.#sim.random.between(1, this.#sim.isCalm ? 2 : this.#sim.plan.fsyncMax), done);
  }

  #apply(entry: Entry): void {
    this.#digest = this.#sim.judge.applied(this.name, entry, this.#digest);
    this.applied = entry.index;
    this.#sim.trace(() => `${this.name} applies ${entry.index}/${entry.term} ${bodyOf(entry)}`);
    const waiting = this.#writes.get(entry.index);
    if (waiting === undefined) return;
    this.#writes.delete(entry.index);
    if (waiting.term !== entry.term) return;
    this.#sim.trace(() => `${this.name} acknowledges ${waiting.payload}`);
    this.#sim.acknowledged.push(waiting.payload);
    this.#sim.judge.completed(`write ${waiting.payload}`, entry.index, waiting.floor);
  }

  write(payload: string): boolean {
    const { node } = this;
    if (node === null || this.isPaused) return false;
    const answer = node.propose(textEncoder.encode(payload));
    if (!('refused' in answer)) {
      this.#sim.trace(() => `${this.name} takes ${payload} as ${answer.index}/${answer.term}`);
      this.#writes.set(answer.index, { payload, term: answer.term, floor: this.#sim.judge.shown });
    }
    this.drive();
    return !('refused' in answer);
  }

  read(context: number): void {
    if (this.node === null || this.isPaused) return;
    this.#catchUp(this.node);
    const { term } = this.node.status;
    const isTaken = this.node.readIndex(context) === null;
    if (isTaken) this.#reads.set(context, { floor: this.#sim.judge.shown, index: null });
    this.drive();
    const isAtOnce = this.#reads.get(context)?.index !== null;
    if (!isTaken || !isAtOnce || this.isDown) return;
    this.#sim.trace(() => `${this.name} has asked nobody about read ${context}`);
    this.#sim.judge.readAlone(this.name, term);
  }

  #answerReads(): void {
    for (const [context, { floor, index }] of this.#reads) {
      if (index === null || index > this.applied) continue;
      this.#reads.delete(context);
      this.#sim.trace(() => `${this.name} answers read ${context} at ${this.applied}`);
      this.#sim.judge.completed(`read ${context} at ${this.name}`, this.applied, floor);
    }
  }

  #store(piece: SnapshotPiece): void {
    const before = piece.offset === 0 ? new Uint8Array(0) : this.#incoming?.bytes;
    if (before?.byteLength !== piece.offset)
      throw new Error(`${this.name} is given a piece at ${piece.offset}, not at ${before?.byteLength}`);
    const bytes = new Uint8Array(before.byteLength + piece.data.byteLength);
    bytes.set(before);
    bytes.set(piece.data, before.byteLength);
    this.#incoming = { id: piece.snapshot.id, bytes };
  }

  #incomingBytes(snapshot: Snapshot): Uint8Array {
    if (this.#incoming?.id !== snapshot.id) throw new Error(`${this.name} has no pieces of snapshot ${snapshot.id}`);
    return this.#incoming.bytes;
  }

  #restore(snapshot: Snapshot, bytes: Uint8Array): void {
    const state = JSON.parse(textDecoder.decode(bytes)) as { index: number; digest: number };
    this.#installs += 1;
    this.applied = state.index;
    this.#digest = state.digest;
    if (state.index !== snapshot.index) throw new Error(`snapshot ${snapshot.id} is of ${state.index}`);
    this.#sim.judge.restored(this.name, state.index, state.digest);
  }

  #mayCheckpoint(node: RaftNode): void {
    const { checkpointEvery } = this.#sim.plan;
    if (this.applied - (this.disk.stored?.snapshot.index ?? 0) < checkpointEvery || !this.#sim.random.chance(0.1)) return;
    const entry = node.entryAt(this.applied);
    if (entry === undefined) return;
    const { index, term } = entry;
    const snapshot = { index, term, id: `${index}@${this.name}`, members: node.membersAt(index) };
    const data = textEncoder.encode(JSON.stringify({ index, digest: this.#digest, filler: 'x'.repeat(20) }));
    const { life } = this;
    const installs = this.#installs;
    this.#sim.queue.after(this.#sim.plan.fsyncMax, () => {
      // Older than what has come meanwhile, or not on this machine any more.
      if (
        life !== this.life ||
        this.node === null ||
        installs !== this.#installs ||
        (this.disk.stored?.snapshot.index ?? 0) >= index
      )
        return;
      this.disk.checkpoint({ snapshot, data });
      this.#sim.trace(() => `${this.name} has checkpoint ${index} with ${describeMembers(snapshot.members)}`);
      this.node.compact(index - this.#sim.plan.keptBehindCheckpoint);
    });
  }

  #providePiece(node: RaftNode, { to, snapshotId, offset }: PieceRequest): void {
    const { stored } = this.disk;
    if (stored === null) return;
    const from = snapshotId === stored.snapshot.id ? offset : 0;
    const data = stored.data.slice(from, from + this.#sim.plan.pieceBytes);
    node.providePiece(to, {
      snapshot: stored.snapshot,
      offset: from,
      data,
      isLast: from + data.byteLength >= stored.data.byteLength,
    });
  }
}
