/**
 * One direction of a connection: moves bytes from one socket to another, as the active faults allow.
 *
 *   source ──▶ waiting ──────▶ crossing ──────▶ target      without faults and with nothing queued, bytes go straight through
 *              for slow lines   until due, in order
 *
 * A stall stops everything. Up to HOLD_BYTES_MAX are read and kept, then the source is not read: the rest stays in the kernel's
 * buffers and stops the sender, as with a cut cable. FIN and RST are queued like bytes. After faults are lifted everything is
 * delivered in order.
 */
import type { Socket } from 'node:net';
import type { DirectedFault } from './active-link-faults.js';
import { Lateness } from './lateness.js';
import type { MutableLinkCounters } from './link-counters.js';
import { resetSocket } from './reset-socket.js';

/** Limit of bytes held by a stall, or waiting for a slow line. */
const HOLD_BYTES_MAX = 64 * 1024;
/** Limit of bytes crossing a link with delay. */
const CROSSING_BYTES_MAX = 1024 * 1024;
/** Added to the bytes of each piece, so that the number of small pieces is limited too. */
const PIECE_BYTES = 64;
/** With more unsent bytes than this, the target gets no more until all are sent. */
const WRITE_QUEUE_BYTES_MAX = 256 * 1024;
/** Size of a slow line's slices: the bytes of SLICE_MS, within limits. */
const SLICE_BYTES = { min: 256, max: 64 * 1024 };
const SLICE_MS = 20;

/** How the source ended, if it did. ended: FIN. broken: RST, or closed without a FIN. */
type SourceFate = 'alive' | 'ended' | 'broken';

/** Bytes, or (without any) the source's end. */
interface Piece {
  readonly bytes: Buffer;
  readonly lateness: Lateness;
  /** Time at which the piece was sent; once it crosses, at which it left the slow lines. */
  readonly sinceMs: number;
}

const NO_BYTES = Buffer.alloc(0);

