/**
 * One direction of a connection: moves bytes from one socket to another, or holds them.
 *
 *            stall                      flowing: data, FIN and RST are passed on as they come
 *   flowing ───────▶ held               held: up to HOLD_BYTES_MAX are taken in and kept, then nothing more is read: the rest
 *      ▲               │                      stays in the kernel's buffers and stops the sender, as a cut cable would.
 *      └───────────────┘                      FIN and RST are remembered.
 *             pass                      On pass everything goes on in order.
 */
import type { Socket } from 'node:net';
import { resetSocket } from './reset-socket.js';
import type { MutableLinkCounters } from './link-counters.js';

const HOLD_BYTES_MAX = 64 * 1024;
/** More than this unsent, and the source is not read until all is sent. */
const WRITE_QUEUE_BYTES_MAX = 256 * 1024;

/** How the source went, if it did. ended: FIN. broken: RST, or gone without a FIN. */
type SourceFate = 'alive' | 'ended' | 'broken';

export class FabricLane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #counters: MutableLinkCounters;
  #flowing = true;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #fate: SourceFate = 'alive';
  #passedOn = false;
  /** The target is gone and the source must not learn it from us: it is not read any more. */
  #targetGone = false;

  constructor(from: Socket, to: Socket, counters: MutableLinkCounters) {
    this.#from = from;
    this.#to = to;
    this.#counters = counters;
  }

  /**
   * Starts moving; call once, when both sockets are connected.
   * @param early what the source sent before
   */
  open(early: Buffer = Buffer.alloc(0)): void {
    if (early.length > 0) this.#send(early);
    this.#from.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#from.on('end', () => this.#onEnd());
    this.#to.on('drain', () => this.#readOn());
    this.#readOn();
  }

  /** Holds from now on, or lets go of what was held and flows. */
  setFlowing(flowing: boolean): void {
    if (flowing === this.#flowing) return;
    this.#flowing = flowing;
    if (!flowing) return;
    if (this.#targetGone) return;
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    // A broken sender cannot send again what was under way. Bytes right before an RST would even look like a clean end: libuv
    // reports data and RST that come together as data and EOF.
    if (this.#fate !== 'broken') for (const chunk of held) this.#send(chunk);
    this.#passOnFate();
    this.#readOn();
  }

  /**
   * The source's socket is gone for good.
   * @param broken by an error, not after a FIN from both sides
   */
  sourceClosed(broken: boolean): void {
    if (this.#fate === 'alive') this.#fate = 'broken';
    if (!this.#flowing) return;
    if (broken && this.#passedOn) this.#breakTarget();
    else this.#passOnFate();
  }

  /** The target's socket is gone for good: nothing more can be delivered. */
  targetClosed(): void {
    this.#targetGone = true;
    this.#held = [];
    this.#from.pause();
  }

  #onData(chunk: Buffer): void {
    if (this.#targetGone) return;
    if (this.#flowing) {
      this.#send(chunk);
      if (this.#to.writableLength > WRITE_QUEUE_BYTES_MAX) this.#from.pause();
      return;
    }
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    this.#counters.heldBytes += chunk.length;
    if (this.#heldBytes >= HOLD_BYTES_MAX) this.#from.pause();
  }

  #send(chunk: Buffer): void {
    this.#counters.bytes += chunk.length;
    this.#to.write(chunk);
  }

  #onEnd(): void {
    this.#fate = 'ended';
    if (this.#flowing) this.#passOnFate();
  }

  #passOnFate(): void {
    if (this.#passedOn || this.#fate === 'alive' || this.#targetGone) return;
    this.#passedOn = true;
    if (this.#fate === 'broken') this.#breakTarget();
    else if (this.#from.destroyed) this.#to.destroySoon();
    else this.#to.end();
  }

  #breakTarget(): void {
    resetSocket(this.#to);
  }

  #readOn(): void {
    if (this.#targetGone || this.#from.destroyed) return;
    if (this.#flowing ? this.#to.writableLength <= WRITE_QUEUE_BYTES_MAX : this.#heldBytes < HOLD_BYTES_MAX) this.#from.resume();
  }
}
