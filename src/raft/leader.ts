/**
 * One term of leadership: takes proposals, sends the log, and decides what is committed (thesis §3.5, §3.6), confirms reads
 * (thesis §6.4), changes the set of members (thesis §4.1), hands over (thesis §3.10). Ends when `hasEnded`.
 */
import { changed, memberOf, votersOf } from './membership.js';
import { Lease } from './lease.js';
import { majorityOf, majorityValue } from './quorum.js';
import { Replicator } from './replicator.js';
import { bytesOf } from './log.js';
import type { MemberState } from './member-state.js';
import type { Entry, EntryBody, EntryId, MemberChange, MessageOf, Refusal } from './types.js';
import { ReadQueue } from './read-queue.js';

export class Leader {
  readonly #state: MemberState;
  readonly #replicator: Replicator;
  readonly #reads = new ReadQueue();
  readonly #lease: Lease;
  /** Of the empty entry that opens the term: what is committed from here on is of this term. */
  readonly #firstIndex: number;
  #uncommittedBytes = 0;
  #heartbeatElapsed = 0;
  #quorumElapsed = 0;
  #transfer: { readonly targetId: string; ticks: number; isAsked: boolean } | null = null;
  /** No majority was heard, or the set has no place for this member any more. */
  hasEnded = false;

  constructor(state: MemberState) {
    this.#state = state;
    state.leader = state.self;
    this.#firstIndex = state.log.last.index + 1;
    this.#replicator = new Replicator(state);
    this.#lease = new Lease(state.config.leaseTicks);
    this.#append({ kind: 'empty' });
  }

