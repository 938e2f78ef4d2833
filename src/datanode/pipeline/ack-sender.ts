/** Sends a node's acknowledgements upstream during a write: few but in time, and as a keepalive when there is nothing to acknowledge. */
import { writeAck } from '../../protocol/data-headers.js';
import type { FrameChannel } from '../../protocol/frame-channel.js';
import type { Clock, Timer } from '../../shared/runtime.js';

/** Progress below `ackBytes` is acknowledged after this, so that one frame covers several packets. */
const ACK_DELAY_MS = 5;

export class AckSender {
  readonly #channel: FrameChannel;
  readonly #clock: Clock;
  readonly #keepaliveMs: number;
  readonly #ackBytes: number;
  /** sent <= acked */
  #ackedBytes = 0;
  #sentBytes = 0;
  #steps = 0;
  #isSending = false;
  #isStopped = false;
  #ackTimer: Timer | null = null;
  #keepaliveTimer: Timer;

  /**
   * Sends keepalives from now on, until `stop`.
   * @param ackBytes progress that is acknowledged at once
   */
  constructor(channel: FrameChannel, clock: Clock, keepaliveMs: number, ackBytes: number) {
    this.#channel = channel;
    this.#clock = clock;
    this.#keepaliveMs = keepaliveMs;
    this.#ackBytes = ackBytes;
    this.#keepaliveTimer = this.#startKeepalive();
  }

  /**
   * Notes that everything up to here is received; upstream hears of it soon.
   * @param steps go with the next frame: upstream waits for much longer than until the next keepalive
   */
  acknowledge(receivedBytes: number, steps: number): void {
    this.#steps = steps;
    if (receivedBytes <= this.#ackedBytes || this.#isStopped) return;
    this.#ackedBytes = receivedBytes;
    this.#sendSoon();
  }

  /** Sends nothing more: after the last frame of a conversation nothing may follow. */
  stop(): void {
    this.#isStopped = true;
    this.#keepaliveTimer.cancel();
    this.#ackTimer?.cancel();
  }

  #tell(): void {
    this.#ackTimer?.cancel();
    this.#ackTimer = null;
    // One at a time: when upstream does not read, acknowledgements must not pile up.
    if (this.#isSending || this.#isStopped) return;
    this.#isSending = true;
    this.#sentBytes = this.#ackedBytes;
    // The receiving side of the channel notices when it cannot send.
    this.#channel.send(writeAck.encode({ receivedBytes: this.#sentBytes, steps: this.#steps })).then(
      () => {
        this.#isSending = false;
        this.#sendSoon();
      },
      () => this.stop(),
    );
  }

  #sendSoon(): void {
    const untoldBytes = this.#ackedBytes - this.#sentBytes;
    if (untoldBytes >= this.#ackBytes) this.#tell();
    else if (untoldBytes > 0 && !this.#isStopped) this.#ackTimer ??= this.#clock.setTimer(ACK_DELAY_MS, () => this.#tell());
  }

  #startKeepalive(): Timer {
    return this.#clock.setTimer(this.#keepaliveMs, () => {
      this.#keepaliveTimer = this.#startKeepalive();
      this.#tell();
    });
  }
}
