/** Calls to the masters: finds the leader, retries what may be retried, and makes every mutation take effect once. */
import { NamespaceService } from '../protocol/services.js';
import { DfsError, type ErrorCode, isDfsError, toDfsError } from '../shared/errors.js';
import { retryDelayMs } from '../shared/retry.js';
import type { RpcChannel, RpcMethod, Runtime } from '../shared/runtime.js';
import { AbortGroup } from './abort-group.js';
import type { ClientConfig } from './config.js';
import { LeaseRenewal } from './lease-renewal.js';
import { type NumberedHeader, Session } from './session.js';

/** Leader hints may name masters that were not configured; more than this many different ones are ignored. */
const CHANNELS_MAX = 16;

/** After these the request may have been carried out: the answer was lost, or is still on its way. */
const AMBIGUOUS: ReadonlySet<ErrorCode> = new Set(['UNAVAILABLE', 'CONNECTION_LOST', 'DEADLINE_EXCEEDED', 'CANCELLED']);

/** Retriable, but as a new request: they are the answer to this one, and the same header would bring the same answer. */
const ANSWERS: ReadonlySet<ErrorCode> = new Set(['NOT_ENOUGH_REPLICAS', 'NO_SPACE', 'CHUNK_UNAVAILABLE', 'DATA_CORRUPT']);

export interface CallOptions {
  /** Over all attempts; the profile's masterPatienceMs when left out. */
  readonly patienceMs?: number;
  /** Gives up at once, with CANCELLED. */
  readonly signal?: AbortSignal;
}

/** After so many attempts a waiting person is told. */
const ATTEMPTS_IN_SILENCE = 4;

/** What became of the attempts at one request so far. */
interface Attempts {
  mayHaveRun: boolean;
}

export class MasterClient {
  readonly #runtime: Runtime;
  readonly #config: ClientConfig;
  readonly #channels = new Map<string, RpcChannel>();
  readonly #renewal: LeaseRenewal;
  readonly #closing = new AbortGroup();
  #current: string;
  #session: Session | null = null;
  #opening: Promise<Session> | null = null;

  /** @param config validated */
  constructor(runtime: Runtime, config: ClientConfig) {
    this.#runtime = runtime;
    this.#config = config;
    this.#current = config.masters[0] ?? '';
    this.#renewal = new LeaseRenewal(runtime, () => this.#renewSession());
  }

