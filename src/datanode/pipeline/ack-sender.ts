/** What a node says upstream during a write: acknowledgements, few but in time, and a sign of life when there is nothing to say. */
import { writeAck } from '../../protocol/data-headers.js';
import type { FrameChannel } from '../../protocol/frame-channel.js';
import type { Clock, Timer } from '../../shared/runtime.js';

/** Progress below `ackBytes` is told after this, so that one frame tells of several packets. */
const ACK_DELAY_MS = 5;

export class AckSender {
  readonly #channel: FrameChannel;
  readonly #clock: Clock;
  readonly #lifeIntervalMs: number;
  readonly #ackBytes: number;
  readonly #onTick: () => void;
  /** told <= acked */
  #ackedBytes = 0;
  #toldBytes = 0;
  #isSending = false;
  #isHushed = false;
  #ackTimer: Timer | null = null;
  #lifeTimer: Timer;

  /**
   * Gives signs of life from now on, until `hush`.
   * @param ackBytes progress that is told at once
   * @param onTick called with every sign of life
   */
  constructor(channel: FrameChannel, clock: Clock, lifeIntervalMs: number, ackBytes: number, onTick: () => void) {
    this.#channel = channel;
    this.#clock = clock;
    this.#lifeIntervalMs = lifeIntervalMs;
    this.#ackBytes = ackBytes;
    this.#onTick = onTick;
    this.#lifeTimer = this.#startLifeTimer();
  }

  /** Notes that everything up to here is received; upstream hears of it soon. */
  acknowledge(receivedBytes: number): void {
    if (receivedBytes <= this.#ackedBytes || this.#isHushed) return;
    this.#ackedBytes = receivedBytes;
    this.#tellSoon();
  }

  /** Nothing more is said: after the last frame of a conversation nothing may follow. */
  stop(): void {
    this.#isHushed = true;
    this.#lifeTimer.cancel();
    this.#ackTimer?.cancel();
  }

  #tell(): void {
    this.#ackTimer?.cancel();
    this.#ackTimer = null;
    // One at a time: when upstream does not read, acknowledgements must not pile up.
    if (this.#isSending || this.#isHushed) return;
    this.#isSending = true;
    this.#toldBytes = this.#ackedBytes;
    // A channel that cannot take it is noticed by whoever receives on it.
    this.#channel.send(writeAck.encode({ receivedBytes: this.#toldBytes })).then(
      () => {
        this.#isSending = false;
        this.#tellSoon();
      },
      () => this.stop(),
    );
  }

  #tellSoon(): void {
    const untoldBytes = this.#ackedBytes - this.#toldBytes;
    if (untoldBytes >= this.#ackBytes) this.#tell();
    else if (untoldBytes > 0 && !this.#isHushed) this.#ackTimer ??= this.#clock.setTimer(ACK_DELAY_MS, () => this.#tell());
  }

  #startLifeTimer(): Timer {
    return this.#clock.setTimer(this.#lifeIntervalMs, () => {
      this.#lifeTimer = this.#startLifeTimer();
      this.#tell();
      this.#onTick();
    });
  }
}
