/** ByteStream of the simulated runtime: bytes in pieces of seeded sizes, with a bounded window between the two ends. */
import { DfsError } from '../../shared/errors.js';
import type { ByteStream } from '../../shared/runtime.js';
import type { Endpoint, EndpointHandler, Message } from './connection.js';
import type { Operation, SimProcess } from './sim-process.js';

/** Maximum number of bytes in transit and in the receiver's buffer together. */
export const WINDOW_BYTES = 256 * 1024;
/** Maximum number of bytes that wait at the sender before `write` stops to resolve. */
export const SEND_BUFFER_BYTES = 128 * 1024;
/** The receiver reports consumed bytes in steps of this size. */
const CREDIT_BYTES = WINDOW_BYTES / 4;
/** The longest piece that crosses the network, and that a read returns. */
const PIECE_BYTES_MAX = 128 * 1024;

export class MemoryStream implements ByteStream, EndpointHandler {
  readonly remoteAddress: string;
  readonly #process: SimProcess;
  readonly #endpoint: Endpoint;
  /** Bytes accepted from writers that are not sent yet. */
  #unsent: Uint8Array[] = [];
  #unsentBytes = 0;
  /** Bytes sent and not known to be consumed. Invariant: <= WINDOW_BYTES. */
  #inFlightBytes = 0;
  /** Received bytes that are not read yet. */
  #arrived: Uint8Array[] = [];
  /** Bytes read since the last credit was sent. */
  #consumedBytes = 0;
  #peerEnded = false;
  #isEnding = false;
  #finSent = false;
  #failure: DfsError | null = null;
  #reader: Operation<Uint8Array | null> | null = null;
  #isReading = false;
  /** Writers that wait for space, and callers that wait until all data is sent. */
  #writers: Operation<void>[] = [];
  #enders: Operation<void>[] = [];
  /** Calls of one stream are carried out in the order in which they were made. */
  #lastCallUs = 0;
  readonly #onClose: () => void;

  /** @param onClose called once, when the stream is closed */
  constructor(process: SimProcess, endpoint: Endpoint, onClose: () => void = () => undefined) {
    this.#process = process;
    this.#endpoint = endpoint;
    this.#onClose = onClose;
    this.remoteAddress = endpoint.peer.address;
    endpoint.handler = this;
  }

