/** Calls to the masters: finds the leader, retries retriable calls, and ensures that every mutation takes effect once. */
import { NamespaceService } from '../../protocol/services.js';
import { DfsError, type ErrorCode, isDfsError, toDfsError } from '../../shared/errors.js';
import { ELECTION_TICKS } from '../../shared/profile.js';
import type { RpcMethod, Runtime } from '../../shared/runtime.js';
import { AbortGroup } from './abort-group.js';
import type { ClientConfig } from './config.js';
import { KnownMasters } from './known-masters.js';
import { isTransient, LeaderSearch, type SearchParts } from './leader-search.js';
import { LeaseRenewal } from './lease-renewal.js';
import { ClientSession, type NumberedHeader } from './client-session.js';
import { SessionWatch } from './session-watch.js';
import { untilAborted } from './until-aborted.js';

export interface CallOptions {
  /** Over all attempts. Default: the profile's masterPatienceMs. */
  readonly patienceMs?: number;
  /** Ends the call at once: with CANCELLED, or a mutation that was under way with OUTCOME_UNKNOWN. */
  readonly signal?: AbortSignal;
  /**
   * Retriable codes with which the leader refuses this request before anything of it is done: it is asked again, with the same
   * header. Default: none beside SAFE_MODE and RESOURCE_EXHAUSTED.
   */
  readonly laterCodes?: readonly ErrorCode[];
}

/** How long the end of a session may wait for a leader, in units of the longest election timeout. */
const ELECTIONS_AT_CLOSE = 2;

/** Failures that are not retriable and say nothing of the attempts before them. */
const UNSETTLED: ReadonlySet<ErrorCode> = new Set(['SESSION_EXPIRED', 'CANCELLED']);

/** The outcome of the attempts at one request. */
interface Attempts {
  /** True when an unanswered attempt may have been carried out. */
  mayHaveRun: boolean;
}

/** Whether the last failure of a mutation settles the attempts before it, of which one may have been carried out. */
function isAnswer(failure: DfsError, { laterCodes = [] }: CallOptions): boolean {
  // NO_SPACE that is not retriable: of the master itself, which refuses before anything of it is done.
  const isMasterFull = failure.code === 'NO_SPACE' && !failure.retriable;
  return !(UNSETTLED.has(failure.code) || isTransient(failure) || isMasterFull || laterCodes.includes(failure.code));
}

function unknownOutcome(action: string, failure: DfsError): DfsError {
  const reason = failure.code === 'CANCELLED' ? 'its answer was not awaited' : 'the answer was lost';
  return new DfsError('OUTCOME_UNKNOWN', `${action}: it may or may not have taken effect, ${reason} (${failure.message})`, {
    cause: failure,
  });
}

export class MasterClient {
  readonly #runtime: Runtime;
  readonly #config: ClientConfig;
  readonly #masters: KnownMasters;
  readonly #search: SearchParts;
  readonly #renewal: LeaseRenewal;
  readonly #watch: SessionWatch;
  readonly #closing = new AbortGroup();
  #session: ClientSession | null = null;
  #opening: Promise<ClientSession> | null = null;

