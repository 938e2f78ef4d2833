/**
 * One member of a Raft group, without input or output of its own: `step`, `tick`, `propose`, … in; `takeOutput` out; `persisted` when
 * a batch is durable. No clock and no randomness but what it is given: the same calls give the same outputs.
 *
 *              timeout              pre-vote won             won
 *   follower ──────────▶ pre-vote ──────────────▶ candidate ─────▶ leader
 *      ▲   ▲                │ lost, or a leader is heard │            │
 *      │   └────────────────┴────────────────────────────┘            │
 *      └── a later term, or no majority heard for an election timeout ┘
 *
 * Source of the shape: etcd `rawnode.go` and `raft.go`.
 */
import { Campaign } from './campaign.js';
import { assertConfig } from './config.js';
import type { RaftConfig } from './config.js';
import { Follower } from './follower.js';
import { Leader } from './leader.js';
import { isSameAddress, memberOf } from './membership.js';
import { rangeFault } from './message-range.js';
import { MemberState } from './member-state.js';
import type { StoredState } from './member-state.js';
import type {
  Entry,
  EntryId,
  MemberChange,
  Members,
  Message,
  MessageOf,
  Output,
  Refusal,
  Refused,
  Role,
  SnapshotPiece,
} from './types.js';

/** What a member shows of itself. */
export interface RaftStatus {
  readonly role: Role;
  readonly term: number;
  readonly leaderId: string | null;
  readonly commitIndex: number;
  readonly lastIndex: number;
  readonly members: Members;
  /** A durable non-voter: its log has lost entries, and is not whole again yet. */
  readonly isDamaged: boolean;
}

/** What a leader knows of another member. */
export interface MemberProgress {
  readonly id: string;
  /** Durable there up to this index. */
  readonly match: number;
  /** Heard within the last election timeout or two. */
  readonly isActive: boolean;
}

/** Dropped messages that are reported in one output. */
const REPORTS_MAX = 16;

export class RaftNode {
  readonly #state: MemberState;
  #follower: Follower;
  #campaign: Campaign | null = null;
  #leader: Leader | null = null;
  /** Ticks since a leader was heard, or a vote was given, or a campaign began. */
  #elapsed = 0;
  #timeoutTicks = 0;
  /** Ticks since a leader was heard, of whatever term, or since the start: a member that starts does not know what it guaranteed before. */
  #quietTicks = 0;
  /** The last entry that was handed out for applying. */
  #handedOut: number;

  /** @throws AssertionError when the configuration is contradictory, or the disk another incarnation's */
  constructor(config: RaftConfig, stored: StoredState) {
    assertConfig(config);
    this.#state = new MemberState(config, stored);
    this.#follower = new Follower(this.#state);
    this.#handedOut = this.#state.commit;
    this.#restartTimer();
  }

  /** The role alone: cheaper than the whole status. */
  get role(): Role {
    return this.#leader !== null ? 'leader' : this.#campaign !== null ? 'candidate' : 'follower';
  }

  get status(): RaftStatus {
    const { term, leader, commit, log, isDamaged } = this.#state;
    return {
      role: this.role,
      term,
      leaderId: leader?.id ?? null,
      commitIndex: commit,
      lastIndex: log.last.index,
      members: log.members,
      isDamaged,
    };
  }

  /** Of the other members, as a leader knows them; empty on every other member. */
  get progress(): readonly MemberProgress[] {
    return this.#leader?.replicator.progress ?? [];
  }

  /** Whether this incarnation of the member is a voter of the current set, as far as its own log says. */
  get isVoter(): boolean {
    return this.#state.isVoter;
  }

  /** It leads, and takes no proposals because it hands over. */
  get isTransferring(): boolean {
    return this.#leader?.isTransferring ?? false;
  }

  /** The entries in memory, from the last compaction on. */
  entryAt(index: number): Entry | undefined {
    return this.#state.log.entryAt(index);
  }

  /** The set of members to store with a snapshot of this index, which must not be compacted yet. */
  membersAt(index: number): Members {
    return this.#state.log.membersAt(index);
  }

  /** @param data belongs to the core from now on. @returns where it stands in the log: committed only when it comes out so */
  propose(data: Uint8Array): EntryId | Refused {
    return this.#answer(this.#leader?.propose(data) ?? 'NOT_LEADER');
  }

  /** As `propose`. The change is effective when this returns, and safe when it is committed. */
  proposeChange(change: MemberChange): EntryId | Refused {
    return this.#answer(this.#leader?.proposeChange(change) ?? 'NOT_LEADER');
  }

