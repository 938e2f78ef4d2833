/** How much data the packets of a write should have: much where the pipeline is fast, one block where it is slow. */
import { BLOCK_BYTES, PACKET_BYTES_MAX } from '../shared/limits.js';
import type { Clock } from '../shared/runtime.js';

/** Progress is acknowledged by whole packets: on a slow link large ones would look like a standstill. */
export class PacketSize {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #packetMs: number;
  #bytes = BLOCK_BYTES;
  #lastMs: number;

  /** @param packetMs how long one packet should take at most, ms */
  constructor(clock: Pick<Clock, 'nowMs'>, packetMs: number) {
    this.#clock = clock;
    this.#packetMs = packetMs;
    this.#lastMs = clock.nowMs();
  }

  /** A multiple of BLOCK_BYTES, BLOCK_BYTES..PACKET_BYTES_MAX. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Notes that more bytes were acknowledged: at most doubles the size. */
  acknowledged(bytes: number): void {
    const elapsedMs = this.#clock.nowMs() - this.#lastMs;
    if (bytes <= 0) return;
    this.#lastMs += elapsedMs;
    const suitable = elapsedMs === 0 ? PACKET_BYTES_MAX : (bytes / elapsedMs) * this.#packetMs;
    const blocks = Math.floor(Math.min(suitable, 2 * this.#bytes, PACKET_BYTES_MAX) / BLOCK_BYTES);
    this.#bytes = Math.max(1, blocks) * BLOCK_BYTES;
  }
}
