/** RpcChannel of the simulated runtime: calls and streams are messages on one connection, which is reopened after it broke. */
import { DfsError, isDfsError, toDfsError } from '../../shared/errors.js';
import type {
  RpcCallOptions,
  RpcChannel,
  RpcMethod,
  RpcStream,
  RpcStreamMethod,
  RpcStreamOptions,
} from '../../shared/runtime.js';
import { decodeErrorOfPeer } from '../../protocol/error-detail.js';
import { assertMessageFits, endedStream } from '../rules/rpc-rules.js';
import { StreamSender } from '../rules/stream-sender.js';
import type { Endpoint, EndpointHandler, Message } from './connection.js';
import { createMemoryClock } from './memory-clock.js';
import type { Network } from './network.js';
import type { SimProcess } from './sim-process.js';

/** A call of any type that waits for its answer. */
interface WaitingCall {
  readonly request: Message;
  answer(response: Uint8Array): void;
  fail(error: DfsError): void;
}

export class MemoryRpcChannel implements RpcChannel, EndpointHandler {
  readonly address: string;
  readonly #network: Network;
  readonly #process: SimProcess;
  readonly #waiting = new Map<number, WaitingCall>();
  readonly #streams = new Map<number, Pick<MemoryRpcStream<never, unknown>, 'start' | 'taken' | 'fail'>>();
  #endpoint: Endpoint | null = null;
  #isConnected = false;
  #isClosed = false;
  #nextId = 1;

  constructor(network: Network, process: SimProcess, address: string) {
    this.#network = network;
    this.#process = process;
    this.address = address;
  }