  #answer(answer: EntryId | Refusal): EntryId | Refused {
    return typeof answer === 'string' ? this.#refused(answer) : answer;
  }

  #refused(refused: Refusal): Refused {
    return { refused, leaderId: this.#state.leader?.id ?? null };
  }

  /**
   * Asks from which index on a read is linearizable. With leases the answer mostly comes at once, else after a round of heartbeats.
   *
   * With leases, ticks must follow the clock: before this and before each `step` the driver makes all ticks that the clock owes since
   * the start (whole ticks only, rounded down; of more than electionTicks the rest may be dropped), reading the clock after it was
   * asked, and not before. Then pauses do no harm. A group of one voter may be ticked faster until it leads.
   * @returns null when the answer will come out under this context
   */
  readIndex(context: number): Refused | null {
    const refusal = this.#leader === null ? 'NOT_LEADER' : this.#leader.read(context);
    return refusal === null ? null : this.#refused(refusal);
  }

  /** Hands leadership over; takes no proposals until it is gone, or an election timeout has passed. */
  transferTo(id: string): Refused | null {
    const refusal = this.#leader === null ? 'NOT_LEADER' : this.#leader.transferTo(id);
    return refusal === null ? null : this.#refused(refusal);
  }

  /** Answers a PieceRequest. */
  providePiece(to: string, piece: SnapshotPiece): void {
    this.#leader?.replicator.providePiece(to, piece);
  }

  /** Forgets entries in memory up to one that a durable snapshot covers. */
  compact(index: number): void {
    this.#state.log.compact(Math.min(index, this.#handedOut));
  }

  /** Every batch up to this one is durable. */
  persisted(number: number): void {
    for (const message of this.#state.outbox.persisted(number, this.#state.self.id)) this.#dispatch(message);
    this.#leader?.advanceCommit();
    this.#follower.mayRepair();
    this.#endLeader();
  }

  tick(): void {
    this.#quietTicks += 1;
    if (this.#leader !== null) {
      this.#leader.tick();
      this.#endLeader();
      return;
    }
    this.#elapsed += 1;
    if (this.#elapsed < this.#timeoutTicks) return;
    this.#state.leader = null;
    this.#restartTimer();
    if (this.#state.mayCampaign) this.#campaignAs(true, false);
  }

  #restartTimer(): void {
    const { electionTicks, random } = this.#state.config;
    this.#elapsed = 0;
    this.#timeoutTicks = electionTicks + Math.floor(random() * electionTicks);
  }

  step(message: Message): void {
    if (!this.#isForUs(message) || !this.#isInRange(message)) return;
    if (message.term > this.#state.term && !this.#enterTermOf(message)) return;
    if (message.term < this.#state.term) {
      this.#answerOld(message);
      return;
    }
    this.#dispatch(message);
    this.#endLeader();
  }

  /** Drops, and reports, messages from or to another incarnation of a member. */
  #isForUs(message: Message): boolean {
    const { from, to } = message;
    const { self, log, reports } = this.#state;
    const known = memberOf(log.members, from.id)?.incarnation ?? from.incarnation;
    const isOurs = isSameAddress(to, self);
    // A larger one may have been added by entries that this member lacks; the code that counts answers compares again, exactly.
    if (isOurs && from.incarnation >= known) return true;
    const report = isOurs
      ? ({ kind: 'foreign-sender', message, expected: known } as const)
      : ({ kind: 'foreign-recipient', message, expected: self.incarnation } as const);
    if (reports.length < REPORTS_MAX) reports.push(report);
    return false;
  }

  /** Drops, and reports, what no member says that follows the rules. */
  #isInRange(message: Message): boolean {
    const reason = rangeFault(message, this.#state, this.#leader?.round ?? null);
    if (reason === null) return true;
    const { reports } = this.#state;
    if (reports.length < REPORTS_MAX) reports.push({ kind: 'out-of-range', message, reason });
    return false;
  }

  /** A later term was heard of. @returns false when that is not to be followed */
  #enterTermOf(message: Message): boolean {
    if (message.type === 'vote') {
      // A member that hears a leader helps no other to depose it: neither a member that comes back nor one that was removed (thesis §4.2.3).
      if ((this.#hearsLeader || this.#isBound) && !message.isForced) {
        if (message.isPre) this.#state.send(message.from, { type: 'vote-reply', isPre: true, isGranted: false });
        return false;
      }
      // The term of a pre-vote is only a plan.
      if (message.isPre) return this.#answerVote(message);
    }
    if (message.type === 'vote-reply' && message.isPre && message.isGranted) return this.#countVote(message);
    this.#becomeFollower(message.term);
    return true;
  }

  get #hearsLeader(): boolean {
    return this.#leader !== null || (this.#state.leader !== null && this.#elapsed < this.#state.config.electionTicks);
  }

  /** A lease may count on this member: it helps no other to depose the leader that it has heard, even if that is of an earlier term now. */
  get #isBound(): boolean {
    const { leaseTicks, electionTicks } = this.#state.config;
    return leaseTicks > 0 && this.#quietTicks < electionTicks;
  }

  #becomeFollower(term: number): void {
    if (term > this.#state.term) this.#state.enterTerm(term);
    this.#leader?.end();
    this.#leader = null;
    this.#campaign = null;
    this.#restartTimer();
  }

  /** Sends the current term to a leader or candidate of an old one, so that it does not stay there for ever. */
  #answerOld(message: Message): void {
    const { type, from } = message;
    if (type === 'vote' && message.isPre) this.#state.send(from, { type: 'vote-reply', isPre: true, isGranted: false });
    if (type === 'append' || type === 'heartbeat' || type === 'snapshot') {
      this.#state.send(from, { type: 'heartbeat-reply', round: 0, probe: null, isBound: false });
    }
  }

  /** A message of the current term. */
  #dispatch(message: Message): void {
    switch (message.type) {
      case 'vote':
        this.#answerVote(message);
        return;
      case 'vote-reply':
        this.#countVote(message);
        return;
      case 'append':
        this.#hear(message);
        this.#follower.append(message);
        return;
      case 'heartbeat':
        this.#hear(message);
        this.#follower.heartbeat(message);
        this.#follower.mayRepair();
        return;
      case 'snapshot':
        this.#hear(message);
        this.#follower.snapshot(message);
        this.#handedOut = Math.max(this.#handedOut, this.#state.log.base.index);
        return;
      case 'append-accepted':
        this.#leader?.appendAccepted(message);
        return;
      case 'append-rejected':
        this.#leader?.appendRejected(message);
        return;
      case 'heartbeat-reply':
        this.#leader?.heartbeatReply(message);
        return;
      case 'snapshot-reply':
        this.#leader?.snapshotReply(message);
        return;
      case 'timeout-now':
        if (this.#leader === null && this.#state.mayCampaign) this.#campaignAs(false, true);
        return;
    }
  }

  /** The leader of this term speaks. */
  #hear({ from, term }: Message): void {
    this.#becomeFollower(term);
    this.#state.leader = from;
    this.#quietTicks = 0;
  }

  /** Grants a vote, or says that it would. Not a learner's own view decides whether it may vote, but the candidate's set. */
  #answerVote(message: MessageOf<'vote'>): false {
    const { from, isPre, isForced, last, term } = message;
    const { votedFor, leader, log } = this.#state;
    const isFree = term > this.#state.term || (votedFor === null ? leader === null : isSameAddress(votedFor, from));
    const isGranted = isFree && (isForced || !this.#isBound) && !this.#state.isDamaged && log.isUpToDate(last);
    const reply = { type: 'vote-reply', isPre, isGranted } as const;
    if (isPre) {
      this.#state.outbox.sendFreely(this.#state.message(from, reply, isGranted ? term : this.#state.term));
      return false;
    }
    if (isGranted) {
      this.#state.voteFor(from);
      this.#restartTimer();
    }
    this.#state.send(from, reply);
    return false;
  }

  #countVote(message: MessageOf<'vote-reply'>): false {
    const isOfThisCampaign = message.term === this.#state.term + (message.isPre && message.isGranted ? 1 : 0);
    if (this.#campaign === null || !isOfThisCampaign) return false;
    this.#campaign.count(message);
    this.#settleCampaign();
    return false;
  }

  #campaignAs(isPre: boolean, isForced: boolean): void {
    this.#state.leader = null;
    this.#campaign = new Campaign(this.#state, isPre, isForced);
    this.#settleCampaign();
  }

  #settleCampaign(): void {
    const { isPre, outcome } = this.#campaign ?? { isPre: false, outcome: 'open' };
    if (outcome === 'open') return;
    this.#campaign = null;
    if (outcome === 'lost') return;
    this.#restartTimer();
    if (isPre) this.#campaignAs(false, false);
    else this.#leader = new Leader(this.#state);
  }

  #endLeader(): void {
    if (this.#leader?.hasEnded !== true) return;
    this.#state.leader = null;
    this.#becomeFollower(this.#state.term);
  }

  /** Applied is what is committed and durable here: no state is ahead of its own log. */
  get #applicable(): number {
    return Math.min(this.#state.commit, this.#state.outbox.stable);
  }

  /** The work that has come up since the last call: to be taken after each call or each few, and again after `committed` was applied. */
  takeOutput(): Output {
    this.#leader?.flush();
    const state = this.#state;
    const end = Math.max(this.#handedOut, Math.min(this.#applicable, this.#handedOut + state.config.applyEntriesMax));
    const committed = state.log.slice(this.#handedOut + 1, Infinity, end);
    this.#handedOut = end;
    const { storePieces, pieceRequests, reads, lostReads, reports } = state;
    state.storePieces = [];
    state.pieceRequests = [];
    state.reads = [];
    state.lostReads = [];
    state.reports = [];
    const { write, messages } = state.outbox.take();
    return { storePieces, write, messages, pieceRequests, committed, reads, lostReads, reports };
  }
}
