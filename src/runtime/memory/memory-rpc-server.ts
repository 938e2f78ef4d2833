/** RpcServer of the simulated runtime: runs handlers on real encoded bytes, and signals them when their caller has gone. */
import { DfsError, toDfsError } from '../../shared/errors.js';
import type { RpcBinding, RpcContext, RpcServer } from '../../shared/runtime.js';
import { encodeError } from '../../protocol/error-detail.js';
import { assertMessageFits, bindingsByPath } from '../rules/rpc-rules.js';
import { StreamReceiver } from '../rules/stream-receiver.js';
import { createMemoryClock } from './memory-clock.js';
import type { Endpoint, EndpointHandler, Message } from './connection.js';
import type { BoundPort, Network } from './network.js';
import type { Operation, SimProcess } from './sim-process.js';

type CallMessage = Extract<Message, { kind: 'call' }>;
type OpenMessage = Extract<Message, { kind: 'open' }>;

/** A server starts a call some time after its arrival, so that calls of one connection can overtake each other. */
const DISPATCH_LATENCY_US = { min: 5, max: 300 };

export class MemoryRpcServer implements RpcServer {
  readonly process: SimProcess;
  readonly #bindings: ReadonlyMap<string, RpcBinding>;
  readonly #port: BoundPort;
  readonly #connections = new Set<ServerConnection>();
  #isStopping = false;
  /** A `stop` that waits for calls to end. */
  #onIdle: (() => void) | null = null;
  #stopped: Promise<void> | null = null;

