/**
 * What a leader knows of one follower, and what it may send it. Source: etcd `tracker/progress.go` and `tracker/inflights.go`.
 *
 *            rejected                       ┌───────────┐  needs what is compacted
 *      ┌──────────────────────────────┐     │           ▼
 *   ┌──▼────┐       accepted       ┌──┴─────▼──┐    ┌──────────┐
 *   │ probe ├─────────────────────▶│ replicate │    │ snapshot │── accepted ─▶ replicate
 *   └───────┘  one append at a time└───────────┘    └──────────┘
 *                                  as many as the window takes
 */
import type { EntryId } from './types.js';

export interface SnapshotProgress {
  readonly kind: 'snapshot';
  /** Null until the driver has named one. */
  snapshotId: string | null;
  offset: number;
  /** True while a piece is asked for or under way. */
  isWaiting: boolean;
}

interface Window {
  readonly messagesMax: number;
  readonly bytesMax: number;
}

export class Progress {
  readonly incarnation: number;
  readonly #window: Window;
  /** 0 <= match < next. Durable at the follower up to here. */
  match = 0;
  /** The next entry to send. */
  next: number;
  state: { readonly kind: 'probe' } | { readonly kind: 'replicate' } | SnapshotProgress = { kind: 'probe' };
  /** Probe: one append is under way. */
  isProbing = false;
  /** Replicate: an empty append shall show whether what was sent has come. */
  needsNudge = false;
  /** Heard of since the leader last looked for its majority. */
  isActive = true;
  /** The same of the time before that. */
  wasActive = false;
  /** The commit index that was sent to the follower last. */
  toldCommit = 0;
  /** The last of the leader's questions that the follower has answered. */
  round = 0;
  /** The last one by whose answer it was bound: it gives no vote within an election timeout from hearing it. */
  boundRound = 0;
  #inFlight: { readonly lastIndex: number; readonly bytes: number }[] = [];
  #inFlightBytes = 0;

  constructor(incarnation: number, next: number, window: Window) {
    this.incarnation = incarnation;
    this.next = next;
    this.#window = window;
  }

  get isFull(): boolean {
    return this.#inFlight.length >= this.#window.messagesMax || this.#inFlightBytes >= this.#window.bytesMax;
  }

  /** Entries up to `lastIndex` are under way. */
  sent(lastIndex: number, bytes: number): void {
    if (this.state.kind === 'probe') {
      this.isProbing = true;
      return;
    }
    this.next = lastIndex + 1;
    this.#inFlight.push({ lastIndex, bytes });
    this.#inFlightBytes += bytes;
  }

  /** The follower has everything up to `match`. */
  accepted(match: number): void {
    this.isProbing = false;
    if (this.state.kind === 'probe' || (this.state.kind === 'snapshot' && match > this.match))
      this.#become({ kind: 'replicate' });
    this.match = Math.max(this.match, match);
    this.next = Math.max(this.next, this.match + 1);
    while ((this.#inFlight[0]?.lastIndex ?? Infinity) <= match) this.#inFlightBytes -= this.#inFlight.shift()?.bytes ?? 0;
  }

  /**
   * The follower lacks what stands before an append.
   * @param hint the last place where the two logs may agree
   */
  rejected(rejected: number, hint: EntryId): void {
    if (this.state.kind === 'replicate') {
      // An answer from before the last acceptance says nothing.
      if (rejected <= this.match) return;
      this.#become({ kind: 'probe' });
      this.next = this.match + 1;
    } else if (this.state.kind === 'probe' && rejected === this.next - 1) {
      this.next = Math.max(this.match + 1, Math.min(rejected, hint.index + 1));
      this.isProbing = false;
    }
  }

  /** The follower's disk has lost what it had acknowledged: nothing is known of it any more. */
  lost(): void {
    this.match = 0;
    if (this.state.kind === 'replicate') this.#become({ kind: 'probe' });
  }

  /** What the follower needs next is compacted. */
  needsSnapshot(): void {
    this.#become({ kind: 'snapshot', snapshotId: null, offset: 0, isWaiting: false });
  }

  /** The follower is there: whatever was lost may be sent again. */
  heard(): void {
    this.isActive = true;
    this.isProbing = false;
    if (this.state.kind === 'snapshot') this.state.isWaiting = false;
    else this.needsNudge = this.state.kind === 'replicate' && this.match + 1 < this.next;
  }

  #become(state: Progress['state']): void {
    this.state = state;
    this.isProbing = false;
    this.needsNudge = false;
    this.#inFlight = [];
    this.#inFlightBytes = 0;
  }
}
