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
/** The longest piece that crosses the network. */
const PIECE_BYTES_MAX = 128 * 1024;

interface Reader {
  readonly target: Uint8Array;
  readonly atLeastBytes: number;
  filledBytes: number;
  readonly operation: Operation<number>;
}

/** Accepted from a writer; the memory is the writer's, and read when it is sent. */
interface Unsent {
  bytes: Uint8Array;
  /** Of the last piece of a write. */
  readonly onSent: (() => void) | undefined;
}

export class MemoryStream implements ByteStream, EndpointHandler {
  readonly remoteAddress: string;
  readonly #process: SimProcess;
  readonly #endpoint: Endpoint;
  /** Bytes accepted from writers that are not sent yet. */
  #unsent: Unsent[] = [];
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
  #arrivedBytes = 0;
  #reader: Reader | null = null;
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

  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  readInto(target: Uint8Array, atLeastBytes: number): Promise<number> {
    return this.#operate<number>('net.read', (operation) => {
      if (this.#isReading) {
        operation.reject(new DfsError('INTERNAL', `A second read on the stream with ${this.remoteAddress} while one waits`));
        return;
      }
      this.#isReading = true;
      this.#reader = { target, atLeastBytes, filledBytes: 0, operation };
      this.#serveReader();
    });
  }

  write(data: Uint8Array | readonly Uint8Array[], onSent?: () => void): Promise<void> {
    const pieces = data instanceof Uint8Array ? [data] : data;
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    return this.#operate(`net.write +${bytes}`, (operation) => {
      const refusal = this.#isEnding
        ? new DfsError('CONNECTION_LOST', `Cannot write to ${this.remoteAddress} after the end of the stream`)
        : this.#failure;
      if (refusal !== null) {
        operation.reject(refusal);
        onSent?.();
        return;
      }
      for (const piece of pieces) this.#unsent.push({ bytes: piece, onSent: undefined });
      if (onSent !== undefined) this.#unsent.push({ bytes: new Uint8Array(0), onSent });
      this.#unsentBytes += bytes;
      this.#writers.push(operation);
      this.#pump();
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
    if (message.kind === 'bytes') {
      this.#arrived.push(message.bytes);
      this.#arrivedBytes += message.bytes.length;
    }
    if (message.kind === 'fin') this.#peerEnded = true;
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
      const { bytes, onSent } = first;
      if (bytes.length > 0) {
        const roomBytes = WINDOW_BYTES - this.#inFlightBytes;
        if (roomBytes <= 0) break;
        const wantedBytes = random.chance(0.25) ? random.integer(1, bytes.length) : bytes.length;
        const pieceBytes = Math.min(wantedBytes, roomBytes, PIECE_BYTES_MAX);
        this.#endpoint.send({ kind: 'bytes', bytes: new Uint8Array(bytes.subarray(0, pieceBytes)) });
        this.#inFlightBytes += pieceBytes;
        this.#unsentBytes -= pieceBytes;
        first.bytes = bytes.subarray(pieceBytes);
      }
      if (first.bytes.length > 0) continue;
      this.#unsent.shift();
      if (onSent !== undefined) this.#process.soon(`net.sent ${this.#endpoint.link}`, onSent);
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
    this.#fill(reader);
    if (reader.filledBytes >= reader.atLeastBytes || this.#peerEnded) {
      this.#settleReader(() => reader.operation.resolve(reader.filledBytes));
    } else if (failure !== null) {
      this.#settleReader(() => reader.operation.reject(failure));
    }
  }

  #settleReader(settle: () => void): void {
    this.#reader = null;
    this.#isReading = false;
    settle();
  }

  /** Moves what has arrived into the reader's memory: as much as is wanted at least, and more by chance. */
  #fill(reader: Reader): void {
    const { target, atLeastBytes } = reader;
    for (let first = this.#arrived[0]; first !== undefined && reader.filledBytes < target.length; first = this.#arrived[0]) {
      const isEnough = reader.filledBytes >= atLeastBytes;
      if (isEnough && !this.#process.host.random.chance(0.25)) break;
      const part = first.subarray(0, target.length - reader.filledBytes);
      target.set(part, reader.filledBytes);
      reader.filledBytes += part.length;
      this.#consumedBytes += part.length;
      if (part.length === first.length) this.#arrived.shift();
      else this.#arrived[0] = first.subarray(part.length);
    }
    if (this.#consumedBytes < CREDIT_BYTES) return;
    this.#endpoint.send({ kind: 'credit', count: this.#consumedBytes });
    this.#consumedBytes = 0;
  }

  /** Fails the stream: pending calls reject, by an event; received bytes can still be read after a reset. */
  #fail(failure: DfsError): void {
    if (this.#failure !== null) return;
    this.#failure = failure;
    const unsent = this.#unsent.splice(0);
    const waiting = [...this.#writers.splice(0), ...this.#enders.splice(0)];
    this.#process.soon(`net.closed ${this.remoteAddress}`, () => {
      for (const operation of waiting) operation.reject(failure);
      for (const { onSent } of unsent) onSent?.();
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
