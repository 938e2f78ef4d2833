/**
 * Collects work for the driver and holds back every message that guarantees what is not durable yet.
 *
 *   change ─▶ pending ── take() ─▶ batch n under way ── persisted(n) ─▶ durable ─▶ what waited for n is sent
 *
 * The messages wait here and not at the driver's, which so cannot send one too soon. Source of asynchronous writing: etcd, "Usage
 * with Asynchronous Storage Writes" in `doc.go`.
 */
import assert from 'node:assert/strict';
import type { Entry, HardState, Message, Snapshot, WriteBatch } from './types.js';

/** Messages that may wait for the disk; more are dropped, as a network may drop them. */
const HELD_MAX = 4_096;

export class Outbox {
  #hardState: HardState | null = null;
  #entries: Entry[] = [];
  #snapshot: Snapshot | null = null;
  #messages: Message[] = [];
  #held: { readonly batch: number; readonly message: Message }[] = [];
  /** Batches under way, oldest first, with how far the log reaches that each makes durable. */
  #underWay: { readonly number: number; lastIndex: number }[] = [];
  #persisted = 0;
  /** The number that the pending changes will get. */
  #next = 1;
  /** The batch that holds the last change of term or vote. */
  #hardBatch = 0;
  /** Up to here the log is durable. */
  #stable: number;
  /** The end of the log, with what is pending. */
  #lastIndex: number;

  constructor(stable: number) {
    this.#stable = stable;
    this.#lastIndex = stable;
  }

  get stable(): number {
    return this.#stable;
  }

  get #hasChanges(): boolean {
    return this.#hardState !== null || this.#entries.length > 0 || this.#snapshot !== null;
  }

  writeHardState(hardState: HardState): void {
    this.#hardState = hardState;
    this.#hardBatch = this.#next;
  }

  /** Entries that replace whatever the log held from the first one's index on. */
  writeEntries(entries: readonly Entry[]): void {
    const from = entries[0]?.index ?? Infinity;
    if (from <= this.#lastIndex) {
      this.#entries = this.#entries.filter(({ index }) => index < from);
      this.#cut(from - 1);
    }
    for (const entry of entries) this.#entries.push(entry);
    this.#lastIndex = entries.at(-1)?.index ?? this.#lastIndex;
  }

  /** A snapshot that replaces the log. */
  writeSnapshot(snapshot: Snapshot): void {
    this.#entries = [];
    this.#snapshot = snapshot;
    this.#lastIndex = snapshot.index;
    this.#cut(0);
  }

  #cut(lastIndex: number): void {
    this.#stable = Math.min(this.#stable, lastIndex);
    for (const batch of this.#underWay) batch.lastIndex = Math.min(batch.lastIndex, lastIndex);
  }

  /** Sends a message that guarantees nothing: it waits for no disk. */
  sendFreely(message: Message): void {
    this.#messages.push(message);
  }

  /** Sends once the term and the vote are durable. */
  send(message: Message): void {
    this.#sendAfter(this.#hardBatch, message);
  }

  /** Sends once the log is durable up to an index as well. */
  sendWhenStable(index: number, message: Message): void {
    // What is written last makes all before it durable: batches are persisted in order.
    const logBatch = index <= this.#stable ? 0 : this.#hasChanges ? this.#next : this.#next - 1;
    this.#sendAfter(Math.max(this.#hardBatch, logBatch), message);
  }

  #sendAfter(batch: number, message: Message): void {
    if (batch <= this.#persisted) this.#messages.push(message);
    else if (this.#held.length < HELD_MAX) this.#held.push({ batch, message });
  }

  /**
   * Every batch up to `number` is durable.
   * @returns what was held for it and is addressed to this member itself: its own vote
   */
  persisted(number: number, selfId: string): Message[] {
    if (number >= this.#next || number < this.#persisted) assert.fail(`batch ${number} is not under way`);
    this.#persisted = number;
    while ((this.#underWay[0]?.number ?? Infinity) <= number) {
      this.#stable = Math.max(this.#stable, this.#underWay.shift()?.lastIndex ?? 0);
    }
    if (this.#held.length === 0) return [];
    const released = this.#held.filter(({ batch }) => batch <= number).map(({ message }) => message);
    this.#held = this.#held.filter(({ batch }) => batch > number);
    this.#messages.push(...released.filter(({ to }) => to.id !== selfId));
    return released.filter(({ to }) => to.id === selfId);
  }

  /** Takes the changes, as a batch, and the messages that may go. */
  take(): { readonly write: WriteBatch | null; readonly messages: Message[] } {
    const messages = this.#messages;
    this.#messages = [];
    if (!this.#hasChanges) return { write: null, messages };
    const write = { number: this.#next, snapshot: this.#snapshot, hardState: this.#hardState, entries: this.#entries };
    this.#underWay.push({ number: this.#next, lastIndex: this.#entries.at(-1)?.index ?? this.#snapshot?.index ?? 0 });
    this.#next += 1;
    this.#hardState = null;
    this.#entries = [];
    this.#snapshot = null;
    return { write, messages };
  }
}
