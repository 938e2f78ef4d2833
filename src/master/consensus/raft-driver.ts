/**
 * Drives the Raft core of a master: gives it time, messages, proposals and reads, and does the work that comes out.
 *
 *   ticks ──────┐            ┌─▶ pieces, batches ─▶ MemberStorage ─▶ persisted ─┐
 *   messages ───┤            ├─▶ messages ─▶ peers                              │
 *   proposals ──┼─▶ RaftNode ┼─▶ committed ─▶ ReplicatedState.apply ─▶ answers  │
 *   reads ──────┘     ▲      └─▶ confirmed reads ─▶ answers                     │
 *                     └─────────────────────────────────────────────────────────┘
 *
 * One event loop: nothing is awaited between taking work from the core and giving it out.
 */
import type { RaftConfig } from '../../raft/config.js';
import type { StoredState } from '../../raft/member-state.js';
import { RaftNode } from '../../raft/raft-node.js';
import type { MemberProgress, RaftStatus } from '../../raft/raft-node.js';
import type { EntryId, MemberChange, Message, Output, PieceRequest, Refusal, WriteBatch } from '../../raft/types.js';
import { DfsError, isDfsError, toDfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import { RecentLatencies } from '../../shared/recent-latencies.js';
import type { Clock, Logger, Timer } from '../../shared/runtime.js';
import type { MemberStorage } from '../log/member-storage.js';
import type { ReplicatedState } from '../state/tables/replicated-state.js';
import type { ConsensusListener } from './consensus.js';
import { CoreChanges } from './core-changes.js';
import { ForeignReports } from './foreign-reports.js';
import { refusalError } from './refusal-error.js';
import { TickMeter } from './tick-meter.js';
import { Waiting } from './waiting.js';
import { messageOf } from '../../shared/error-text.js';

/** Proposals that may wait for their commit. */
const PROPOSALS_MAX = 4_096;
/** That may wait for this master's disk, which the others need not wait for. */
const QUEUED_BYTES_MAX = 64 * MIB;
/** Of one piece of a snapshot. */
const PIECE_BYTES = 512 * 1_024;
/** In a new group there is no earlier leader to wait for: the clock of its first member runs this much faster until one is elected. */
const BOOTSTRAP_SPEEDUP = 5;
/** Of the first entry on the disks of the bootstrap masters; there is no leader in it. */
const BOOTSTRAP_TERM = 1;

export interface DriverOptions<Answer> {
  readonly raft: RaftConfig;
  readonly stored: StoredState;
  readonly storage: MemberStorage;
  /** Restored to `stored.snapshot`. */
  readonly state: ReplicatedState<Answer>;
  /** Sends, or loses; never waits. */
  readonly send: (messages: readonly Message[]) => void;
  readonly clock: Clock;
  readonly tickMs: number;
  readonly log: Logger;
  readonly listener: ConsensusListener;
  /** Called once, when this master cannot go on: its disk failed, or its state is not to be trusted. */
  readonly onFailure: (error: DfsError) => void;
}

export class RaftDriver<Answer> {
  readonly #options: DriverOptions<Answer>;
  readonly #node: RaftNode;
  readonly #waiting = new Waiting<Answer>();
  readonly #commitLatency = new RecentLatencies();
  readonly #foreign: ForeignReports;
  readonly #changes: CoreChanges;
  #timer: Timer | null = null;
  readonly #ticks: TickMeter;
  #isDriving = false;
  #isDriveDue = false;
  #isCheckpointing = false;
  /** The term in which this master leads, as the listener was informed; null: it does not lead. */
  #announcedTerm: number | null = null;
  /** The term for which proposals and reads wait here. */
  #leaderTerm: number | null = null;
  /** Of the last applied entry. */
  #appliedTerm: number;
  #failure: DfsError | null = null;

  constructor(options: DriverOptions<Answer>) {
    this.#options = options;
    this.#node = new RaftNode(options.raft, options.stored);
    this.#foreign = new ForeignReports(options.clock, options.log);
    this.#changes = new CoreChanges(options.clock);
    this.#appliedTerm = options.stored.snapshot?.term ?? 0;
    this.#ticks = new TickMeter(options.clock, options.tickMs);
  }

  get status(): RaftStatus {
    return this.#node.status;
  }

  /** Of the other members; empty on every master but the leader. */
  get progress(): readonly MemberProgress[] {
    return this.#node.progress;
  }

  get commitLatency(): RecentLatencies {
    return this.#commitLatency;
  }

  /** Begins. A group of one does not wait for an election timeout: no other master could lead. */
  start(): void {
    this.#run(() => {
      const { members } = this.#node.status;
      const isAlone = members.length === 1 && members[0]?.id === this.#options.raft.self.id;
      for (let ticks = isAlone ? 2 * this.#options.raft.electionTicks : 0; ticks > 0; ticks -= 1) this.#node.tick();
    });
    this.#planTick();
  }

  /**
   * See Consensus.propose.
   */
  propose(data: Uint8Array): Promise<Answer> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#waiting.proposals >= PROPOSALS_MAX || this.#options.storage.queuedBytes > QUEUED_BYTES_MAX) {
      return Promise.reject(this.#refused('BUSY'));
    }
    this.#catchUp();
    const place = this.#node.propose(data);
    return this.#place(place);
  }

  /** Changes the set of masters: resolves when that is committed. Rejects as `propose`. */
  async change(change: MemberChange): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    this.#catchUp();
    await this.#place(this.#node.proposeChange(change));
  }

  #place(place: EntryId | { readonly refused: Refusal }): Promise<Answer> {
    this.#driveSoon();
    if ('refused' in place) return Promise.reject(this.#refused(place.refused));
    return this.#waiting.proposal(place.index, place.term, this.#options.clock.nowMs());
  }

  /** See Consensus.readBarrier. */
  readBarrier(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#catchUp();
    const { context, done } = this.#waiting.read();
    const refused = this.#node.readIndex(context);
    if (refused !== null) this.#waiting.loseRead(context, this.#refused(refused.refused));
    this.#driveSoon();
    return done;
  }

  /** Takes messages of other members. */
  step(messages: readonly Message[]): void {
    if (this.#failure !== null) return;
    this.#catchUp();
    this.#run(() => {
      for (const message of messages) this.#node.step(message);
    });
  }

  /**
   * Hands leadership over; resolves when this master does not lead any more.
   * @param withinMs after this it is given up
   * @throws DfsError NOT_LEADER, INVALID_ARGUMENT, DEADLINE_EXCEEDED
   */
  async transferTo(masterId: string, withinMs: number): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const { clock } = this.#options;
    const refused = this.#node.transferTo(masterId);
    if (refused !== null) throw this.#refused(refused.refused);
    this.#driveSoon();
    const giveUpAtMs = clock.nowMs() + withinMs;
    while (this.#node.status.role === 'leader') {
      const leftMs = giveUpAtMs - clock.nowMs();
      if (leftMs <= 0 || this.#hasFailed) {
        throw new DfsError(
          'DEADLINE_EXCEEDED',
          `Master "${masterId}" did not take over within ${withinMs} ms: this one still leads`,
        );
      }
      await this.#changes.next(leftMs);
    }
  }

  get #hasFailed(): boolean {
    return this.#failure !== null;
  }

  /** Takes no more part. Whatever waits is rejected; the storage stays open. */
  stop(): void {
    this.#fail(new DfsError('UNAVAILABLE', 'This master is stopping'), null);
  }

  #planTick(): void {
    if (this.#failure !== null) return;
    this.#timer = this.#options.clock.setTimer(this.#ticks.untilNextMs, () => {
      this.#catchUp();
      this.#promoteLearner();
      this.#run(() => undefined);
      this.#planTick();
    });
  }

  /**
   * Gives the core every tick that is due: after a pause, time has passed before anything else happens. As many as an election timeout
   * at once at most: more would say no more.
   */
  #catchUp(): void {
    const owed = Math.min(this.#ticks.take(), this.#options.raft.electionTicks) * (this.#isFirstOfNew ? BOOTSTRAP_SPEEDUP : 1);
    if (owed === 0) return;
    this.#run(() => {
      for (let tick = 0; tick < owed; tick += 1) this.#node.tick();
    });
  }

  /** One alone, so that no two ask for votes at once. */
  get #isFirstOfNew(): boolean {
    const { term, members } = this.#node.status;
    return term === BOOTSTRAP_TERM && members[0]?.id === this.#options.raft.self.id;
  }

  /** A learner that has caught up gets its vote; the core says whether it has. */
  #promoteLearner(): void {
    const { role, members } = this.#node.status;
    const learner = role === 'leader' ? members.find(({ isVoter }) => !isVoter) : undefined;
    if (learner !== undefined) this.#node.proposeChange({ kind: 'promote', id: learner.id });
  }

  /** Drives once after everything that comes in this turn: what comes together goes together. */
  #driveSoon(): void {
    if (this.#isDriveDue) return;
    this.#isDriveDue = true;
    void Promise.resolve().then(() => {
      this.#isDriveDue = false;
      this.#run(() => undefined);
    });
  }

  /** Does something to the core, then all the work that comes of it. An error in either is a bug: the master stops. */
  #run(action: () => void): void {
    if (this.#failure !== null) return;
    try {
      action();
      this.#drive();
    } catch (error) {
      const failure = toDfsError(error, 'The master cannot go on');
      this.#fail(new DfsError('UNAVAILABLE', failure.message, { cause: failure }), failure);
    }
  }

  #drive(): void {
    if (this.#isDriving) return;
    this.#isDriving = true;
    try {
      for (;;) {
        this.#noteRole();
        const output = this.#node.takeOutput();
        this.#work(output);
        if (output.committed.length === 0 && output.storePieces.length === 0) break;
        if (output.committed.length >= this.#options.raft.applyEntriesMax) {
          // Others get their turn: heartbeats must not wait for a long replay.
          this.#options.clock.setTimer(0, () => this.#run(() => undefined));
          break;
        }
      }
      this.#noteRole();
    } finally {
      this.#isDriving = false;
    }
    this.#changes.notify();
  }

  #work(output: Output): void {
    const { storage, send } = this.#options;
    for (const piece of output.storePieces) storage.storePiece(piece).catch((error: unknown) => this.#diskFailed(error));
    if (output.write !== null) this.#write(output.write);
    if (output.messages.length > 0) send(output.messages);
    for (const request of output.pieceRequests) void this.#providePiece(request);
    for (const { index, term, body } of output.committed) {
      this.#apply(index, term, body.kind === 'data' ? body.data : null);
      if (body.kind === 'empty' && term === this.#leaderTerm) this.#onElected(term);
    }
    for (const { context, index } of output.reads) this.#waiting.confirmed(context, index);
    for (const context of output.lostReads) this.#waiting.loseRead(context, this.#refused('NOT_LEADER'));
    this.#waiting.answerReads(this.#options.state.appliedIndex);
    this.#foreign.tell(output.reports);
    if (output.committed.length > 0) this.#mayCheckpoint();
  }

  #write(batch: WriteBatch): void {
    this.#options.storage.write(batch).then(
      () => {
        if (this.#failure !== null) return;
        if (batch.snapshot !== null) {
          this.#appliedTerm = batch.snapshot.term;
          this.#options.listener.restored();
        }
        this.#run(() => this.#node.persisted(batch.number));
      },
      (error: unknown) => this.#diskFailed(error),
    );
  }

  #diskFailed(error: unknown): void {
    const failure = toDfsError(error, 'The master cannot write to its disk');
    const text = `${failure.message}: what was under way may take effect or not`;
    this.#fail(new DfsError('UNAVAILABLE', text, { cause: failure }), isDfsError(failure.cause) ? failure.cause : failure);
  }

  async #providePiece({ to, snapshotId, offset }: PieceRequest): Promise<void> {
    try {
      const piece = await this.#options.storage.readPiece(snapshotId, offset, PIECE_BYTES);
      if (piece !== null) this.#run(() => this.#node.providePiece(to, piece));
    } catch (error) {
      // Nothing is lost by it here: the follower asks again with its next sign of life.
      const reason = messageOf(error);
      this.#options.log.warn(`Cannot read a checkpoint for master ${to}: ${reason}`, { masterId: to });
    }
  }

  #apply(index: number, term: number, data: Uint8Array | null): void {
    const { state, clock } = this.#options;
    const answer = state.apply({ index, term, data });
    this.#appliedTerm = term;
    const waitedMs = this.#waiting.applied(index, term, answer, clock.nowMs());
    if (waitedMs !== null) this.#commitLatency.add(waitedMs);
  }

  #onElected(term: number): void {
    this.#announcedTerm = term;
    this.#options.listener.onElected(term);
  }

  /** Rejects the proposals and reads that wait for a leadership that is over. */
  #noteRole(): void {
    const { role, term } = this.#node.status;
    const leaderTerm = role === 'leader' ? term : null;
    if (leaderTerm === this.#leaderTerm) return;
    if (this.#leaderTerm !== null) {
      this.#waiting.loseAll(
        new DfsError('UNAVAILABLE', 'This master lost its leadership while the change was under way: it may take effect or not'),
        this.#refused('NOT_LEADER'),
      );
    }
    this.#leaderTerm = leaderTerm;
    if (this.#announcedTerm === null) return;
    this.#announcedTerm = null;
    this.#options.listener.onDeposed();
  }

  #mayCheckpoint(): void {
    const { storage, state, log } = this.#options;
    if (this.#isCheckpointing || !storage.wantsCheckpoint) return;
    this.#isCheckpointing = true;
    const entry = { index: state.appliedIndex, term: this.#appliedTerm };
    const members = this.#node.membersAt(entry.index);
    storage
      .checkpoint(entry, members, state.checkpoint())
      .then(
        (index) => this.#run(() => this.#node.compact(index)),
        (error: unknown) => {
          // It closes a segment of the log first: a master whose log has failed stops now, not with its next entry.
          if (isDfsError(error, 'UNAVAILABLE')) this.#diskFailed(error);
          else log.error(`Cannot write a checkpoint at index ${entry.index}; the log is kept: ${String(error)}`, { ...entry });
        },
      )
      .finally(() => (this.#isCheckpointing = false))
      .catch(() => undefined);
  }

  #refused(refusal: Refusal): DfsError {
    return refusalError(refusal, this.#node.status.leaderId);
  }

  /**
   * Takes no more part.
   * @param error for present and later callers: what was proposed may take effect or not
   * @param failure why this master cannot go on; null: it was asked to stop
   */
  #fail(error: DfsError, failure: DfsError | null): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#timer?.cancel();
    this.#waiting.loseAll(error, error);
    this.#changes.notify();
    if (this.#announcedTerm !== null) {
      this.#announcedTerm = null;
      this.#options.listener.onDeposed();
    }
    if (failure !== null) this.#options.onFailure(failure);
  }
}
