/** Calls to one address. Each call ends by its deadline, independent of the network, a proxy and the other side. */
import { type Client, type ClientUnaryCall, Metadata, type ServiceError } from '@grpc/grpc-js';
import { parseAddress } from '../../../shared/address.js';
import { DfsError, isDfsError, toDfsError } from '../../../shared/errors.js';
import type {
  Clock,
  RpcCallOptions,
  RpcChannel,
  RpcMethod,
  RpcStream,
  RpcStreamMethod,
  RpcStreamOptions,
} from '../../../shared/runtime.js';
import { assertMessageFits, endedStream } from '../../rules/rpc-rules.js';
import type { Proxy } from '../net/http-connect.js';
import { asBuffer, asIs } from './rpc-bytes.js';
import { RpcLink } from './rpc-link.js';
import { type CallFailure, failureOf } from './rpc-status.js';
import { NodeRpcStream } from './rpc-stream.js';

/** Timeout of the TCP connection alone; the deadlines of the waiting calls limit the rest of connecting. */
const CONNECT_TIMEOUT_MS = 3_000;

export class NodeRpcChannel implements RpcChannel {
  readonly address: string;
  readonly #proxy: Proxy | null;
  readonly #clock: Clock;
  #link: RpcLink | null = null;
  #isClosed = false;
  /** Functions that cancel the calls and streams under way. */
  readonly #cuts = new Set<() => void>();

  /** @param address host:port; with an invalid address all calls fail */
  constructor(address: string, proxy: Proxy | null, clock: Clock) {
    this.address = address;
    this.#proxy = proxy;
    this.#clock = clock;
  }

  async call<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: RequestIn,
    options: RpcCallOptions,
  ): Promise<ResponseOut> {
    const action = `Call ${nameOf(method)} to ${this.address}`;
    try {
      const bytes = method.encodeRequest(request);
      assertMessageFits(`Request of ${method.path}`, bytes);
      if (this.#isClosed) throw new DfsError('CANCELLED', `${action} was cancelled: the channel is closed`);
      if (options.signal?.aborted === true) throw cancelled(action, options.signal);
      return method.decodeResponse(await this.#exchange(action, method.path, bytes, options));
    } catch (error) {
      throw toDfsError(error, `${action} failed`);
    }
  }

  open<In, Out>(method: RpcStreamMethod<In, Out>, options: RpcStreamOptions): RpcStream<In> {
    const action = `Stream ${nameOf(method)} to ${this.address}`;
    try {
      if (this.#isClosed) throw new DfsError('CANCELLED', `${action} was cancelled: the channel is closed`);
      const link = this.#usableLink();
      const stream = new NodeRpcStream(method, options, {
        action,
        clock: this.#clock,
        link,
        giveUpLink: () => this.#giveUp(link),
        onEnd: () => this.#cuts.delete(cut),
      });
      const cut = (): void => stream.close();
      this.#cuts.add(cut);
      return stream;
    } catch (error) {
      return endedStream(toDfsError(error, `${action} failed`));
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const cut of this.#cuts) cut();
    this.#link?.retire();
    this.#link = null;
  }

  /** Sends bytes, returns bytes. */
  #exchange(action: string, path: string, request: Uint8Array, options: RpcCallOptions): Promise<Buffer> {
    const link = this.#usableLink();
    link.acquire();
    const deadline = this.#clock.wallMs() + options.deadlineMs;
    return new Promise((resolve, reject) => {
      let call: ClientUnaryCall | null = null;
      let isSettled = false;
      const settle = (): boolean => {
        if (isSettled) return false;
        isSettled = true;
        watchdog.cancel();
        options.signal?.removeEventListener('abort', onAbort);
        this.#cuts.delete(onClose);
        return true;
      };
      const fail = ({ error, isLinkSuspect }: CallFailure): void => {
        if (!settle()) return;
        call?.cancel();
        if (isLinkSuspect) this.#giveUp(link);
        link.release();
        // The error is a DfsError, or an error thrown by grpc-js.
        reject(isDfsError(error) ? error : new DfsError('INTERNAL', `${action} failed: ${String(error)}`, { cause: error }));
      };
      const onAbort = (): void => fail({ error: cancelled(action, options.signal), isLinkSuspect: false });
      const onClose = (): void => {
        fail({ error: new DfsError('CANCELLED', `${action} was cancelled: the channel was closed`), isLinkSuspect: false });
      };
      const watchdog = this.#clock.setTimer(options.deadlineMs, () => {
        const error = new DfsError('DEADLINE_EXCEEDED', `${action} failed: no answer within ${options.deadlineMs} ms`);
        fail({ error, isLinkSuspect: true });
      });
      const onAnswer = (error: ServiceError | null, response?: Buffer): void => {
        if (error !== null) fail(failureOf(error, action));
        else if (response === undefined) fail({ error: new DfsError('INTERNAL', `${action}: no answer`), isLinkSuspect: true });
        else if (settle()) {
          link.release();
          resolve(response);
        }
      };
      const begin = (client: Client): void => {
        if (isSettled) return;
        call = client.makeUnaryRequest(path, asBuffer, asIs, request, new Metadata(), { deadline }, onAnswer);
      };
      options.signal?.addEventListener('abort', onAbort, { once: true });
      this.#cuts.add(onClose);
      link.client.then(begin).catch((error: unknown) => fail({ error, isLinkSuspect: true }));
    });
  }

  #usableLink(): RpcLink {
    if (this.#link?.isUsable === true) return this.#link;
    this.#link?.retire();
    this.#link = new RpcLink(parseAddress(this.address), this.#proxy, CONNECT_TIMEOUT_MS);
    return this.#link;
  }

  /** The next call opens a new connection; calls under way on the old link may still be answered. */
  #giveUp(link: RpcLink): void {
    link.retire();
    if (this.#link === link) this.#link = null;
  }
}

const cancelled = (action: string, signal: AbortSignal | undefined): DfsError =>
  new DfsError('CANCELLED', `${action} was cancelled`, { cause: signal?.reason });

const nameOf = ({ path }: { readonly path: string }): string => path.slice(path.lastIndexOf('/') + 1);
