/**
 * One gRPC connection, which is never reopened after it has closed.
 *
 *   connecting ──► open ──► closed        a new connection is a new link
 *
 * grpc-js reconnects automatically, after 1 to 120 s, and has neither a timeout for TCP, CONNECT and the HTTP/2 handshake nor a way
 * to end such an attempt. Therefore a link first dials with a timeout, and lets grpc-js connect only to an address that answered.
 * The link performs the CONNECT itself, on the socket made by grpc-js, and can thus destroy the socket at any stage.
 */
import type { Socket } from 'node:net';
import { CallCredentials, ChannelCredentials, Client, connectivityState } from '@grpc/grpc-js';
import { type Address, formatAddress } from '../../../shared/address.js';
import { DfsError } from '../../../shared/errors.js';
import { RPC_MESSAGE_BYTES_MAX } from '../../../shared/limits.js';
import { dialSocket } from '../net/dial-socket.js';
import { openTunnel, type Proxy } from '../net/http-connect.js';

const CLIENT_OPTIONS = {
  // This runtime handles proxies: grpc-js must not use a proxy from the environment.
  'grpc.enable_http_proxy': 0,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.max_receive_message_length': RPC_MESSAGE_BYTES_MAX,
  'grpc.max_send_message_length': RPC_MESSAGE_BYTES_MAX,
  // The keepalive detects a peer that froze or vanished during a long call.
  'grpc.keepalive_time_ms': 5_000,
  'grpc.keepalive_timeout_ms': 3_000,
  // The callers decide about retries.
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_channelz': 0,
};

type SecureConnector = ReturnType<ChannelCredentials['_createSecureConnector']>;

/** Plain text, through the tunnel of a proxy if configured. grpc-js calls the credentials to prepare a new connection. */
class LinkCredentials extends ChannelCredentials {
  readonly #target: string;
  readonly #proxy: Proxy | null;
  #socket: Socket | null = null;
  #closed = false;

  constructor(target: string, proxy: Proxy | null) {
    super();
    this.#target = target;
    this.#proxy = proxy;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  override _isSecure(): boolean {
    return false;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(): SecureConnector {
    return {
      connect: (socket) => this.#connect(socket),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => CallCredentials.createEmpty(),
      destroy: () => undefined,
    };
  }

  async #connect(socket: Socket): ReturnType<SecureConnector['connect']> {
    if (this.#closed || this.#socket !== null) throw new DfsError('UNAVAILABLE', `Connection with ${this.#target} is closed`);
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#closed = true;
    });
    if (this.#proxy !== null) await openTunnel(socket, this.#target, this.#proxy);
    return { socket, secure: false };
  }
}

export class RpcLink {
  /** Resolves when the address (or the proxy) accepts a connection; rejects with UNAVAILABLE. */
  readonly client: Promise<Client>;
  readonly #credentials: LinkCredentials;
  readonly #dialing = new AbortController();
  #client: Client | null = null;
  #wasReady = false;
  #isRetired = false;
  #users = 0;

  /** Begins to connect. */
  constructor(address: Address, proxy: Proxy | null, connectTimeoutMs: number) {
    this.#credentials = new LinkCredentials(formatAddress(address), proxy);
    this.client = this.#open(address, proxy ?? address, connectTimeoutMs);
    // The callers receive the failure; without a remaining caller the promise has no handler.
    this.client.catch(() => undefined);
  }

  /** False when a new call should use a new link. */
  get isUsable(): boolean {
    if (this.#isRetired || this.#credentials.isClosed) return false;
    const isReady = this.#client?.getChannel().getConnectivityState(false) === connectivityState.READY;
    // The connection is no longer ready: the other side announced its end (GOAWAY).
    if (this.#wasReady && !isReady) return false;
    this.#wasReady = isReady;
    return true;
  }

  /** Counts a new call; each call needs a `release`. */
  acquire(): void {
    this.#users++;
  }

  release(): void {
    this.#users--;
    this.#closeWhenUnused();
  }

  /** Refuses new calls; closes when the last call under way has ended. */
  retire(): void {
    this.#isRetired = true;
    this.#closeWhenUnused();
  }

  #closeWhenUnused(): void {
    if (!this.#isRetired || this.#users > 0) return;
    this.#dialing.abort();
    this.#client?.close();
    this.#credentials.close();
  }

  async #open(address: Address, hop: Address, connectTimeoutMs: number): Promise<Client> {
    const socket = await dialSocket(hop, null, { timeoutMs: connectTimeoutMs, signal: this.#dialing.signal });
    const { remoteAddress, remoteFamily } = socket;
    socket.destroy();
    if (this.#dialing.signal.aborted || remoteAddress === undefined) {
      throw new DfsError('UNAVAILABLE', `Connection with ${formatAddress(address)} was lost as soon as it was made`);
    }
    const scheme = remoteFamily === 'IPv6' ? 'ipv6' : 'ipv4';
    const target = `${scheme}:${formatAddress({ host: remoteAddress, port: hop.port })}`;
    this.#client = new Client(target, this.#credentials, {
      ...CLIENT_OPTIONS,
      'grpc.default_authority': formatAddress(address),
    });
    return this.#client;
  }
}
