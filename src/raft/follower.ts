/** How a follower takes the log from its leader: appends (thesis §3.5), heartbeats, and snapshots in pieces (thesis §5). */
import { Repair } from './repair.js';
import type { MemberState } from './member-state.js';
import type { Address, Entry, MessageOf, Snapshot } from './types.js';

export class Follower {
  readonly #state: MemberState;
  /** The snapshot whose pieces are coming. A new leader that has the same one goes on where the last one stopped. */
  #incoming: { readonly snapshot: Snapshot; offset: number } | null = null;

  /** Null: this member's log is whole. */
  #repair: Repair | null;

  constructor(state: MemberState) {
    this.#state = state;
    this.#repair = state.isDamaged ? new Repair(state.config.random) : null;
  }

  append({ from, previous, entries, commit }: MessageOf<'append'>): void {
    const { log } = this.#state;
    const lastIndex = previous.index + entries.length;
    if (previous.index < this.#state.commit) {
      // An old message, or one of a leader that does not know how far this member is: what is committed agrees.
      if (lastIndex <= this.#state.commit) {
        this.#accept(from, this.#state.commit);
        return;
      }
    } else if (!log.has(previous)) {
      const hint = log.lastAgreeing(previous.index, previous.term);
      this.#state.send(from, { type: 'append-rejected', rejected: previous.index, hint });
      return;
    }
    this.#put(entries);
    this.#state.commitTo(Math.min(commit, lastIndex));
    this.#accept(from, lastIndex);
  }

  /** Puts what is new. Entries that are there stay: the message may be older than they are (thesis §3.5). */
  #put(entries: readonly Entry[]): void {
    const { log, commit } = this.#state;
    const newFrom = entries.findIndex((entry) => entry.index > commit && !log.has(entry));
    if (newFrom >= 0) this.#state.append(entries.slice(newFrom));
  }

  heartbeat({ from, commit, round, recovery }: MessageOf<'heartbeat'>): void {
    // The leader may still count on what the damage has taken, and in its place may stand again what was replaced long ago.
    this.#state.commitTo(Math.min(commit, this.#repair?.agreedIn(this.#state.term) ?? Infinity));
    const probe = this.#repair?.heard(recovery, this.#state.term) ?? null;
    this.#state.send(from, { type: 'heartbeat-reply', round, probe, isBound: this.#state.config.leaseTicks > 0 });
  }

  /** Ends the damage once it is made good. */
  mayRepair(): void {
    if (this.#repair?.isDone(this.#state.term, this.#state.outbox.stable) !== true) return;
    this.#repair = null;
    this.#state.repaired();
  }

  snapshot({ from, piece }: MessageOf<'snapshot'>): void {
    const { snapshot, offset } = piece;
    const { log, commit } = this.#state;
    if (snapshot.index <= commit || log.has(snapshot)) {
      this.#incoming = null;
      this.#state.commitTo(snapshot.index);
      this.#accept(from, Math.max(snapshot.index, commit));
      return;
    }
    if (this.#incoming?.snapshot.id !== snapshot.id) this.#incoming = { snapshot, offset: 0 };
    const incoming = this.#incoming;
    if (offset === incoming.offset) {
      this.#state.storePieces.push(piece);
      incoming.offset += piece.data.byteLength;
      if (piece.isLast) {
        this.#incoming = null;
        this.#state.install(snapshot);
        this.#accept(from, snapshot.index);
        return;
      }
    }
    this.#state.send(from, { type: 'snapshot-reply', snapshotId: snapshot.id, offset: incoming.offset });
  }

  /** Says that everything up to `match` is here, when it is durable. */
  #accept(from: Address, match: number): void {
    this.#repair?.matched(this.#state.term, match);
    this.#state.outbox.sendWhenStable(match, this.#state.message(from, { type: 'append-accepted', match }));
  }
}
