/**
 * The receiving side of a stream, for every implementation of Rpc: hands the messages to the handler one after the other, and acknowledges
 * what is handled, several messages at a time.
 */
import { DfsError, toDfsError } from '../../shared/errors.js';
import { RPC_MESSAGE_BYTES_MAX, RPC_STREAM_BYTES_MAX, RPC_STREAM_MESSAGES_MAX } from '../../shared/limits.js';
import type { Clock, RpcBinding, RpcContext, Timer } from '../../shared/runtime.js';

/** Handled messages are acknowledged after this time: small beside every `stallMs`, and long enough for several heartbeats. */
const ACKNOWLEDGE_MS = 200;
/** So much, handled, is acknowledged at once, so that the sender need not wait. */
const ACKNOWLEDGE_BYTES = RPC_STREAM_BYTES_MAX / 4;
const ACKNOWLEDGE_MESSAGES = RPC_STREAM_MESSAGES_MAX / 4;
/** What a sender that waits for acknowledgements can have sent: the last message may begin one byte below the limit. */
const HELD_BYTES_MAX = RPC_STREAM_BYTES_MAX + RPC_MESSAGE_BYTES_MAX;

export interface StreamReceiverOptions {
  readonly binding: RpcBinding;
  readonly context: RpcContext;
  readonly clock: Pick<Clock, 'setTimer'>;
  /** Sends the number of messages handled so far. */
  readonly acknowledge: (messages: number) => void;
  /** Called once, when this side ends the stream: the handler has failed, the sender is beyond its limits, or `end`. */
  readonly onFailure: (error: DfsError) => void;
}

export class StreamReceiver {
  readonly #options: StreamReceiverOptions;
  readonly #held: Uint8Array[] = [];
  #heldBytes = 0;
  #handled = 0;
  #acknowledged = 0;
  /** Handled and not acknowledged. */
  #dueBytes = 0;
  #timer: Timer | null = null;
  #isHandling = false;
  #isOver = false;

  constructor(options: StreamReceiverOptions) {
    this.#options = options;
  }

  /** A message has arrived. */
  push(message: Uint8Array): void {
    if (this.#isOver) return;
    this.#held.push(message);
    this.#heldBytes += message.length;
    if (this.#heldBytes > HELD_BYTES_MAX || this.#held.length > RPC_STREAM_MESSAGES_MAX) {
      this.end(
        new DfsError('PROTOCOL_ERROR', `The sender of a stream of ${this.#options.binding.path} waits for no acknowledgements`),
      );
    } else if (!this.#isHandling) {
      void this.#handleHeld();
    }
  }

  /** The other side has ended the stream: held messages are dropped. */
  stop(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#held.length = 0;
  }

  /** Never rejects. */
  async #handleHeld(): Promise<void> {
    const { binding, context } = this.#options;
    this.#isHandling = true;
    for (let message = this.#held[0]; message !== undefined; message = this.#held[0]) {
      try {
        await binding.handle(message, context);
      } catch (error) {
        this.end(toDfsError(error, `Message of ${binding.path} failed`));
      }
      if (this.#isOver) return;
      this.#held.shift();
      this.#heldBytes -= message.length;
      this.#noteHandled(message.length);
    }
    this.#isHandling = false;
  }

  #noteHandled(bytes: number): void {
    this.#handled += 1;
    this.#dueBytes += bytes;
    const isMuch = this.#dueBytes >= ACKNOWLEDGE_BYTES || this.#handled - this.#acknowledged >= ACKNOWLEDGE_MESSAGES;
    if (isMuch) this.#acknowledge();
    else this.#timer ??= this.#options.clock.setTimer(ACKNOWLEDGE_MS, () => this.#acknowledge());
  }

  #acknowledge(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#dueBytes = 0;
    if (this.#isOver || this.#acknowledged === this.#handled) return;
    this.#acknowledged = this.#handled;
    this.#options.acknowledge(this.#handled);
  }

  /** Ends the stream from this side; has no effect on one that has ended. */
  end(error: DfsError): void {
    if (this.#isOver) return;
    this.stop();
    this.#options.onFailure(error);
  }
}
