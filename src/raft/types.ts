/**
 * What goes into the consensus core and comes out of it: entries, members, messages, outputs. Plain data; the driver gives it bytes.
 *
 * Sources of the algorithm, as they are named in this folder: "thesis" is Diego Ongaro, "Consensus: Bridging Theory and Practice"
 * (Stanford 2014); "etcd" is etcd-io/raft, whose shape (messages and ticks in, a batch of work out) this core has.
 */

/** One incarnation of a member. A member that lost its disk comes back under a new, larger incarnation, or is not heard. */
export interface Address {
  readonly id: string;
  readonly incarnation: number;
}

/** A member of the configured set. One that is no voter (a learner, thesis §4.2.1) gets the log and counts nowhere. */
export interface Member extends Address {
  readonly isVoter: boolean;
}

/** The configured set, by id. */
export type Members = readonly Member[];

/** Names an entry: two logs that hold the same one are the same up to it (log matching, thesis §3.5). */
export interface EntryId {
  readonly index: number;
  readonly term: number;
}

/** `empty` opens each term (thesis §6.4, step 1); `members` is the whole set from this entry on. */
export type EntryBody =
  | { readonly kind: 'empty' }
  | { readonly kind: 'data'; readonly data: Uint8Array }
  | { readonly kind: 'members'; readonly members: Members };

export interface Entry extends EntryId {
  readonly body: EntryBody;
}

/** What must survive a crash besides the log (thesis figure 3.1). */
export interface HardState {
  readonly term: number;
  /** Whom this member voted for in `term`. */
  readonly votedFor: Address | null;
  /** The member's own. */
  readonly incarnation: number;
  /**
   * Set by the driver when the log on disk was found to have lost durable entries, while term and vote are sound (when they are not,
   * the disk counts as lost). Such a member gives no vote and is not elected until it holds the log again; then the core clears it.
   */
  readonly isDamaged: boolean;
}

/** A state at one index. `id` names the bytes: two snapshots of one index may differ in them. */
export interface Snapshot extends EntryId {
  readonly id: string;
  /** The set that is effective at this index. */
  readonly members: Members;
}

/** Bytes of a snapshot from `offset` on. */
export interface SnapshotPiece {
  readonly snapshot: Snapshot;
  readonly offset: number;
  readonly data: Uint8Array;
  readonly isLast: boolean;
}

export type MessageBody =
  | { readonly type: 'vote'; readonly isPre: boolean; readonly last: EntryId; readonly isForced: boolean }
  | { readonly type: 'vote-reply'; readonly isPre: boolean; readonly isGranted: boolean }
  | { readonly type: 'append'; readonly previous: EntryId; readonly entries: readonly Entry[]; readonly commit: number }
  | { readonly type: 'append-accepted'; readonly match: number }
  /** `rejected` is the index of the append's `previous`; `hint` the last place where the logs may agree. */
  | { readonly type: 'append-rejected'; readonly rejected: number; readonly hint: EntryId }
  /** `round` numbers the leader's questions "am I still the leader?". */
  | { readonly type: 'heartbeat'; readonly commit: number; readonly round: number; readonly recovery: Recovery | null }
  /**
   * `probe`: a damaged member asks how far the log reaches now. `isBound`: this member gives no vote within an election timeout,
   * unless the leader itself asks for it, not even after a restart (`RaftConfig.leaseTicks`).
   */
  | { readonly type: 'heartbeat-reply'; readonly round: number; readonly probe: number | null; readonly isBound: boolean }
  | { readonly type: 'snapshot'; readonly piece: SnapshotPiece }
  /** `offset`: the byte that is wanted next. */
  | { readonly type: 'snapshot-reply'; readonly snapshotId: string; readonly offset: number }
  | { readonly type: 'timeout-now' };

/** Answers the probe of a damaged member. */
export interface Recovery {
  readonly probe: number;
  readonly lastIndex: number;
}

export interface Envelope {
  readonly from: Address;
  readonly to: Address;
  /** The sender's; of a pre-vote and its grant, the one it would campaign in. */
  readonly term: number;
}

export type Message = Envelope & MessageBody;
export type MessageOf<Type extends MessageBody['type']> = Extract<Message, { type: Type }>;

/** To be made durable as a whole and in order: first the snapshot is put in place, then the hard state, then the entries. */
export interface WriteBatch {
  /** Batches are numbered without gaps; `persisted(number)` says that this one and all before it are durable. */
  readonly number: number;
  /** Replaces the whole log and the state. Its pieces have all been stored. */
  readonly snapshot: Snapshot | null;
  readonly hardState: HardState | null;
  /** Without gaps. Whatever the log holds from the first one's index on is to be removed before. */
  readonly entries: readonly Entry[];
}

/** Bytes that a follower needs: answered with `providePiece`, or not at all when there is no snapshot yet. */
export interface PieceRequest {
  readonly to: string;
  /** The snapshot begun, or null for the newest. When it is gone: the newest, from its start. */
  readonly snapshotId: string | null;
  readonly offset: number;
}

/** A read that the leader may serve once it has applied `index`. */
export interface ConfirmedRead {
  readonly context: number;
  readonly index: number;
}

/** A message came from, or was meant for, another incarnation of a member. */
export interface ForeignIncarnation {
  readonly kind: 'foreign-sender' | 'foreign-recipient';
  readonly message: Message;
  /** The incarnation that is known for that id. */
  readonly expected: number;
}

/** A message that no member sends that follows the rules: it was dropped. */
export interface OutOfRange {
  readonly kind: 'out-of-range';
  readonly message: Message;
  readonly reason: string;
}

export type Report = ForeignIncarnation | OutOfRange;

/** Work for the driver, in this order: store pieces, begin the write, send, apply, answer. */
export interface Output {
  readonly storePieces: readonly SnapshotPiece[];
  readonly write: WriteBatch | null;
  /** All may go at once: a message that guarantees something comes out only after `persisted` (the core holds it back). */
  readonly messages: readonly Message[];
  readonly pieceRequests: readonly PieceRequest[];
  /** Committed and durable here; after a snapshot was installed, what follows it. */
  readonly committed: readonly Entry[];
  readonly reads: readonly ConfirmedRead[];
  /** Contexts of reads that will not be confirmed: leadership is lost. */
  readonly lostReads: readonly number[];
  readonly reports: readonly Report[];
}

export type Role = 'follower' | 'candidate' | 'leader';

/** Why something was not taken. BUSY and TRANSFERRING pass; NOT_LEADER has gone elsewhere. */
export type Refusal =
  | 'NOT_LEADER'
  | 'BUSY'
  | 'TRANSFERRING'
  | 'TOO_LARGE'
  | 'CHANGE_UNDER_WAY'
  | 'NO_SUCH_MEMBER'
  | 'ALREADY_A_MEMBER'
  | 'NOT_CAUGHT_UP'
  | 'LAST_VOTER';

export interface Refused {
  readonly refused: Refusal;
  /** The leader, as far as this member knows. */
  readonly leaderId: string | null;
}

/** One change at a time (thesis §4.1). To remove and to add under a larger incarnation is how a lost disk is replaced. */
export type MemberChange =
  | { readonly kind: 'add-learner'; readonly id: string; readonly incarnation: number }
  | { readonly kind: 'promote'; readonly id: string }
  | { readonly kind: 'remove'; readonly id: string };