  tick(): void {
    const { heartbeatTicks, electionTicks, leaseTicks } = this.#state.config;
    this.#lease.tick();
    this.#heartbeatElapsed += 1;
    this.#quorumElapsed += 1;
    if (this.#transfer !== null) {
      this.#transfer.ticks += 1;
      if (this.#transfer.ticks >= electionTicks) this.#transfer = null;
    }
    if (this.#quorumElapsed >= electionTicks) {
      this.#quorumElapsed = 0;
      // A leader that is not heard stops to be one, so that its clients look for another (check-quorum, thesis §6.2).
      if (!this.#hasQuorum(this.#replicator.takeActive())) this.hasEnded = true;
    }
    if (this.#heartbeatElapsed >= heartbeatTicks) this.#beat(leaseTicks > 0);
  }

  /** @param isNewRound or the last question is asked again */
  #beat(isNewRound: boolean): void {
    this.#heartbeatElapsed = 0;
    if (isNewRound) {
      this.#reads.round += 1;
      this.#lease.began(this.#reads.round);
    }
    this.#replicator.heartbeat(this.#reads.round);
  }

  /** @param active ids of the others that were heard */
  #hasQuorum(active: ReadonlySet<string>): boolean {
    const voters = votersOf(this.#state.log.members);
    const heard = voters.filter(({ id }) => id === this.#state.self.id || active.has(id));
    return heard.length >= majorityOf(voters.length);
  }

  propose(data: Uint8Array): EntryId | Refusal {
    const { proposalBytesMax, uncommittedBytesMax, logBytesMax } = this.#state.config;
    if (data.byteLength > proposalBytesMax) return 'TOO_LARGE';
    if (this.#transfer !== null) return 'TRANSFERRING';
    if (this.#uncommittedBytes >= uncommittedBytesMax || this.#state.log.bytes >= logBytesMax) return 'BUSY';
    return this.#append({ kind: 'data', data });
  }

  proposeChange(change: MemberChange): EntryId | Refusal {
    const { log, commit, config } = this.#state;
    if (this.#transfer !== null) return 'TRANSFERRING';
    // Two changes under way may have majorities without a common member; one of an earlier term may be under way unseen until
    // an entry of the own term is committed (Ongaro, "bug in single-server membership changes", raft-dev 2015).
    if (log.membersIndex > commit || commit < this.#firstIndex) return 'CHANGE_UNDER_WAY';
    const hasCaughtUp = (id: string): boolean => this.#replicator.matchOf(id) + config.promotionLagMax >= log.last.index;
    const members = changed(log.members, change, hasCaughtUp);
    if (typeof members === 'string') return members;
    const entry = this.#append({ kind: 'members', members });
    this.#replicator.followMembers();
    return entry;
  }

  #append(body: EntryBody): EntryId {
    const { log, term } = this.#state;
    const entry: Entry = { index: log.last.index + 1, term, body };
    this.#state.append([entry]);
    this.#uncommittedBytes += bytesOf(entry);
    return { index: entry.index, term };
  }

  /** @param context comes back with the answer, in `reads` or `lostReads` */
  read(context: number): Refusal | null {
    const { commit, config } = this.#state;
    const hasOwnTerm = commit >= this.#firstIndex;
    if (hasOwnTerm && this.#lease.holds(this.#majorityRound((id) => this.#replicator.boundRoundOf(id)))) {
      this.#state.reads.push({ context, index: commit });
      return null;
    }
    if (this.#reads.size >= config.readsMax) return 'BUSY';
    this.#reads.add(context, hasOwnTerm ? commit : null);
    return null;
  }

  /** The last of the leader's questions that a majority has answered, this member as one of them. */
  #majorityRound(roundOf: (id: string) => number): number {
    const { log, self } = this.#state;
    return majorityValue(votersOf(log.members).map(({ id }) => (id === self.id ? this.#reads.round : roundOf(id))));
  }

  transferTo(id: string): Refusal | null {
    if (this.#transfer !== null) return 'TRANSFERRING';
    const target = memberOf(this.#state.log.members, id);
    if (target === undefined || !target.isVoter) return 'NO_SUCH_MEMBER';
    if (id === this.#state.self.id) return 'ALREADY_A_MEMBER';
    this.#transfer = { targetId: id, ticks: 0, isAsked: false };
    return null;
  }

  appendAccepted({ from, match }: MessageOf<'append-accepted'>): void {
    if (this.#replicator.accepted(from, match)) this.advanceCommit();
  }

  appendRejected(message: MessageOf<'append-rejected'>): void {
    this.#replicator.rejected(message);
  }

  heartbeatReply(message: MessageOf<'heartbeat-reply'>): void {
    this.#replicator.heartbeatReply(message);
    this.#confirmReads();
  }

  snapshotReply({ from, snapshotId, offset }: MessageOf<'snapshot-reply'>): void {
    this.#replicator.snapshotReply(from, snapshotId, offset);
  }

  /** The last question that was asked: no answer is to a later one. */
  get round(): number {
    return this.#reads.round;
  }

  get isTransferring(): boolean {
    return this.#transfer !== null;
  }

  get replicator(): Replicator {
    return this.#replicator;
  }

  /** Commits what a majority holds durably, this member as one of them, if it is of this term (thesis §3.6.2). */
  advanceCommit(): void {
    const { log, outbox, self } = this.#state;
    const held = votersOf(log.members).map(({ id }) => (id === self.id ? outbox.stable : this.#replicator.matchOf(id)));
    const index = majorityValue(held);
    if (index <= this.#state.commit || log.termAt(index) !== this.#state.term) return;
    for (let at = this.#state.commit + 1; at <= index; at += 1) {
      const entry = log.entryAt(at);
      if (entry !== undefined && at >= this.#firstIndex) this.#uncommittedBytes -= bytesOf(entry);
    }
    this.#state.commitTo(index);
    this.#reads.ownTermCommitted(index);
    // Removed, and that is committed: this was the last thing to do (thesis §4.2.2).
    if (log.membersIndex <= index && !this.#state.isVoter) this.hasEnded = true;
  }

  /** Sends what there is to send, once before each output: what came together goes together. */
  flush(): void {
    if (this.#reads.needsRound) {
      this.#beat(true);
      this.#confirmReads();
    }
    this.#replicator.flush();
    this.#askTarget();
  }

  #confirmReads(): void {
    this.#state.reads.push(...this.#reads.confirm(this.#majorityRound((id) => this.#replicator.roundOf(id))));
  }

  /** The target takes over as soon as it holds the whole log: only then can it win. */
  #askTarget(): void {
    const transfer = this.#transfer;
    if (transfer === null || transfer.isAsked) return;
    const target = memberOf(this.#state.log.members, transfer.targetId);
    if (target === undefined || this.#replicator.matchOf(target.id) < this.#state.log.last.index) return;
    transfer.isAsked = true;
    this.#lease.end();
    this.#state.send(target, { type: 'timeout-now' });
  }

  /** Leadership is over: what waits here is lost. */
  end(): void {
    this.#state.lostReads.push(...this.#reads.lose());
  }
}