  /** @throws DfsError as Network.listen and bindingsByPath */
  constructor(network: Network, process: SimProcess, listen: string, bindings: readonly RpcBinding[]) {
    this.process = process;
    this.#bindings = bindingsByPath(bindings);
    this.#port = network.listen(process, listen, (endpoint) => {
      this.#connections.add(new ServerConnection(this, endpoint));
    });
  }

  get address(): string {
    return this.#port.address;
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.process.operate(`rpc.stop ${this.address}`, (operation) => this.#stop(graceMs, operation));
    return this.#stopped;
  }

  /** The binding of a call, or of a stream. @throws DfsError UNAVAILABLE, UNIMPLEMENTED */
  bindingOf(path: string, isStream: boolean): RpcBinding {
    if (this.#isStopping) throw new DfsError('UNAVAILABLE', `The server at ${this.address} is stopping`);
    const binding = this.#bindings.get(path);
    if (binding === undefined || (binding.isStream === true) !== isStream)
      throw new DfsError('UNIMPLEMENTED', `The server at ${this.address} has no method ${path}`);
    return binding;
  }

  forget(connection: ServerConnection): void {
    this.#connections.delete(connection);
    this.callEnded();
  }

  callEnded(): void {
    if ([...this.#connections].every((connection) => connection.callCount === 0)) this.#onIdle?.();
  }

  #stop(graceMs: number, operation: Operation<void>): void {
    this.#isStopping = true;
    this.#port.release();
    for (const connection of this.#connections) connection.endStreams();
    const finish = (): void => {
      this.process.scheduler.cancel(grace);
      this.#onIdle = null;
      for (const connection of [...this.#connections]) connection.cut();
      operation.resolve();
    };
    const grace = this.process.after(`rpc.grace ${this.address}`, graceMs * 1_000, finish);
    // Calls end while a handler runs: the stop is settled by a separate event, not within the handler.
    this.#onIdle = () => void this.process.soon(`rpc.idle ${this.address}`, finish);
    this.callEnded();
  }
}

/**
 * The context of a call for its handler. The signal is made on first access: few handlers use it, and it costs more than the call.
 */
class CallContext implements RpcContext {
  readonly peer: string;
  readonly #path: string;
  #controller: AbortController | null = null;
  #isAborted = false;

  constructor(peer: string, path: string) {
    this.peer = peer;
    this.#path = path;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#fire(this.#controller);
    }
    return this.#controller.signal;
  }

  abort(): void {
    this.#isAborted = true;
    if (this.#controller !== null) this.#fire(this.#controller);
  }

  #fire(controller: AbortController): void {
    controller.abort(new DfsError('CANCELLED', `${this.peer} cancelled its call of ${this.#path}`));
  }
}

interface OpenStream {
  readonly receiver: StreamReceiver;
  readonly context: CallContext;
}

class ServerConnection implements EndpointHandler {
  readonly #server: MemoryRpcServer;
  readonly #endpoint: Endpoint;
  /** Calls under way, which are signalled when their caller has gone. */
  readonly #calls = new Map<number, CallContext>();
  readonly #streams = new Map<number, OpenStream>();

  constructor(server: MemoryRpcServer, endpoint: Endpoint) {
    this.#server = server;
    this.#endpoint = endpoint;
    endpoint.handler = this;
  }

  get callCount(): number {
    return this.#calls.size;
  }

  onMessage(message: Message): void {
    if (message.kind === 'cancel') this.#cancelled(message.id);
    else if (message.kind === 'open') this.#open(message);
    // Messages of a stream that has ended are dropped.
    else if (message.kind === 'push') this.#streams.get(message.id)?.receiver.push(message.bytes);
    else if (message.kind === 'call') this.#call(message);
  }

  #cancelled(id: number): void {
    this.#calls.get(id)?.abort();
    const stream = this.#streams.get(id);
    stream?.receiver.stop();
    stream?.context.abort();
    this.#streams.delete(id);
  }

  #open({ id, path }: OpenMessage): void {
    const { process } = this.#server;
    const onFailure = (error: DfsError): void => {
      this.#streams.delete(id);
      this.#endpoint.send({ kind: 'failure', id, bytes: new Uint8Array(encodeError(error)) });
    };
    try {
      const context = new CallContext(this.#endpoint.peer.address, path);
      const receiver = new StreamReceiver({
        binding: this.#server.bindingOf(path, true),
        context,
        clock: createMemoryClock(process, () => 0),
        acknowledge: (count) => this.#endpoint.send({ kind: 'taken', id, count }),
        onFailure,
      });
      this.#streams.set(id, { receiver, context });
    } catch (error) {
      onFailure(toDfsError(error, `Stream of ${path}`));
    }
  }

  #call(message: CallMessage): void {
    const { process } = this.#server;
    const { min, max } = DISPATCH_LATENCY_US;
    const context = new CallContext(this.#endpoint.peer.address, message.path);
    this.#calls.set(message.id, context);
    const label = `rpc.handle ${message.path} ${context.peer} #${message.id}`;
    process.after(label, process.host.random.integer(min, max), () => void this.#handle(message, context));
  }

  onReset(): void {
    for (const id of [...this.#calls.keys(), ...this.#streams.keys()]) this.#cancelled(id);
    this.#calls.clear();
    this.#server.forget(this);
  }

  /** The server is stopping. */
  endStreams(): void {
    for (const { receiver } of [...this.#streams.values()]) receiver.end(new DfsError('UNAVAILABLE', 'The server is stopping'));
  }

  /** Breaks the connection; the signals of running handlers fire. */
  cut(): void {
    this.#endpoint.reset();
    this.onReset();
  }

  /** Never rejects: a failure becomes the answer. */
  async #handle(call: CallMessage, context: CallContext): Promise<void> {
    const { process } = this.#server;
    const { id, path } = call;
    // As with gRPC, the server knows the deadline and cancels the call itself when the cancellation cannot reach it.
    const deadline = process.after(`rpc.expired ${path} #${id}`, call.deadlineMs * 1_000, () => context.abort());
    let answer: Message;
    try {
      const response = await this.#server.bindingOf(path, false).handle(call.bytes, context);
      assertMessageFits(`Answer of ${path}`, response);
      answer = { kind: 'result', id, bytes: new Uint8Array(response) };
    } catch (error) {
      answer = { kind: 'failure', id, bytes: new Uint8Array(encodeError(toDfsError(error, `Call of ${path}`))) };
    }
    process.scheduler.cancel(deadline);
    // A handler that continued after its process died cannot answer: its side of the connection is closed.
    this.#endpoint.send(answer);
    this.#calls.delete(id);
    this.#server.callEnded();
  }
}