export class FabricLane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #counters: MutableLinkCounters;
  #faults: readonly DirectedFault[] = [];
  #lines: readonly DirectedFault[] = [];
  #isStalled = false;
  /** Active stalls that were counted: each counts a connection's direction once. */
  readonly #heldBy = new Set<DirectedFault>();
  readonly #waiting: Piece[] = [];
  #waitingBytes = 0;
  readonly #crossing: Piece[] = [];
  #crossingBytes = 0;
  /** Time at which the slow lines finish the first waiting slice; null: the slice is not queued on them yet. */
  #throughAtMs: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #fate: SourceFate = 'alive';
  #passedOn = false;
  /** The target is gone, and the fabric must not reveal that to the source: the source is not read any more. */
  #targetGone = false;

  constructor(from: Socket, to: Socket, counters: MutableLinkCounters) {
    this.#from = from;
    this.#to = to;
    this.#counters = counters;
  }

  /**
   * Starts the transfer. Call it once, when both sockets are connected and after the first `setFaults`.
   * @param early bytes that the source sent before
   */
  open(early: Buffer = NO_BYTES): void {
    if (early.length > 0) this.#onData(early);
    this.#from.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#from.on('end', () => this.#onFate('ended'));
    this.#to.on('drain', () => this.#goOn());
    this.#readOn();
  }

  /** Replaces the active faults; bytes that are no longer held or delayed move on. */
  setFaults(all: readonly DirectedFault[]): void {
    const faults = all.filter(({ effect }) => effect.kind !== 'refuse' && effect.kind !== 'reset');
    const lines = faults.filter(({ effect }) => effect.kind === 'bandwidth');
    if (lines.length !== this.#lines.length || lines.some((line) => !this.#lines.includes(line))) this.#throughAtMs = null;
    this.#faults = faults;
    this.#lines = lines;
    this.#isStalled = faults.some(({ isHolding }) => isHolding);
    for (const fault of this.#heldBy) if (!faults.includes(fault)) this.#heldBy.delete(fault);
    if (this.#isStalled && this.#isQueueing) this.#countHeld();
    this.#goOn();
  }

  /**
   * The source's socket is closed.
   * @param broken true after an error, false after a FIN from both sides
   */
  sourceClosed(broken: boolean): void {
    if (this.#fate === 'alive') this.#onFate('broken');
    else if (broken && this.#passedOn && !this.#isStalled) resetSocket(this.#to);
  }

  /** The target's socket is closed: nothing more can be delivered. */
  targetClosed(): void {
    this.#targetGone = true;
    this.#dropAll();
    clearTimeout(this.#timer);
    this.#from.pause();
  }

  get #isQueueing(): boolean {
    return this.#waiting.length > 0 || this.#crossing.length > 0;
  }

  #onData(chunk: Buffer): void {
    if (this.#targetGone) return;
    if (this.#faults.length === 0 && !this.#isQueueing) {
      this.#send(chunk);
      if (this.#to.writableLength > WRITE_QUEUE_BYTES_MAX) this.#from.pause();
      return;
    }
    for (const line of this.#lines) line.countEffect();
    if (this.#isStalled) this.#counters.heldBytes += chunk.length;
    this.#queue(chunk);
    this.#goOn();
  }

  #onFate(fate: SourceFate): void {
    if (this.#targetGone) return;
    this.#fate = fate;
    // A broken sender cannot send again what was in transit. Bytes right before an RST would even look like a clean end: libuv
    // reports data and RST that come together as data and EOF.
    if (fate === 'broken') this.#dropAll();
    this.#queue(NO_BYTES);
    this.#goOn();
  }

  #queue(bytes: Buffer): void {
    this.#waiting.push({ bytes, lateness: new Lateness(this.#faults), sinceMs: performance.now() });
    this.#waitingBytes += bytes.length + PIECE_BYTES;
    if (this.#isStalled) this.#countHeld();
  }

  #countHeld(): void {
    for (const fault of this.#faults) {
      if (!fault.isHolding || this.#heldBy.has(fault)) continue;
      this.#heldBy.add(fault);
      fault.countEffect();
    }
  }

  /** Moves everything as far as allowed now, and schedules the rest. */
  #goOn(): void {
    if (this.#targetGone) return;
    clearTimeout(this.#timer);
    if (!this.#isStalled && this.#isQueueing) {
      const nowMs = performance.now();
      const nextMs = Math.min(this.#leaveLines(nowMs), this.#arrive(nowMs));
      if (nextMs < Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#goOn(), Math.ceil(nextMs - nowMs));
    }
    this.#readOn();
  }

  /** @returns when the slow lines finish the next slice */
  #leaveLines(nowMs: number): number {
    for (let piece = this.#waiting[0]; piece !== undefined; piece = this.#waiting[0]) {
      const slice = this.#lines.length === 0 ? piece.bytes : piece.bytes.subarray(0, this.#sliceBytes());
      this.#throughAtMs ??= Math.max(piece.sinceMs, ...this.#lines.map((line) => line.queue(slice.length, nowMs)));
      if (this.#throughAtMs > nowMs) return this.#throughAtMs;
      this.#crossing.push({ ...piece, bytes: slice, sinceMs: this.#throughAtMs });
      this.#crossingBytes += slice.length + PIECE_BYTES;
      this.#throughAtMs = null;
      this.#waitingBytes -= slice.length;
      if (slice.length < piece.bytes.length) {
        this.#waiting[0] = { ...piece, bytes: piece.bytes.subarray(slice.length) };
      } else {
        this.#waiting.shift();
        this.#waitingBytes -= PIECE_BYTES;
      }
    }
    return Number.POSITIVE_INFINITY;
  }

  /** @returns when the next piece is due; never, while the target accepts no more */
  #arrive(nowMs: number): number {
    for (let piece = this.#crossing[0]; piece !== undefined; piece = this.#crossing[0]) {
      if (this.#to.writableLength > WRITE_QUEUE_BYTES_MAX && this.#fate !== 'broken') break;
      const dueMs = piece.sinceMs + piece.lateness.totalMs(this.#faults);
      if (dueMs > nowMs) return dueMs;
      this.#crossing.shift();
      this.#crossingBytes -= piece.bytes.length + PIECE_BYTES;
      if (piece.bytes.length > 0) this.#send(piece.bytes);
      else this.#passOnFate();
    }
    return Number.POSITIVE_INFINITY;
  }

  #sliceBytes(): number {
    const rates = this.#lines.map(({ effect }) =>
      effect.kind === 'bandwidth' ? effect.bytesPerSecond : Number.POSITIVE_INFINITY,
    );
    return Math.max(SLICE_BYTES.min, Math.min(SLICE_BYTES.max, Math.floor((Math.min(...rates) * SLICE_MS) / 1_000)));
  }

  #send(chunk: Buffer): void {
    this.#counters.bytes += chunk.length;
    this.#to.write(chunk);
  }

  #passOnFate(): void {
    this.#passedOn = true;
    if (this.#fate === 'broken') resetSocket(this.#to);
    else if (this.#from.destroyed) this.#to.destroySoon();
    else this.#to.end();
  }

  #dropAll(): void {
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#crossing.length = 0;
    this.#crossingBytes = 0;
    this.#throughAtMs = null;
  }

  #readOn(): void {
    if (this.#targetGone || this.#from.destroyed) return;
    const isFull = this.#isStalled
      ? this.#waitingBytes + this.#crossingBytes >= HOLD_BYTES_MAX
      : this.#waitingBytes >= HOLD_BYTES_MAX || this.#crossingBytes >= CROSSING_BYTES_MAX;
    if (isFull || this.#to.writableLength > WRITE_QUEUE_BYTES_MAX) this.#from.pause();
    else this.#from.resume();
  }
}