  /**
   * A call that changes nothing, tried until it is answered.
   * @param action for messages: `Cannot list "/a"`
   * @throws DfsError the master's answer, or why no master could be reached within the patience
   */
  call<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: RequestIn,
    action: string,
    options: CallOptions = {},
  ): Promise<ResponseOut> {
    return this.#persist(method, request, action, options, { mayHaveRun: false });
  }

  /**
   * A mutation: numbered within the session, which is opened when needed, and sent with the same number until it is answered, so
   * that it takes effect once.
   * @throws DfsError the master's answer; OUTCOME_UNKNOWN when it may have taken effect but no answer came
   */
  async mutate<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: (header: NumberedHeader) => RequestIn,
    action: string,
    options: CallOptions = {},
  ): Promise<ResponseOut> {
    for (let sessions = 1; ; sessions++) {
      const session = await this.#currentSession(action);
      const header = await session.begin();
      const attempts: Attempts = { mayHaveRun: false };
      try {
        return await this.#persist(method, request(header), action, options, attempts);
      } catch (error) {
        const failure = toDfsError(error, action);
        if (failure.code === 'SESSION_EXPIRED') {
          if (this.#session === session) this.#session = null;
          // Refused on the only attempt, it cannot have run: a new session may carry it.
          if (!attempts.mayHaveRun && sessions === 1) continue;
        }
        if (attempts.mayHaveRun && (failure.code === 'SESSION_EXPIRED' || isTransient(failure))) {
          throw new DfsError(
            'OUTCOME_UNKNOWN',
            `${action}: it may or may not have taken effect, the answer was lost (${failure.message})`,
            { cause: failure },
          );
        }
        throw failure;
      } finally {
        session.end(header.sequence);
      }
    }
  }

  /**
   * Keeps the session, and with it the leases of files being written, alive until the returned function is called.
   */
  holdLeases(): () => void {
    return this.#renewal.hold();
  }

  /** Ends the session (its unfinished files are abandoned) and cuts everything under way with CANCELLED. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#closing.aborted) return;
    this.#renewal.stop();
    this.#closing.abort();
    const session = this.#session;
    this.#session = null;
    if (session !== null) await this.#closeSession(session);
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  /** One attempt: the session would expire by itself. */
  async #closeSession(session: Session): Promise<void> {
    const request = { clusterId: session.clusterId, sessionId: session.sessionId };
    try {
      await this.#channel(this.#current).call(NamespaceService.CloseSession, request, {
        deadlineMs: this.#config.timings.rpcDeadlineMs,
      });
    } catch (error) {
      this.#runtime.log.debug('The session could not be closed; it expires by itself', { reason: String(error) });
    }
  }

  async #currentSession(action: string): Promise<Session> {
    if (this.#session !== null) return this.#session;
    this.#opening ??= this.#openSession().finally(() => {
      this.#opening = null;
    });
    try {
      return await this.#opening;
    } catch (error) {
      const failure = toDfsError(error, 'Cannot open a session');
      throw new DfsError(failure.code, `${action}: ${failure.message}`, { cause: failure, retriable: failure.retriable });
    }
  }

  async #openSession(): Promise<Session> {
    const request = { clientName: this.#config.clientName };
    const session = new Session(await this.call(NamespaceService.OpenSession, request, 'Cannot open a session'));
    this.#session = session;
    this.#renewal.intervalMs = session.renewIntervalMs;
    return session;
  }

  async #renewSession(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    const request = { clusterId: session.clusterId, sessionId: session.sessionId };
    const patienceMs = Math.min(session.renewIntervalMs, this.#config.timings.masterPatienceMs);
    try {
      await this.call(NamespaceService.RenewSession, request, 'Cannot renew the session', { patienceMs });
    } catch (error) {
      if (isDfsError(error, 'SESSION_EXPIRED') && this.#session === session) this.#session = null;
      throw error;
    }
  }

  /** Attempt after attempt, until an answer comes or the patience ends. */
  async #persist<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: RequestIn,
    action: string,
    options: CallOptions,
    attempts: Attempts,
  ): Promise<ResponseOut> {
    const { clock, random } = this.#runtime;
    const { timings } = this.#config;
    const patienceMs = options.patienceMs ?? timings.masterPatienceMs;
    const giveUpAtMs = clock.nowMs() + patienceMs;
    const deadlineMs = Math.min(timings.rpcDeadlineMs, patienceMs);
    const { signal, release } = this.#closing.open(options.signal);
    try {
      for (let attempt = 1; ; attempt++) {
        if (signal.aborted) throw new DfsError('CANCELLED', `${action}: ${this.#cancelReason(options)}`);
        const address = this.#current;
        try {
          return await this.#channel(address).call(method, request, { deadlineMs, signal });
        } catch (error) {
          const failure = toDfsError(error, action);
          attempts.mayHaveRun ||= AMBIGUOUS.has(failure.code);
          if (!isTransient(failure)) throw failure;
          this.#moveOn(address, failure);
          const delayMs = retryDelayMs(attempt, { initialMs: timings.retryInitialMs, maxMs: timings.retryMaxMs }, random);
          if (clock.nowMs() + delayMs >= giveUpAtMs) throw this.#givenUp(action, patienceMs, failure);
          if (attempt === ATTEMPTS_IN_SILENCE) this.#runtime.log.warn(`${action} yet: still trying`, { reason: failure.message });
          await clock.sleep(delayMs, signal);
        }
      }
    } finally {
      release();
    }
  }

  #givenUp(action: string, patienceMs: number, failure: DfsError): DfsError {
    const masters = this.#config.masters.join(', ');
    const text = `${action}: no answer from a leading master (${masters}) within ${patienceMs} ms; the last attempt: ${failure.message}`;
    return new DfsError(failure.code, text, { cause: failure, retriable: failure.retriable });
  }

  #cancelReason(options: CallOptions): string {
    return options.signal?.aborted === true ? 'given up by the caller' : 'the client is closed';
  }

  /** Chooses whom to ask next, unless another call has already moved on from this address. */
  #moveOn(from: string, failure: DfsError): void {
    if (this.#current !== from) return;
    const hint = failure.leaderHint;
    if (hint !== undefined && hint !== from && (this.#channels.has(hint) || this.#channels.size < CHANNELS_MAX)) {
      this.#current = hint;
      return;
    }
    if (failure.code === 'SAFE_MODE' || failure.code === 'RESOURCE_EXHAUSTED') return;
    const { masters } = this.#config;
    this.#current = masters[(masters.indexOf(from) + 1) % masters.length] ?? from;
  }

  #channel(address: string): RpcChannel {
    let channel = this.#channels.get(address);
    if (channel === undefined) {
      channel = this.#runtime.rpc.connect(address);
      this.#channels.set(address, channel);
    }
    return channel;
  }
}

/** Sending the very same request again, later or to another master, can bring an answer. */
function isTransient(failure: DfsError): boolean {
  return failure.retriable && !ANSWERS.has(failure.code);
}