  /** @param config validated */
  constructor(runtime: Runtime, config: ClientConfig) {
    this.#runtime = runtime;
    this.#config = config;
    this.#masters = new KnownMasters(runtime.rpc, config.masters);
    this.#search = { runtime, masters: this.#masters, timings: config.timings };
    this.#renewal = new LeaseRenewal(runtime, () => this.#renewSession());
    this.#watch = new SessionWatch(runtime, config.timings, {
      hold: (signal) => this.#holdSession(signal),
      renew: () => this.#renewSession(),
      hasSession: () => this.#session !== null,
    });
  }

  /** True once a master has answered anything, if only that it does not lead. */
  get isReached(): boolean {
    return this.#masters.isReached;
  }

  /**
   * A read-only call, retried until it is answered.
   * @param action for messages: `Cannot list "/a"`
   * @throws DfsError the master's answer, or the reason why no master could be reached within the time limit
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
   * A mutation, numbered within the session, which is opened when needed. Every retry has the same number, so that the mutation
   * takes effect once.
   * @throws DfsError the master's answer; OUTCOME_UNKNOWN when the mutation may have taken effect but no answer arrived, also because
   *   the signal fired or the client was closed meanwhile
   */
  async mutate<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: (header: NumberedHeader) => RequestIn,
    action: string,
    options: CallOptions = {},
  ): Promise<ResponseOut> {
    for (let sessions = 1; ; sessions++) {
      const session = await this.#currentSession(action, options.signal);
      const header = await session.begin();
      const attempts: Attempts = { mayHaveRun: false };
      try {
        return await this.#persist(method, request(header), action, options, attempts);
      } catch (error) {
        const failure = toDfsError(error, action);
        if (failure.code === 'SESSION_EXPIRED') {
          if (this.#session === session) this.#session = null;
          // A mutation that was refused on its only attempt cannot have run: it can be sent in a new session.
          if (!attempts.mayHaveRun && sessions === 1) continue;
        }
        throw attempts.mayHaveRun && !isAnswer(failure, options) ? unknownOutcome(action, failure) : failure;
      } finally {
        session.end(header.sequence);
      }
    }
  }

  /**
   * Keeps the session, and with it the leases of files being written, alive until the returned function is called.
   */
  holdLeases(): () => void {
    const releases = [this.#renewal.hold(), this.#watch.hold()];
    return () => {
      for (const release of releases) release();
    };
  }

  /** Ends the session (its unfinished files are abandoned) and rejects all calls under way with CANCELLED. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#closing.aborted) return;
    this.#renewal.stop();
    this.#watch.stop();
    this.#closing.abort();
    const session = this.#session;
    this.#session = null;
    if (session !== null) await this.#closeSession(session);
    this.#masters.close();
  }

  /** Not for long: the session would expire by itself. */
  async #closeSession(session: ClientSession): Promise<void> {
    const request = { clusterId: session.clusterId, sessionId: session.sessionId };
    const { raftTickMs, rpcDeadlineMs } = this.#config.timings;
    const options = { patienceMs: Math.min(ELECTIONS_AT_CLOSE * 2 * ELECTION_TICKS * raftTickMs, rpcDeadlineMs) };
    // All other calls were cancelled; only this call continues.
    const alone = new AbortGroup();
    try {
      await this.#persist(
        NamespaceService.CloseSession,
        request,
        'Cannot close the session',
        options,
        { mayHaveRun: false },
        alone,
      );
    } catch (error) {
      this.#runtime.log.debug('The session could not be closed; it expires by itself', { reason: String(error) });
    }
  }

  async #currentSession(action: string, signal: AbortSignal | undefined): Promise<ClientSession> {
    if (this.#session !== null) return this.#session;
    this.#opening ??= this.#openSession().finally(() => {
      this.#opening = null;
    });
    try {
      return await untilAborted(this.#opening, signal, 'Cannot open a session');
    } catch (error) {
      const failure = toDfsError(error, 'Cannot open a session');
      throw new DfsError(failure.code, `${action}: ${failure.message}`, { cause: failure, retriable: failure.retriable });
    }
  }

  async #openSession(): Promise<ClientSession> {
    const request = { clientName: this.#config.clientName };
    const session = new ClientSession(await this.call(NamespaceService.OpenSession, request, 'Cannot open a session'));
    this.#session = session;
    this.#renewal.intervalMs = session.renewIntervalMs;
    this.#watch.begin();
    return session;
  }

  /** At the presumed leader alone: a master that answers late on purpose is not a silent one. */
  async #holdSession(signal: AbortSignal): Promise<void> {
    const session = this.#session;
    const [leader] = this.#masters.inOrder();
    if (session === null || leader === undefined) return;
    const request = { clusterId: session.clusterId, sessionId: session.sessionId };
    const deadlineMs = session.renewIntervalMs + this.#config.timings.rpcDeadlineMs;
    await this.#masters.ask(leader, NamespaceService.HoldSession, request, { deadlineMs, signal });
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

  /**
   * Asks the masters until an answer comes or the patience ends.
   * @param attempts for the message, when it fails
   */
  async #persist<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: RequestIn,
    action: string,
    options: CallOptions,
    attempts: Attempts,
    group: AbortGroup = this.#closing,
  ): Promise<ResponseOut> {
    const { signal, abort, release } = group.open(options.signal);
    const search = new LeaderSearch<ResponseOut>(this.#search, {
      action,
      patienceMs: options.patienceMs ?? this.#config.timings.masterPatienceMs,
      signal,
      laterCodes: options.laterCodes ?? [],
      cancelReason: () => (options.signal?.aborted === true ? 'cancelled by the caller' : 'the client is closed'),
      ask: (address, deadlineMs) => this.#masters.ask(address, method, request, { deadlineMs, signal }),
    });
    try {
      return await search.run();
    } catch (error) {
      attempts.mayHaveRun ||= search.mayHaveRun;
      throw error;
    } finally {
      release();
      if (search.isAnyPending) abort();
    }
  }
}
