/** One stream over gRPC: messages there, acknowledgements back. It has no deadline: it ends when no acknowledgement comes. */
import { type Client, type ClientDuplexStream, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { DfsError, toDfsError } from '../../../shared/errors.js';
import type { Clock, RpcStream, RpcStreamMethod, RpcStreamOptions } from '../../../shared/runtime.js';
import { decodeTaken } from '../../../protocol/stream-taken.js';
import { assertMessageFits } from '../../rules/rpc-rules.js';
import { StreamSender } from '../../rules/stream-sender.js';
import { asBuffer, asIs } from './rpc-bytes.js';
import type { RpcLink } from './rpc-link.js';
import { type CallFailure, failureOf } from './rpc-status.js';

/** What a stream needs of its channel. */
export interface StreamPlace {
  /** `Stream Deliver to 10.0.0.1:7000` */
  readonly action: string;
  readonly clock: Clock;
  readonly link: RpcLink;
  /** The next stream or call must use a new connection. */
  readonly giveUpLink: () => void;
  /** The stream has ended. */
  readonly onEnd: () => void;
}

export class NodeRpcStream<In, Out> implements RpcStream<In> {
  readonly ended: Promise<DfsError>;
  readonly #method: RpcStreamMethod<In, Out>;
  readonly #place: StreamPlace;
  readonly #sender: StreamSender;
  #resolveEnded: (error: DfsError) => void = () => undefined;
  #call: ClientDuplexStream<Uint8Array, Buffer> | null = null;
  #isEnded = false;

  /** Begins the stream. */
  constructor(method: RpcStreamMethod<In, Out>, { stallMs }: RpcStreamOptions, place: StreamPlace) {
    this.#method = method;
    this.#place = place;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    const stalled = (): DfsError =>
      new DfsError('DEADLINE_EXCEEDED', `${place.action} failed: nothing was taken for ${stallMs} ms`);
    this.#sender = new StreamSender({
      clock: place.clock,
      stallMs,
      onStall: () => this.#end({ error: stalled(), isLinkSuspect: true }),
    });
    place.link.acquire();
    place.link.client.then(
      (client) => this.#begin(client),
      (error: unknown) => this.#end({ error, isLinkSuspect: true }),
    );
  }

  async send(message: In): Promise<void> {
    const bytes = this.#method.encode(message);
    assertMessageFits(`Message of ${this.#method.path}`, bytes);
    await new Promise<void>((resolve, reject) => this.#sender.send(bytes, { resolve, reject }));
  }

  close(): void {
    this.#end({ error: new DfsError('CANCELLED', `${this.#place.action} was cancelled: it was closed`), isLinkSuspect: false });
  }

  #begin(client: Client): void {
    if (this.#isEnded) return;
    const call = client.makeBidiStreamRequest(this.#method.path, asBuffer, asIs, new Metadata());
    this.#call = call;
    call.on('data', (bytes: Buffer) => this.#acknowledged(bytes));
    call.on('error', (error: ServiceError) => this.#end(failureOf(error, this.#place.action)));
    call.on('status', ({ code }) => {
      if (code !== status.OK) return;
      const error = new DfsError('UNAVAILABLE', `${this.#place.action} failed: the other side ended it`);
      this.#end({ error, isLinkSuspect: false });
    });
    this.#sender.start((bytes) => call.write(bytes));
  }

  #acknowledged(bytes: Buffer): void {
    try {
      this.#sender.taken(decodeTaken(bytes));
    } catch (error) {
      this.#end({ error, isLinkSuspect: true });
    }
  }

  #end({ error, isLinkSuspect }: CallFailure): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { action, link, giveUpLink, onEnd } = this.#place;
    const reason = toDfsError(error, `${action} failed`);
    this.#call?.cancel();
    if (isLinkSuspect) giveUpLink();
    link.release();
    onEnd();
    this.#sender.end(reason);
    this.#resolveEnded(reason);
  }
}
