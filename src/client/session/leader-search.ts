/**
 * One request, brought to the leading master: asks one master after the other until one answers.
 *
 *   ask the first ──NOT_LEADER with a hint──▶ ask the named master, at once
 *        ├──NOT_LEADER, refused, lost───────▶ ask the next, at once
 *        ├──no answer for a while───────────▶ ask the next too; the first answer counts
 *        └──SAFE_MODE, RESOURCE_EXHAUSTED, …▶ this is the leader: pause, and ask again
 *   all asked ──▶ pause, shorter than an election takes, and ask all again
 *
 * In one round each master is asked once, so masters that name each other do not make it a busy loop. A master that is silent is not
 * given up: it may be a leader that is slow, and what it has begun need not be begun again. But the search does not wait for it alone.
 */
import { DfsError, type ErrorCode, toDfsError } from '../../shared/errors.js';
import { ELECTION_TICKS, HEARTBEAT_TICKS, type Timings } from '../../shared/profile.js';
import { retryDelayMs } from '../../shared/retry.js';
import type { Runtime } from '../../shared/runtime.js';
import type { KnownMasters } from './known-masters.js';

/** Codes after which the request may have been carried out: the answer was lost, or is still in transit. */
const AMBIGUOUS: ReadonlySet<ErrorCode> = new Set(['UNAVAILABLE', 'CONNECTION_LOST', 'DEADLINE_EXCEEDED', 'CANCELLED']);

/** Codes that are retriable only as a new request: they answer this request, and the same header would get the same answer. */
const ANSWERS: ReadonlySet<ErrorCode> = new Set(['NOT_ENOUGH_REPLICAS', 'NO_SPACE', 'CHUNK_UNAVAILABLE', 'DATA_CORRUPT']);

/** Codes with which a leader refuses for the moment. */
const LATER: ReadonlySet<ErrorCode> = new Set(['SAFE_MODE', 'RESOURCE_EXHAUSTED']);

/** The refusals of a master that cannot serve this client, while another one can. */
const UNFIT: ReadonlySet<ErrorCode> = new Set(['UNIMPLEMENTED', 'NOT_INITIALIZED', 'FOREIGN_CLUSTER', 'LOG_DAMAGED']);

/** Ticks without an answer after which other masters are asked too: by then followers begin to detect a dead leader. */
const SILENCE_TICKS = ELECTION_TICKS;
/** The longest pause between rounds while there is no leader: short beside an election, so that a new leader is found soon. */
const ROUND_PAUSE_TICKS = 2 * HEARTBEAT_TICKS;
/** Elections that may fail before the search is logged, for a waiting person. */
const ELECTIONS_IN_SILENCE = 2;
/** Length of a master's message within an error. */
const WORDS_CHARS_MAX = 300;

export interface SearchParts {
  readonly runtime: Pick<Runtime, 'clock' | 'random' | 'log'>;
  readonly masters: KnownMasters;
  readonly timings: Timings;
}

export interface Question<Answer> {
  /** The action, for messages: `Cannot list "/a"`. */
  readonly action: string;
  /** No attempt begins after this time, ms from now. An attempt under way can last for rpcDeadlineMs more. */
  readonly patienceMs: number;
  /** Ends the search with CANCELLED, for this reason. */
  readonly signal: AbortSignal;
  readonly cancelReason: () => string;
  /** Codes beside those of LATER with which a leader refuses this request for the moment, before anything of it is done. */
  readonly laterCodes: readonly ErrorCode[];
  /** One attempt. */
  readonly ask: (address: string, deadlineMs: number) => Promise<Answer>;
}

type Outcome<Answer> =
  | { readonly address: string; readonly kind: 'answer'; readonly answer: Answer }
  | { readonly address: string; readonly kind: 'failure'; readonly failure: DfsError };

/** Returns whether sending the same request again, later or to another master, can succeed. */
export function isTransient(failure: DfsError): boolean {
  return failure.retriable && !ANSWERS.has(failure.code);
}

export class LeaderSearch<Answer> {
  /** True when an unanswered attempt may have been carried out. */
  mayHaveRun = false;
  readonly #parts: SearchParts;
  readonly #question: Question<Answer>;
  readonly #startedMs: number;
  /** Masters asked in this round. */
  readonly #asked = new Set<string>();
  /** Masters asked in this or an earlier round that have not answered yet. */
  readonly #pending = new Set<string>();
  /** The last failure of each master. */
  readonly #words = new Map<string, DfsError>();
  readonly #outcomes: Outcome<Answer>[] = [];
  #wake: () => void = () => undefined;
  /** The leader, as a master named it in this round. */
  #hint: string | null = null;
  /** Number of consecutive rounds without a leader. */
  #rounds = 0;
  /** Number of consecutive refusals of a busy leader. */
  #refusals = 0;
  /** Start time of the next round; null during a round. */
  #nextRoundAtMs: number | null = null;
  #isReported = false;

