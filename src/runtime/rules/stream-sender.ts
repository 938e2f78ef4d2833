/**
 * The sending side of a stream, for every implementation of Rpc: holds messages back while too many bytes are not acknowledged, and
 * notices that the other side acknowledges nothing.
 *
 *   send ─▶ waiting ──room──▶ untaken ──acknowledged──▶ forgotten
 */
import { DfsError } from '../../shared/errors.js';
import { RPC_STREAM_BYTES_MAX, RPC_STREAM_MESSAGES_MAX } from '../../shared/limits.js';
import type { Clock, Timer } from '../../shared/runtime.js';

/** The caller of a `send`. */
export interface Sending {
  resolve(): void;
  reject(error: Error): void;
}

interface WaitingMessage {
  readonly bytes: Uint8Array;
  readonly sinceMs: number;
  readonly sending: Sending;
}

export interface StreamSenderOptions {
  readonly clock: Pick<Clock, 'nowMs' | 'setTimer'>;
  readonly stallMs: number;
  /** Called once, when messages are not acknowledged and no acknowledgement has come for `stallMs`. */
  readonly onStall: () => void;
}

export class StreamSender {
  readonly #options: StreamSenderOptions;
  /** Null before the connection is there, and after the end. */
  #write: ((bytes: Uint8Array) => void) | null = null;
  readonly #waiting: WaitingMessage[] = [];
  /** Messages that are not acknowledged, oldest first. */
  readonly #untaken: { readonly bytes: number; readonly sinceMs: number }[] = [];
  #untakenBytes = 0;
  #takenMessages = 0;
  #takenMs = -Infinity;
  #watch: Timer | null = null;
  #error: DfsError | null = null;

  constructor(options: StreamSenderOptions) {
    this.#options = options;
  }

  /** The connection is there: messages are written to it from now on. */
  start(write: (bytes: Uint8Array) => void): void {
    if (this.#error !== null) return;
    this.#write = write;
    this.#pump();
  }

  /** Sends a message, when there is room for it; then settles `sending`. */
  send(bytes: Uint8Array, sending: Sending): void {
    if (this.#error !== null) {
      sending.reject(this.#error);
      return;
    }
    this.#waiting.push({ bytes, sinceMs: this.#options.clock.nowMs(), sending });
    this.#pump();
    if (this.#watch === null) this.#planWatch(this.#options.stallMs);
  }

  /**
   * An acknowledgement has come.
   * @param messages handled since the beginning of the stream
   * @throws DfsError PROTOCOL_ERROR when so many were not sent, or when it is fewer than before
   */
  taken(messages: number): void {
    const count = messages - this.#takenMessages;
    if (count < 0 || count > this.#untaken.length) {
      const sent = this.#takenMessages + this.#untaken.length;
      throw new DfsError(
        'PROTOCOL_ERROR',
        `${messages} messages are acknowledged: ${sent} were sent, ${this.#takenMessages} taken`,
      );
    }
    for (const { bytes } of this.#untaken.splice(0, count)) this.#untakenBytes -= bytes;
    this.#takenMessages = messages;
    this.#takenMs = this.#options.clock.nowMs();
    this.#pump();
  }

  /** The stream has ended: what waits is rejected. */
  end(error: DfsError): void {
    this.#error = error;
    this.#write = null;
    this.#watch?.cancel();
    this.#untaken.length = 0;
    for (const { sending } of this.#waiting.splice(0)) sending.reject(error);
  }

  get #hasRoom(): boolean {
    return this.#untakenBytes < RPC_STREAM_BYTES_MAX && this.#untaken.length < RPC_STREAM_MESSAGES_MAX;
  }

  #pump(): void {
    while (this.#write !== null && this.#hasRoom) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const { bytes, sinceMs, sending } = next;
      this.#untaken.push({ bytes: bytes.length, sinceMs });
      this.#untakenBytes += bytes.length;
      this.#write(bytes);
      sending.resolve();
    }
  }

  /** One timer for all messages: it looks at the oldest one when it fires. */
  #planWatch(delayMs: number): void {
    this.#watch = this.#options.clock.setTimer(delayMs, () => {
      this.#watch = null;
      const oldest = this.#untaken[0] ?? this.#waiting[0];
      if (oldest === undefined) return;
      const leftMs = Math.max(oldest.sinceMs, this.#takenMs) + this.#options.stallMs - this.#options.clock.nowMs();
      if (leftMs > 0) this.#planWatch(leftMs);
      else this.#options.onStall();
    });
  }
}
