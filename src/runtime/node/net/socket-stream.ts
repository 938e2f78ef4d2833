/** A TCP connection as a ByteStream of the Runtime, with back-pressure in both directions. */
import type { Socket } from 'node:net';
import { DfsError } from '../../../shared/errors.js';
import { KIB } from '../../../shared/limits.js';
import type { ByteStream } from '../../../shared/runtime.js';

/** Maximum number of bytes read ahead of the reader; beyond it the socket is paused. */
const READ_AHEAD_BYTES = 256 * KIB;
/** Maximum number of bytes that a writer has passed on and the kernel has not accepted. */
const WRITE_BEHIND_BYTES = 256 * KIB;

interface PendingWrite {
  readonly resolve: () => void;
  readonly reject: (error: DfsError) => void;
}

interface PendingRead {
  readonly resolve: (piece: Uint8Array | null) => void;
  readonly reject: (error: DfsError) => void;
}

export class SocketStream implements ByteStream {
  readonly remoteAddress: string;
  readonly #socket: Socket;
  /** Received pieces that are not read yet, oldest first. */
  #pieces: Uint8Array[] = [];
  /** Sum of the pieces' lengths. */
  #aheadBytes = 0;
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
  constructor(socket: Socket, remoteAddress: string) {
    this.#socket = socket;
    this.remoteAddress = remoteAddress;
    socket.on('data', (piece: Buffer) => this.#received(piece));
    socket.on('end', () => this.#end());
    socket.on('drain', () => this.#drain());
    socket.on('error', (error) => this.#lose(`Connection with ${remoteAddress} lost: ${error.message}`, error));
    socket.on('close', () => this.#lose(`Connection with ${remoteAddress} is closed`));
    if (socket.isPaused()) socket.resume();
  }

  read(): Promise<Uint8Array | null> {
    const piece = this.#pieces.shift();
    if (piece !== undefined) {
      this.#aheadBytes -= piece.length;
      if (this.#socket.isPaused() && this.#aheadBytes < READ_AHEAD_BYTES / 2) this.#socket.resume();
      return Promise.resolve(piece);
    }
    if (this.#ended) return Promise.resolve(null);
    if (this.#lost !== null) return Promise.reject(this.#lost);
    return new Promise((resolve, reject) => {
      if (this.#pendingRead !== null) throw new DfsError('INTERNAL', `Two reads at a time from ${this.remoteAddress}`);
      this.#pendingRead = { resolve, reject };
    });
  }

  write(data: Uint8Array): Promise<void> {
    if (this.#lost !== null) return Promise.reject(this.#lost);
    // The socket treats a write after the end as an error of the connection, and would end both directions.
    if (this.#isEnding)
      return Promise.reject(new DfsError('CONNECTION_LOST', `Cannot write to ${this.remoteAddress} after the end`));
    const hasRoom = this.#socket.write(data);
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
    this.#pieces = [];
    this.#aheadBytes = 0;
    this.#ended = false;
    this.#socket.destroy();
  }

  #drain(): void {
    const writers = this.#pendingWrites;
    this.#pendingWrites = [];
    for (const writer of writers) writer.resolve();
  }

  #received(piece: Buffer): void {
    const reader = this.#pendingRead;
    if (reader !== null) {
      this.#pendingRead = null;
      reader.resolve(piece);
      return;
    }
    this.#pieces.push(piece);
    this.#aheadBytes += piece.length;
    if (this.#aheadBytes >= READ_AHEAD_BYTES) this.#socket.pause();
  }

  #end(): void {
    this.#ended = true;
    this.#pendingRead?.resolve(null);
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