  constructor(parts: SearchParts, question: Question<Answer>) {
    this.#parts = parts;
    this.#question = question;
    this.#startedMs = parts.runtime.clock.nowMs();
  }

  /** Whether attempts are still under way when `run` has ended. */
  get isAnyPending(): boolean {
    return this.#pending.size > 0;
  }

  /**
   * Resolves with the first answer. To be called once.
   * @throws DfsError the leader's error; or the failures of all masters, when the time limit has passed; CANCELLED
   */
  async run(): Promise<Answer> {
    for (;;) {
      this.#throwIfCancelled();
      const address = this.#next();
      if (address !== null) this.#ask(address);
      else if (this.#nextRoundAtMs === null) this.#endRound();
      const outcome = await this.#wait(address);
      if (outcome?.kind === 'answer') {
        this.#pending.delete(outcome.address);
        this.#parts.masters.reached();
        this.#parts.masters.spoke(outcome.address);
        this.#parts.masters.leads(outcome.address);
        return outcome.answer;
      }
      if (outcome !== null) this.#heed(outcome.address, outcome.failure);
      else if (address !== null && !this.#question.signal.aborted) this.#parts.masters.fellSilent(address);
    }
  }

  /** The next master to ask; null when all were asked. Begins the next round when it is due. */
  #next(): string | null {
    const { runtime, masters } = this.#parts;
    const nowMs = runtime.clock.nowMs();
    if (nowMs >= this.#giveUpAtMs()) {
      if (this.#pending.size === 0) throw this.#givenUp();
      return null;
    }
    if (this.#nextRoundAtMs !== null && nowMs >= this.#nextRoundAtMs) {
      this.#nextRoundAtMs = null;
      this.#asked.clear();
    }
    const isFree = (address: string): boolean => !this.#asked.has(address) && !this.#pending.has(address);
    const hint = this.#hint;
    if (hint !== null && isFree(hint)) return hint;
    return this.#nextRoundAtMs === null ? (masters.inOrder().find(isFree) ?? null) : null;
  }

  #ask(address: string): void {
    const { timings } = this.#parts;
    this.#asked.add(address);
    this.#pending.add(address);
    const end = (outcome: Outcome<Answer>): void => {
      this.#outcomes.push(outcome);
      this.#wake();
    };
    this.#question.ask(address, Math.min(timings.rpcDeadlineMs, this.#question.patienceMs)).then(
      (answer) => end({ address, kind: 'answer', answer }),
      (error: unknown) => end({ address, kind: 'failure', failure: toDfsError(error, this.#question.action) }),
    );
  }

  /** The next outcome; null when it is time to ask another master. @param asked the master that was asked just now */
  async #wait(asked: string | null): Promise<Outcome<Answer> | null> {
    const { clock } = this.#parts.runtime;
    if (this.#outcomes.length === 0) {
      const { signal } = this.#question;
      const untilMs = this.#waitUntilMs(asked);
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          timer?.cancel();
          signal.removeEventListener('abort', wake);
          this.#wake = () => undefined;
          resolve();
        };
        const timer = untilMs === null ? null : clock.setTimer(Math.max(0, untilMs - clock.nowMs()), wake);
        signal.addEventListener('abort', wake);
        this.#wake = wake;
      });
    }
    return this.#outcomes.shift() ?? null;
  }

  /** Null: wait for an outcome only. */
  #waitUntilMs(asked: string | null): number | null {
    const { runtime, masters, timings } = this.#parts;
    // All masters were asked, and each attempt has its deadline.
    if (this.#pending.size >= masters.size || runtime.clock.nowMs() >= this.#giveUpAtMs()) return null;
    return asked === null ? this.#nextRoundAtMs : runtime.clock.nowMs() + SILENCE_TICKS * timings.raftTickMs;
  }

  /** Processes a failed attempt. @throws DfsError the failure, when it is the answer to the request */
  #heed(address: string, failure: DfsError): void {
    const { masters } = this.#parts;
    this.#pending.delete(address);
    this.#words.set(address, failure);
    this.mayHaveRun ||= AMBIGUOUS.has(failure.code);
    if (!AMBIGUOUS.has(failure.code)) masters.reached();
    this.#throwIfCancelled();
    if (failure.code === 'DEADLINE_EXCEEDED') masters.fellSilent(address);
    else masters.spoke(address);
    const isUnfit = UNFIT.has(failure.code) && masters.size > 1;
    const isLater = this.#isLater(failure);
    if (!isTransient(failure) && !isUnfit && !isLater) {
      masters.leads(address);
      // Other masters were asked too, and may carry out the request that this master refused.
      this.mayHaveRun ||= this.#pending.size > 0;
      throw failure;
    }
    if (isLater) {
      masters.leads(address);
      this.#pause(++this.#refusals, this.#parts.timings.retryInitialMs, this.#parts.timings.retryMaxMs);
      return;
    }
    this.#refusals = 0;
    const { leaderHint } = failure;
    const hint = leaderHint !== undefined && leaderHint !== address && masters.learn(leaderHint) ? leaderHint : undefined;
    if (hint !== undefined) this.#hint = hint;
    masters.moveOn(address, hint);
  }

  /** Ends a round in which no master leads. */
  #endRound(): void {
    const { masters, timings } = this.#parts;
    const unfit = masters.inOrder().flatMap((address) => this.#words.get(address) ?? []);
    const [first] = unfit;
    if (first !== undefined && unfit.length === masters.size && unfit.every(({ code }) => UNFIT.has(code))) throw first;
    const roundPauseMs = ROUND_PAUSE_TICKS * timings.raftTickMs;
    const silenceMs = SILENCE_TICKS * timings.raftTickMs;
    // The pending master leads, as the others report, and is slow. Frequent calls to the others would not help.
    const isLeaderSlow = this.#hint !== null && this.#pending.has(this.#hint);
    this.#rounds++;
    if (isLeaderSlow) this.#pause(this.#rounds, silenceMs, Math.max(silenceMs, timings.retryMaxMs));
    else this.#pause(this.#rounds, Math.min(timings.retryInitialMs, roundPauseMs), roundPauseMs);
  }

  #pause(attempt: number, initialMs: number, maxMs: number): void {
    const { clock, random } = this.#parts.runtime;
    const nextMs = clock.nowMs() + retryDelayMs(attempt, { initialMs, maxMs }, random);
    // A round that would begin too late is not started.
    if (nextMs >= this.#giveUpAtMs() && this.#pending.size === 0) throw this.#givenUp();
    this.#nextRoundAtMs = nextMs;
    this.#hint = null;
    this.#tell();
  }

  #tell(): void {
    const { runtime, timings } = this.#parts;
    const patienceMs = ELECTIONS_IN_SILENCE * 2 * ELECTION_TICKS * timings.raftTickMs;
    if (this.#isReported || runtime.clock.nowMs() - this.#startedMs < patienceMs) return;
    this.#isReported = true;
    runtime.log.warn(`${this.#question.action} yet: still trying`, { reason: this.#saidLast() });
  }

  #isLater({ code, retriable }: DfsError): boolean {
    return LATER.has(code) || (retriable && this.#question.laterCodes.includes(code));
  }

  #giveUpAtMs(): number {
    return this.#startedMs + this.#question.patienceMs;
  }

  #givenUp(): DfsError {
    const failures = [...this.#words.values()];
    const later = failures.find((failure) => this.#isLater(failure));
    const telling = later ?? failures.find(({ code }) => code === 'NOT_LEADER') ?? failures.at(-1);
    const advice = later === undefined ? '. A majority of the masters must be up and reach one another' : '';
    const text = `${this.#question.action}: no leader could carry it out within ${this.#question.patienceMs} ms. ${this.#saidLast()}${advice}`;
    return new DfsError(telling?.code ?? 'DEADLINE_EXCEEDED', text, { cause: telling, retriable: telling?.retriable ?? true });
  }

  /** The masters asked, each with its last failure. */
  #saidLast(): string {
    const said = Array.from(this.#words, ([address, { code, message }]) => {
      return `${address}: ${code} (${message.slice(0, WORDS_CHARS_MAX)})`;
    });
    for (const address of this.#pending) if (!this.#words.has(address)) said.push(`${address}: no answer yet`);
    return said.join('; ');
  }

  #throwIfCancelled(): void {
    if (this.#question.signal.aborted) {
      // What is under way may be carried out after the caller has gone.
      this.mayHaveRun ||= this.#pending.size > 0;
      throw new DfsError('CANCELLED', `${this.#question.action}: ${this.#question.cancelReason()}`);
    }
  }
}