  read(): Promise<Uint8Array | null> {
    return this.#operate<Uint8Array | null>('net.read', (operation) => {
      if (this.#isReading) {
        operation.reject(new DfsError('INTERNAL', `A second read on the stream with ${this.remoteAddress} while one waits`));
        return;
      }
      this.#isReading = true;
      this.#reader = operation;
      this.#serveReader();
    });
  }

  write(data: Uint8Array): Promise<void> {
    return this.#operate(`net.write +${data.length}`, (operation) => {
      if (this.#isEnding) {
        operation.reject(new DfsError('CONNECTION_LOST', `Cannot write to ${this.remoteAddress} after the end of the stream`));
      } else if (this.#failure !== null) {
        operation.reject(this.#failure);
      } else {
        if (data.length > 0) this.#unsent.push(data);
        this.#unsentBytes += data.length;
        this.#writers.push(operation);
        this.#pump();
      }
    });
  }

  end(): Promise<void> {
    return this.#operate('net.end', (operation) => {
      if (this.#failure !== null) {
        operation.reject(this.#failure);
        return;
      }
      this.#isEnding = true;
      this.#enders.push(operation);
      this.#pump();
    });
  }

  destroy(): void {
    if (!this.#process.isAlive) return;
    const hasUnread = this.#arrived.length > 0;
    const isOver = this.#finSent && this.#peerEnded;
    this.#arrived = [];
    this.#peerEnded = false;
    if (this.#failure !== null) return;
    this.#fail(new DfsError('CONNECTION_LOST', `The connection with ${this.remoteAddress} was closed on this side`));
    // As in a kernel: a close with unread bytes sends a reset, a close without them sends an end.
    if (hasUnread) this.#endpoint.reset();
    else if (!this.#finSent) this.#endpoint.send({ kind: 'fin' });
    this.#endpoint.finish(isOver);
  }

  onMessage(message: Message): void {
    if (message.kind === 'bytes') this.#arrived.push(message.bytes);
    else if (message.kind === 'fin') this.#peerEnded = true;
    else if (message.kind === 'credit') this.#inFlightBytes -= message.count;
    if (message.kind === 'credit') this.#pump();
    else this.#serveReader();
    this.#finishIfOver();
  }

  onReset(): void {
    this.#fail(new DfsError('CONNECTION_LOST', `The connection with ${this.remoteAddress} was reset`));
  }

  /** Sends while the window has space; then settles the writers whose bytes are sent. */
  #pump(): void {
    const { random } = this.#process.host;
    for (let first = this.#unsent[0]; first !== undefined; first = this.#unsent[0]) {
      const roomBytes = WINDOW_BYTES - this.#inFlightBytes;
      if (roomBytes <= 0) break;
      const wantedBytes = random.chance(0.25) ? random.integer(1, first.length) : first.length;
      const pieceBytes = Math.min(wantedBytes, roomBytes, PIECE_BYTES_MAX);
      this.#endpoint.send({ kind: 'bytes', bytes: new Uint8Array(first.subarray(0, pieceBytes)) });
      this.#inFlightBytes += pieceBytes;
      this.#unsentBytes -= pieceBytes;
      if (pieceBytes === first.length) this.#unsent.shift();
      else this.#unsent[0] = first.subarray(pieceBytes);
    }
    if (this.#unsentBytes <= SEND_BUFFER_BYTES) settleAll(this.#writers);
    if (this.#isEnding && this.#unsent.length === 0) {
      if (!this.#finSent) this.#endpoint.send({ kind: 'fin' });
      this.#finSent = true;
      settleAll(this.#enders);
      this.#finishIfOver();
    }
  }

  #serveReader(): void {
    const reader = this.#reader;
    if (reader === null) return;
    const failure = this.#failure;
    const piece = this.#takePiece();
    if (piece !== null) this.#settleReader(() => reader.resolve(piece));
    else if (this.#peerEnded) this.#settleReader(() => reader.resolve(null));
    else if (failure !== null) this.#settleReader(() => reader.reject(failure));
    else return;
    if (piece === null) return;
    this.#consumedBytes += piece.length;
    if (this.#consumedBytes < CREDIT_BYTES) return;
    this.#endpoint.send({ kind: 'credit', count: this.#consumedBytes });
    this.#consumedBytes = 0;
  }

  #settleReader(settle: () => void): void {
    this.#reader = null;
    this.#isReading = false;
    settle();
  }

  /** The next piece to return: one received piece, or several joined. */
  #takePiece(): Uint8Array | null {
    const first = this.#arrived.shift();
    if (first === undefined) return null;
    if (this.#arrived.length === 0 || !this.#process.host.random.chance(0.25)) return first;
    const pieces = [first];
    let totalBytes = first.length;
    for (
      let next = this.#arrived[0];
      next !== undefined && totalBytes + next.length <= PIECE_BYTES_MAX;
      next = this.#arrived[0]
    ) {
      pieces.push(next);
      totalBytes += next.length;
      this.#arrived.shift();
    }
    return new Uint8Array(Buffer.concat(pieces, totalBytes));
  }

  /** Fails the stream: pending calls reject, by an event; received bytes can still be read after a reset. */
  #fail(failure: DfsError): void {
    if (this.#failure !== null) return;
    this.#failure = failure;
    this.#unsent = [];
    const waiting = [...this.#writers.splice(0), ...this.#enders.splice(0)];
    this.#process.soon(`net.closed ${this.remoteAddress}`, () => {
      for (const operation of waiting) operation.reject(failure);
      this.#serveReader();
    });
    this.#onClose();
  }

  #finishIfOver(): void {
    if (!this.#finSent || !this.#peerEnded || !this.#endpoint.isOpen) return;
    this.#endpoint.finish(true);
    this.#onClose();
  }

  #operate<T>(label: string, start: (operation: Operation<T>) => void): Promise<T> {
    const { nowUs } = this.#process.scheduler;
    this.#lastCallUs = Math.max(this.#lastCallUs, nowUs + this.#process.host.random.integer(2, 40));
    return this.#process.operate(`${label} ${this.#endpoint.link}`, start, { atUs: this.#lastCallUs });
  }
}

function settleAll(operations: Operation<void>[]): void {
  for (const operation of operations.splice(0)) operation.resolve();
}
