/** What a member is in every role: its term, vote, log and commit index, and how it speaks. The roles work on it. */
import assert from 'node:assert/strict';
import { isSameAddress, isVoter } from './membership.js';
import { RaftLog } from './log.js';
import { Outbox } from './outbox.js';
import type { RaftConfig } from './config.js';
import type {
  Address,
  ConfirmedRead,
  Entry,
  HardState,
  Message,
  MessageBody,
  PieceRequest,
  Report,
  Snapshot,
  SnapshotPiece,
} from './types.js';

/** What a member finds on its disk when it starts. */
export interface StoredState {
  readonly hardState: HardState;
  /** The newest snapshot that the state machine was restored from; null: none, the log begins at 1. */
  readonly snapshot: Snapshot | null;
  /** What follows it. */
  readonly entries: readonly Entry[];
}

export class MemberState {
  readonly config: RaftConfig;
  readonly log: RaftLog;
  readonly outbox: Outbox;
  #hardState: HardState;
  #commit: number;
  /** Of the current term. */
  leader: Address | null = null;
  storePieces: SnapshotPiece[] = [];
  pieceRequests: PieceRequest[] = [];
  reads: ConfirmedRead[] = [];
  lostReads: number[] = [];
  reports: Report[] = [];

  constructor(config: RaftConfig, { hardState, snapshot, entries }: StoredState) {
    assert.equal(hardState.incarnation, config.self.incarnation, 'The disk belongs to another incarnation of this member');
    const logTerm = entries.at(-1)?.term ?? snapshot?.term ?? 0;
    assert(
      hardState.term >= logTerm,
      `The log on disk is of term ${logTerm}, the hard state of term ${hardState.term}: it is lost`,
    );
    this.config = config;
    this.log = new RaftLog(snapshot ?? { index: 0, term: 0, members: [] }, entries);
    this.outbox = new Outbox(this.log.last.index);
    this.#hardState = hardState;
    this.#commit = snapshot?.index ?? 0;
  }

  get self(): Address {
    return this.config.self;
  }

  get term(): number {
    return this.#hardState.term;
  }

  get votedFor(): Address | null {
    return this.#hardState.votedFor;
  }

  get commit(): number {
    return this.#commit;
  }

  /** Whether this incarnation of the member is a voter of the current set, as far as its own log says. */
  get isVoter(): boolean {
    return isVoter(this.log.members, this.self);
  }

  /**
   * Whether it may ask for an election. One whose removal is not committed yet, too: the others may lack that entry, and then only
   * it can be elected, though its own vote does not count (thesis §4.2.2).
   */
  get mayCampaign(): boolean {
    if (this.isDamaged) return false;
    return this.isVoter || (this.log.membersIndex > this.#commit && isVoter(this.log.membersBefore, this.self));
  }

  /** Enters a later term. */
  enterTerm(term: number): void {
    assert(term > this.term, `term ${term} follows term ${this.term}`);
    this.#setHardState({ ...this.#hardState, term, votedFor: null });
    this.leader = null;
  }

  get isDamaged(): boolean {
    return this.#hardState.isDamaged;
  }

  /** The damage is made good: this member may vote again. */
  repaired(): void {
    this.#setHardState({ ...this.#hardState, isDamaged: false });
  }

  /** One vote a term, to the first candidate that asks (thesis §3.4). */
  voteFor(candidate: Address): void {
    if (this.votedFor !== null && isSameAddress(this.votedFor, candidate)) return;
    assert(this.votedFor === null, `voted for ${this.votedFor?.id} in term ${this.term} already`);
    this.#setHardState({ ...this.#hardState, votedFor: candidate });
  }

  #setHardState(hardState: HardState): void {
    this.#hardState = hardState;
    this.outbox.writeHardState(hardState);
  }

  /** Puts entries into the log, and hands them out to be written. */
  append(entries: readonly Entry[]): void {
    const first = entries[0]?.index ?? Infinity;
    if (first <= this.#commit) assert.fail(`entry ${first} is committed: it must not be replaced`);
    this.log.append(entries);
    this.outbox.writeEntries(entries);
  }

  /** Replaces log and state by a snapshot whose pieces are all stored. */
  install(snapshot: Snapshot): void {
    assert(snapshot.index > this.#commit, `snapshot ${snapshot.index} is older than the commit index ${this.#commit}`);
    this.log.reset(snapshot);
    this.outbox.writeSnapshot(snapshot);
    this.#commit = snapshot.index;
  }

  /** The log is committed up to here, and possibly further. */
  commitTo(index: number): void {
    if (index > this.log.last.index) assert.fail(`commit index ${index} is past the end of the log, ${this.log.last.index}`);
    this.#commit = Math.max(this.#commit, index);
  }

  /** A message from this member, in its term unless another is given. */
  message(to: Address, body: MessageBody, term = this.term): Message {
    return { ...body, from: this.self, to: { id: to.id, incarnation: to.incarnation }, term };
  }

  /** Sends once term and vote are durable: at once, when they did not change lately. */
  send(to: Address, body: MessageBody): void {
    this.outbox.send(this.message(to, body));
  }
}
