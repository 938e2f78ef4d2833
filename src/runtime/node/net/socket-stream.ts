/**
 * A TCP connection as a ByteStream of the Runtime, with back-pressure in both directions.
 *
 *   kernel ──▶ target of the read that waits
 *      └─────▶ #ahead, while none waits, until it is full; a read takes its bytes first
 */
import type { Socket } from 'node:net';
import { DfsError } from '../../../shared/errors.js';
import { KIB, MIB } from '../../../shared/limits.js';
import type { ByteStream } from '../../../shared/runtime.js';
import { receiveInto, takeReceived } from './receive-into.js';

/** Bytes received before a reader asks for them: these are copied, so that there are only few. Whole headers fit. */
const AHEAD_BYTES = 8 * KIB;
/** Maximum number of bytes that a writer has passed on and the kernel has not accepted. */
const WRITE_BEHIND_BYTES = MIB;

interface PendingWrite {
  readonly resolve: () => void;
  readonly reject: (error: DfsError) => void;
}

interface PendingRead {
  readonly target: Uint8Array;
  readonly atLeastBytes: number;
  filledBytes: number;
  readonly resolve: (bytes: number) => void;
  readonly reject: (error: DfsError) => void;
}

export class SocketStream implements ByteStream {
  readonly remoteAddress: string;
  readonly #socket: Socket;
  readonly #ahead: Uint8Array;
  /** The bytes of #ahead that are not read yet: 0 <= from <= to <= AHEAD_BYTES. */
  #aheadFrom = 0;
  #aheadTo = 0;
  #arrivedBytes = 0;
  #ended = false;
  /** True after a call of `end`. */
  #isEnding = false;
  /** The reason for the end of the connection, in both directions. */
  #lost: DfsError | null = null;
  #pendingRead: PendingRead | null = null;
  /** Writers that wait until the kernel accepts the buffered data. */
  #pendingWrites: PendingWrite[] = [];

