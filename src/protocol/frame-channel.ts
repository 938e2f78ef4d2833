/** Frames over a byte stream. The data plane receives bytes only through this module. */
import { DfsError } from '../shared/errors.js';
import type { ByteStream, Clock } from '../shared/runtime.js';
import { errorFrame } from './data-headers.js';
import { type Frame, FrameParser, FrameType } from './frames.js';

export class FrameChannel {
  readonly #stream: ByteStream;
  readonly #clock: Clock;
  readonly #parser = new FrameParser();
  #receivedFrames = 0;

  constructor(stream: ByteStream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
  }

  get remoteAddress(): string {
    return this.#stream.remoteAddress;
  }

  /** Frames received since the connection was made. */
  get receivedFrames(): number {
    return this.#receivedFrames;
  }

  /** Writes a whole frame; resolves when more may be written. */
  send(frame: Uint8Array): Promise<void> {
    return this.#stream.write(frame);
  }

  /**
   * The next frame, or null when the other side ended cleanly between frames.
   * Rejects with PROTOCOL_ERROR (garbage), CONNECTION_LOST (ended inside a frame, or broke), DEADLINE_EXCEEDED (silent for
   * `timeoutMs`, when given, or not whole `frameMs` after its first byte; the stream is then destroyed).
   */
  async receive(timeoutMs?: number, frameMs = Infinity): Promise<Frame | null> {
    let frameEndsMs = Infinity;
    for (;;) {
      const frame = this.#parser.next();
      if (frame !== null) {
        this.#receivedFrames++;
        return frame;
      }
      if (this.#parser.pendingBytes > 0) frameEndsMs = Math.min(frameEndsMs, this.#clock.nowMs() + frameMs);
      const piece = await this.#readPiece(shorter(timeoutMs, frameEndsMs - this.#clock.nowMs()));
      if (piece === null) {
        if (this.#parser.pendingBytes === 0) return null;
        throw new DfsError('CONNECTION_LOST', `Connection with ${this.remoteAddress} ended inside a frame`);
      }
      this.#parser.push(piece);
    }
  }

  /**
   * The next frame, of this type. An ERROR frame is thrown as the DfsError it carries; the end of the stream as CONNECTION_LOST;
   * another type as PROTOCOL_ERROR.
   */
  async expect(type: FrameType, timeoutMs?: number): Promise<Frame> {
    const frame = await this.receive(timeoutMs);
    if (frame === null) throw new DfsError('CONNECTION_LOST', `Connection with ${this.remoteAddress} closed by the other side`);
    if (frame.type === FrameType.ERROR) throw errorFrame.decode(frame.body);
    if (frame.type !== type) {
      throw new DfsError('PROTOCOL_ERROR', `Frame of type ${frame.type} from ${this.remoteAddress} where ${type} was expected`);
    }
    return frame;
  }

  end(): Promise<void> {
    return this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  async #readPiece(timeoutMs: number | undefined): Promise<Uint8Array | null> {
    if (timeoutMs === undefined) return this.#stream.read();
    const watchdog = { fired: false };
    const timer = this.#clock.setTimer(timeoutMs, () => {
      watchdog.fired = true;
      this.#stream.destroy();
    });
    try {
      return await this.#stream.read();
    } catch (error) {
      if (!watchdog.fired) throw error;
      throw new DfsError('DEADLINE_EXCEEDED', `${this.remoteAddress} sent nothing for ${timeoutMs} ms`, { cause: error });
    } finally {
      timer.cancel();
    }
  }
}

/** The shorter of two times; undefined: without a limit. */
function shorter(timeoutMs: number | undefined, leftMs: number): number | undefined {
  const limitMs = Math.min(timeoutMs ?? Infinity, Math.max(0, leftMs));
  return limitMs === Infinity ? undefined : limitMs;
}
