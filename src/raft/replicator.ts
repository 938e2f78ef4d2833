/** Sends the log to the other members: appends as far as the window allows, else snapshots in pieces, and heartbeats. */
import { bytesOf } from './log.js';
import { Progress } from './progress.js';
import type { SnapshotProgress } from './progress.js';
import type { MemberState } from './member-state.js';
import type { Address, Member, MessageOf, Recovery, SnapshotPiece } from './types.js';

export class Replicator {
  readonly #state: MemberState;
  readonly #peers = new Map<string, Progress>();

  constructor(state: MemberState) {
    this.#state = state;
    this.followMembers();
  }

  /** Begins with members that are new in the set, and forgets those that are gone. */
  followMembers(): void {
    const { log, self, config } = this.#state;
    const others = this.#others;
    for (const [id, peer] of this.#peers) {
      if (!others.some((member) => member.id === id && member.incarnation === peer.incarnation)) this.#peers.delete(id);
    }
    const window = { messagesMax: config.inFlightMessagesMax, bytesMax: config.inFlightBytesMax };
    for (const { id, incarnation } of others) {
      if (id !== self.id && !this.#peers.has(id)) this.#peers.set(id, new Progress(incarnation, log.last.index + 1, window));
    }
  }

  get #others(): Member[] {
    return this.#state.log.members.filter(({ id }) => id !== this.#state.self.id);
  }

  get progress(): { readonly id: string; readonly match: number; readonly isActive: boolean }[] {
    return [...this.#peers].map(([id, { match, isActive, wasActive }]) => ({ id, match, isActive: isActive || wasActive }));
  }

  matchOf(id: string): number {
    return this.#peers.get(id)?.match ?? 0;
  }

  roundOf(id: string): number {
    return this.#peers.get(id)?.round ?? 0;
  }

  boundRoundOf(id: string): number {
    return this.#peers.get(id)?.boundRound ?? 0;
  }

  /** The members that were heard since the last call. */
  takeActive(): Set<string> {
    const active = new Set([...this.#peers].filter(([, peer]) => peer.isActive).map(([id]) => id));
    for (const peer of this.#peers.values()) {
      peer.wasActive = peer.isActive;
      peer.isActive = false;
    }
    return active;
  }

  /** Only answers of this incarnation of a member count. */
  #peerOf(from: Address): Progress | undefined {
    const peer = this.#peers.get(from.id);
    return peer?.incarnation === from.incarnation ? peer : undefined;
  }

  /** @returns whether the member holds more than before */
  accepted(from: Address, match: number): boolean {
    const peer = this.#peerOf(from);
    if (peer === undefined) return false;
    const before = peer.match;
    peer.isActive = true;
    peer.accepted(match);
    return peer.match > before;
  }

  rejected({ from, rejected, hint }: MessageOf<'append-rejected'>): void {
    const peer = this.#peerOf(from);
    if (peer === undefined) return;
    peer.isActive = true;
    peer.rejected(rejected, this.#state.log.lastAgreeing(hint.index, hint.term));
  }

  heartbeatReply({ from, round, probe, isBound }: MessageOf<'heartbeat-reply'>): void {
    const peer = this.#peerOf(from);
    if (peer === undefined) return;
    peer.heard();
    peer.round = Math.max(peer.round, round);
    if (isBound) peer.boundRound = Math.max(peer.boundRound, round);
    if (probe === null) return;
    peer.lost();
    this.#heartbeat(from.id, peer, round, { probe, lastIndex: this.#state.log.last.index });
  }

  snapshotReply(from: Address, snapshotId: string, offset: number): void {
    const peer = this.#peerOf(from);
    if (peer === undefined) return;
    peer.isActive = true;
    if (peer.state.kind !== 'snapshot' || peer.state.snapshotId !== snapshotId) return;
    peer.state.offset = offset;
    peer.state.isWaiting = false;
  }

  /** Sends a piece that the driver was asked for, unless it is no longer wanted. */
  providePiece(to: string, piece: SnapshotPiece): void {
    const peer = this.#peers.get(to);
    if (peer?.state.kind !== 'snapshot') return;
    peer.state.snapshotId = piece.snapshot.id;
    peer.state.offset = piece.offset;
    this.#state.send({ id: to, incarnation: peer.incarnation }, { type: 'snapshot', piece });
  }

  /** @param round the last question, asked again */
  heartbeat(round: number): void {
    for (const [id, peer] of this.#peers) this.#heartbeat(id, peer, round, null);
  }

  #heartbeat(id: string, peer: Progress, round: number, recovery: Recovery | null): void {
    // Never more than the follower is known to hold: it cannot check.
    const commit = Math.min(this.#state.commit, peer.match);
    this.#state.send({ id, incarnation: peer.incarnation }, { type: 'heartbeat', commit, round, recovery });
  }

  /** Sends each member what it lacks, as far as it may be sent. */
  flush(): void {
    for (const [id, peer] of this.#peers) {
      if (peer.state.kind !== 'snapshot' && peer.next <= this.#state.log.base.index) peer.needsSnapshot();
      if (peer.state.kind === 'snapshot') this.#askForPiece(id, peer.state);
      else this.#sendAppends(id, peer);
    }
  }

  #askForPiece(id: string, transfer: SnapshotProgress): void {
    if (transfer.isWaiting) return;
    transfer.isWaiting = true;
    this.#state.pieceRequests.push({ to: id, snapshotId: transfer.snapshotId, offset: transfer.offset });
  }

  #sendAppends(id: string, peer: Progress): void {
    const { log, config } = this.#state;
    if (peer.needsNudge) {
      peer.needsNudge = false;
      this.#sendAppend(id, peer, 0);
    }
    while (!peer.isProbing && !peer.isFull) {
      const hasEntries = peer.next <= log.last.index;
      const hasNews =
        hasEntries || peer.toldCommit < this.#state.commit || (peer.state.kind === 'probe' && peer.match < log.last.index);
      if (!hasNews) return;
      this.#sendAppend(id, peer, config.appendBytesMax);
      if (!hasEntries) return;
    }
  }

  #sendAppend(id: string, peer: Progress, bytesMax: number): void {
    const { log, commit } = this.#state;
    const previous = { index: peer.next - 1, term: log.termAt(peer.next - 1) ?? 0 };
    const entries = bytesMax === 0 ? [] : log.slice(peer.next, bytesMax);
    this.#state.send({ id, incarnation: peer.incarnation }, { type: 'append', previous, entries, commit });
    peer.toldCommit = commit;
    const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
    if (entries.length > 0 || peer.state.kind === 'probe') peer.sent(previous.index + entries.length, bytes);
  }
}