  /**
   * Takes over a connected socket that has `allowHalfOpen`.
   * @param remoteAddress address of the other side, for messages
   */
  constructor(connected: Socket, remoteAddress: string) {
    this.remoteAddress = remoteAddress;
    const received = takeReceived(connected);
    this.#ahead = Buffer.allocUnsafeSlow(received.length + AHEAD_BYTES);
    this.#ahead.set(received);
    this.#aheadTo = received.length;
    this.#arrivedBytes = received.length;
    const socket = receiveInto(connected, {
      next: () => this.#nextTarget(),
      received: (bytes, buffer) => this.#received(bytes, buffer),
    });
    this.#socket = socket;
    socket.on('end', () => this.#end());
    socket.on('drain', () => this.#drain());
    socket.on('error', (error) => this.#lose(`Connection with ${remoteAddress} lost: ${error.message}`, error));
    socket.on('close', () => this.#lose(`Connection with ${remoteAddress} is closed`));
    socket.resume();
  }

  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  /** Calls `onClosed` when the connection is closed. */
  onceClosed(onClosed: () => void): void {
    this.#socket.once('close', onClosed);
  }

  readInto(target: Uint8Array, atLeastBytes: number): Promise<number> {
    if (this.#pendingRead !== null) {
      return Promise.reject(new DfsError('INTERNAL', `Two reads at a time from ${this.remoteAddress}`));
    }
    const filledBytes = this.#takeAhead(target);
    if (filledBytes >= atLeastBytes || this.#ended) return Promise.resolve(filledBytes);
    if (this.#lost !== null) return Promise.reject(this.#lost);
    return new Promise((resolve, reject) => {
      this.#pendingRead = { target, atLeastBytes, filledBytes, resolve, reject };
      this.#socket.resume();
    });
  }

  write(data: Uint8Array | readonly Uint8Array[], onSent?: () => void): Promise<void> {
    const refusal = this.#lost ?? (this.#isEnding ? this.#afterEnd() : null);
    if (refusal !== null) {
      if (onSent !== undefined) queueMicrotask(onSent);
      return Promise.reject(refusal);
    }
    const hasRoom = this.#send(data instanceof Uint8Array ? [data] : data, onSent);
    // Its event comes later than the next call of a writer that does not wait.
    const { errored } = this.#socket;
    if (errored !== null) {
      this.#lose(`Connection with ${this.remoteAddress} lost: ${errored.message}`, errored);
      return Promise.reject(this.#lost ?? errored);
    }
    if (hasRoom || this.#socket.writableLength <= WRITE_BEHIND_BYTES) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#pendingWrites.push({ resolve, reject });
    });
  }

  end(): Promise<void> {
    if (this.#socket.writableFinished) return Promise.resolve();
    if (this.#lost !== null) return Promise.reject(this.#lost);
    this.#isEnding = true;
    return new Promise((resolve, reject) => {
      this.#socket.once('finish', resolve);
      this.#socket.once('close', () => reject(this.#lost ?? new DfsError('CONNECTION_LOST', `${this.remoteAddress} hung up`)));
      this.#socket.end();
    });
  }

  destroy(): void {
    if (this.#lost === null) this.#lose(`Connection with ${this.remoteAddress} was closed from this side`);
    this.#aheadFrom = this.#aheadTo;
    this.#ended = false;
    this.#socket.destroy();
  }

  /** All pieces in one system call, where the kernel takes them. */
  #send(pieces: readonly Uint8Array[], onSent: (() => void) | undefined): boolean {
    const last = pieces.length - 1;
    if (last < 0) {
      if (onSent !== undefined) queueMicrotask(onSent);
      return true;
    }
    this.#socket.cork();
    let hasRoom = true;
    for (const [i, piece] of pieces.entries()) {
      hasRoom = i === last && onSent !== undefined ? this.#socket.write(piece, onSent) : this.#socket.write(piece);
    }
    this.#socket.uncork();
    return hasRoom;
  }

  /** The socket treats a write after the end as an error of the connection, and would end both directions. */
  #afterEnd(): DfsError {
    return new DfsError('CONNECTION_LOST', `Cannot write to ${this.remoteAddress} after the end`);
  }

  #drain(): void {
    const writers = this.#pendingWrites;
    this.#pendingWrites = [];
    for (const writer of writers) writer.resolve();
  }

  /** Moves what is ahead to the beginning of a target; returns the number of bytes. */
  #takeAhead(target: Uint8Array): number {
    const bytes = Math.min(target.length, this.#aheadTo - this.#aheadFrom);
    if (bytes > 0) target.set(this.#ahead.subarray(this.#aheadFrom, this.#aheadFrom + bytes));
    this.#aheadFrom += bytes;
    return bytes;
  }

  /** Where the next bytes go. Called after each `#received`, and once before. */
  #nextTarget(): Uint8Array {
    const reader = this.#pendingRead;
    if (reader !== null) return reader.target.subarray(reader.filledBytes);
    // Where it is full, reading is paused, and goes on only when everything in it is taken.
    return this.#ahead.subarray(this.#aheadTo < this.#ahead.length ? this.#aheadTo : 0);
  }

  /** @returns false: no more is to be received until `resume` */
  #received(bytes: number, buffer: Uint8Array): boolean {
    this.#arrivedBytes += bytes;
    const reader = this.#pendingRead;
    if (buffer.buffer === this.#ahead.buffer) {
      const at = buffer.byteOffset - this.#ahead.byteOffset;
      if (at !== this.#aheadTo) this.#aheadFrom = at;
      this.#aheadTo = at + bytes;
      if (reader !== null) reader.filledBytes += this.#takeAhead(reader.target.subarray(reader.filledBytes));
    } else if (reader !== null) {
      reader.filledBytes += bytes;
    }
    if (reader !== null && reader.filledBytes >= reader.atLeastBytes) {
      this.#pendingRead = null;
      reader.resolve(reader.filledBytes);
    }
    return this.#pendingRead !== null || this.#aheadTo < this.#ahead.length;
  }

  #end(): void {
    this.#ended = true;
    this.#pendingRead?.resolve(this.#pendingRead.filledBytes);
    this.#pendingRead = null;
  }

  /** Data received before remains readable, so that the last message of the other side is not lost. */
  #lose(message: string, cause?: Error): void {
    this.#lost ??= new DfsError('CONNECTION_LOST', message, { cause });
    this.#pendingRead?.reject(this.#lost);
    this.#pendingRead = null;
    for (const writer of this.#pendingWrites) writer.reject(this.#lost);
    this.#pendingWrites = [];
  }
}
