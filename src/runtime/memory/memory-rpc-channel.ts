/** RpcChannel of the simulated runtime: calls are messages on one connection, which is reopened after it broke. */
import { DfsError, toDfsError } from '../../shared/errors.js';
import type { RpcCallOptions, RpcChannel, RpcMethod } from '../../shared/runtime.js';
import { decodeErrorOfPeer } from '../../protocol/error-detail.js';
import { assertMessageFits } from '../rules/rpc-rules.js';
import type { Endpoint, EndpointHandler, Message } from './connection.js';
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
  }

  onMessage(message: Message): void {
    if (message.kind !== 'result' && message.kind !== 'failure') return;
    // The answer to a cancelled call is dropped.
    const call = this.#waiting.get(message.id);
    if (message.kind === 'result') call?.answer(message.bytes);
    else call?.fail(errorOf(message.bytes, this.address));
  }

  onReset(): void {
    const what = this.#isConnected ? 'The connection broke' : 'The connection was refused';
    this.#endpoint = null;
    this.#isConnected = false;
    this.#failAll(() => new DfsError('UNAVAILABLE', `Cannot call ${this.address}: ${what.toLowerCase()}`));
  }

  /** @throws DfsError INVALID_ARGUMENT, UNAVAILABLE */
  #send(id: number): void {
    if (this.#endpoint === null) this.#endpoint = this.#network.connect(this.#process, this.address, this);
    else if (this.#isConnected) this.#endpoint.send(this.#waiting.get(id)?.request ?? { kind: 'cancel', id });
  }

  #failAll(error: () => DfsError): void {
    for (const call of [...this.#waiting.values()]) call.fail(error());
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