  call<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: RequestIn,
    options: RpcCallOptions,
  ): Promise<ResponseOut> {
    const process = this.#process;
    const { scheduler } = process;
    const what = `${method.path} at ${this.address}`;
    const deadlineAtUs = scheduler.nowUs + options.deadlineMs * 1_000;
    return process.operate<ResponseOut>(`rpc.call ${what}`, (operation) => {
      const id = this.#nextId++;
      const cleanUp = (): void => {
        this.#waiting.delete(id);
        scheduler.cancel(deadline);
        options.signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: DfsError): void => {
        cleanUp();
        operation.reject(error);
      };
      const giveUp = (error: DfsError): void => {
        if (this.#waiting.has(id) && this.#isConnected) this.#endpoint?.send({ kind: 'cancel', id });
        fail(error);
      };
      const cancelled = (): DfsError => new DfsError('CANCELLED', `Call of ${what} was cancelled`);
      const onAbort = (): void => void process.soon(`rpc.cancel ${what}`, () => giveUp(cancelled()));
      const deadline = scheduler.at(process, process.host.name, `rpc.deadline ${what} #${id}`, deadlineAtUs, () =>
        giveUp(new DfsError('DEADLINE_EXCEEDED', `No answer from ${what} within ${options.deadlineMs} ms`)),
      );
      try {
        if (options.signal?.aborted === true) throw cancelled();
        if (this.#isClosed) throw new DfsError('CANCELLED', `Cannot call ${what}: the channel is closed`);
        const bytes = new Uint8Array(method.encodeRequest(request));
        assertMessageFits(`Request of ${what}`, bytes);
        const answer = (response: Uint8Array): void => {
          cleanUp();
          let message: ResponseOut;
          try {
            message = method.decodeResponse(response);
          } catch (error) {
            operation.reject(toDfsError(error, `Call of ${what}`));
            return;
          }
          operation.resolve(message);
        };
        const { deadlineMs } = options;
        options.signal?.addEventListener('abort', onAbort);
        this.#waiting.set(id, { request: { kind: 'call', id, path: method.path, bytes, deadlineMs }, answer, fail });
        this.#send(id);
      } catch (error) {
        fail(toDfsError(error, `Call of ${what}`));
      }
    });
  }

  open<In, Out>(method: RpcStreamMethod<In, Out>, options: RpcStreamOptions): RpcStream<In> {
    const closed = (): DfsError =>
      new DfsError('CANCELLED', `Cannot open ${method.path} at ${this.address}: the channel is closed`);
    if (this.#isClosed) return endedStream(closed());
    const id = this.#nextId++;
    const stream = new MemoryRpcStream(this.#process, method, options, {
      id,
      address: this.address,
      connect: () => {
        if (this.#isClosed) throw closed();
        this.#streams.set(id, stream);
        this.#connect();
        if (this.#isConnected) stream.start();
      },
      transmit: (message) => {
        if (this.#isConnected) this.#endpoint?.send(message);
      },
      onEnd: () => this.#streams.delete(id),
    });
    return stream;
  }

  close(): void {
    if (this.#isClosed || !this.#process.isAlive) return;
    this.#isClosed = true;
    this.#endpoint?.reset();
    this.#endpoint = null;
    this.#isConnected = false;
    this.#process.soon(`rpc.close ${this.address}`, () => {
      this.#failAll(() => new DfsError('CANCELLED', `The channel to ${this.address} was closed`));
    });
  }

  onConnected(): void {
    this.#isConnected = true;
    this.#endpoint?.send({ kind: 'ack' });
    for (const { request } of this.#waiting.values()) this.#endpoint?.send(request);
    for (const stream of this.#streams.values()) stream.start();
  }

  onMessage(message: Message): void {
    // What comes for a cancelled call or stream is dropped.
    if (message.kind === 'result') this.#waiting.get(message.id)?.answer(message.bytes);
    else if (message.kind === 'failure') this.#callOrStream(message.id)?.fail(errorOf(message.bytes, this.address));
    else if (message.kind === 'taken') this.#streams.get(message.id)?.taken(message.count);
  }

  onReset(): void {
    const what = this.#isConnected ? 'The connection broke' : 'The connection was refused';
    this.#endpoint = null;
    this.#isConnected = false;
    this.#failAll(() => new DfsError('UNAVAILABLE', `Cannot call ${this.address}: ${what.toLowerCase()}`));
  }

  /** @throws DfsError INVALID_ARGUMENT, UNAVAILABLE */
  #send(id: number): void {
    this.#connect();
    if (this.#isConnected) this.#endpoint?.send(this.#waiting.get(id)?.request ?? { kind: 'cancel', id });
  }

  /** @throws DfsError INVALID_ARGUMENT, UNAVAILABLE */
  #connect(): void {
    this.#endpoint ??= this.#network.connect(this.#process, this.address, this);
  }

  #callOrStream(id: number): { fail(error: DfsError): void } | undefined {
    return this.#waiting.get(id) ?? this.#streams.get(id);
  }

  #failAll(error: () => DfsError): void {
    for (const each of [...this.#waiting.values(), ...this.#streams.values()]) each.fail(error());
  }
}

/** What a stream needs of its channel. */
interface StreamPlace {
  readonly id: number;
  readonly address: string;
  /** Begins to connect when there is no connection. @throws DfsError */
  readonly connect: () => void;
  /** Sends a message on the connection; has no effect without one. */
  readonly transmit: (message: Message) => void;
  /** The stream has ended. */
  readonly onEnd: () => void;
}

class MemoryRpcStream<In, Out> implements RpcStream<In> {
  readonly ended: Promise<DfsError>;
  readonly #process: SimProcess;
  readonly #method: RpcStreamMethod<In, Out>;
  readonly #place: StreamPlace;
  readonly #sender: StreamSender;
  readonly #what: string;
  #resolveEnded: (error: DfsError) => void = () => undefined;
  /** Calls of one stream are carried out in the order in which they were made. */
  #lastCallUs = 0;
  #isEnded = false;

  /** Connects by an event, soon. */
  constructor(process: SimProcess, method: RpcStreamMethod<In, Out>, { stallMs }: RpcStreamOptions, place: StreamPlace) {
    this.#process = process;
    this.#method = method;
    this.#place = place;
    this.#what = `${method.path} at ${place.address}`;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    this.#sender = new StreamSender({
      clock: createMemoryClock(process, () => 0),
      stallMs,
      onStall: () => this.#giveUp(new DfsError('DEADLINE_EXCEEDED', `Nothing was taken by ${this.#what} for ${stallMs} ms`)),
    });
    this.#inOrder(`rpc.open ${this.#what}`, () => {
      try {
        if (!this.#isEnded) place.connect();
      } catch (error) {
        this.fail(toDfsError(error, `Stream of ${this.#what}`));
      }
    });
  }

  send(message: In): Promise<void> {
    return this.#process.operate(
      `rpc.send ${this.#what}`,
      (operation) => {
        try {
          // A copy, which belongs to the receiver.
          const bytes = new Uint8Array(this.#method.encode(message));
          assertMessageFits(`Message of ${this.#what}`, bytes);
          this.#sender.send(bytes, operation);
        } catch (error) {
          operation.reject(toDfsError(error, `Stream of ${this.#what}`));
        }
      },
      { atUs: this.#nextCallUs() },
    );
  }

  close(): void {
    if (!this.#process.isAlive) return;
    this.#inOrder(`rpc.end ${this.#what}`, () => {
      this.#giveUp(new DfsError('CANCELLED', `The stream of ${this.#what} was closed`));
    });
  }

  /** The channel has a connection. */
  start(): void {
    const { id, transmit } = this.#place;
    const { path } = this.#method;
    if (this.#isEnded) return;
    transmit({ kind: 'open', id, path });
    this.#sender.start((bytes) => transmit({ kind: 'push', id, path, bytes }));
  }

  /** An acknowledgement of the other side. */
  taken(count: number): void {
    try {
      this.#sender.taken(count);
    } catch (error) {
      if (isDfsError(error)) this.#giveUp(error);
    }
  }

  /** The stream has ended for a reason that the other side knows. */
  fail(error: DfsError): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#place.onEnd();
    this.#sender.end(error);
    this.#resolveEnded(error);
  }

  #giveUp(reason: DfsError): void {
    if (this.#isEnded) return;
    this.#place.transmit({ kind: 'cancel', id: this.#place.id });
    this.fail(reason);
  }

  #inOrder(label: string, run: () => void): void {
    this.#process.scheduler.at(this.#process, this.#process.host.name, label, this.#nextCallUs(), run);
  }

  #nextCallUs(): number {
    const { scheduler, host } = this.#process;
    this.#lastCallUs = Math.max(this.#lastCallUs, scheduler.nowUs + host.random.integer(2, 40));
    return this.#lastCallUs;
  }
}

/** The error of the other side, or the error of decoding it. */
function errorOf(bytes: Uint8Array, address: string): DfsError {
  try {
    return decodeErrorOfPeer(bytes);
  } catch (damage) {
    return toDfsError(damage, `Cannot read the error of ${address}`);
  }
}
