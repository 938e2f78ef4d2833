/**
 * Polls all masters concurrently, so that a silent master does not delay the others, and determines the leader: among the masters
 * that report to lead, the one with the highest term. An old leader that is cut off may report to lead for a while.
 *
 *   polled ──answer──▶ current ──dies, pauses, does not answer──▶ old (kept, marked)
 */
import type { Clock } from '../../shared/runtime.js';
import { LeaderHistory } from './leader-history.js';
import type { MasterAnswer, MasterStatusView } from './master-status-view.js';
import type { ProcessFacts } from './node-state.js';
import { endsWithin } from '../../shared/ends-within.js';
import type { MemberStatus } from '../api/cluster-status.js';

/** Duration of a polling round; answers after its end are still processed. */
const ROUND_WITHIN_MS = 250;

/** A watched master. */
export interface WatchedMaster {
  readonly id: string;
  readonly facts: ProcessFacts;
}

/** The connections to the masters. */
export interface MasterSource {
  /** Rejects when there is no answer in time. */
  ask(masterId: string, deadlineMs: number): Promise<MasterAnswer>;
}

export interface GroupWatchOptions {
  readonly masters: readonly WatchedMaster[];
  readonly clock: Clock;
  /** Timeout of one request. */
  readonly deadlineMs: number;
  readonly onLeader: (masterId: string, term: number) => void;
  /** Called after each answer and each failure. */
  readonly onAnswer: () => void;
}

interface Line {
  answer: MasterAnswer | null;
  /** False when the last request was not answered. */
  isReachable: boolean;
  /** Time of the pending request. */
  askedAtMs: number | null;
}

export interface Leader {
  readonly id: string;
  readonly answer: MasterAnswer;
}

export class GroupWatch {
  readonly #options: GroupWatchOptions;
  readonly #lines: ReadonlyMap<string, Line>;
  readonly #book = new LeaderHistory();
  #source: MasterSource | null = null;
  #picture: { readonly atMs: number; readonly cluster: MasterStatusView } | null = null;

  constructor(options: GroupWatchOptions) {
    this.#options = options;
    this.#lines = new Map(options.masters.map(({ id }) => [id, { answer: null, isReachable: true, askedAtMs: null }]));
  }

  /** Sets the connections to the masters; `ask` has no effect before. */
  connect(source: MasterSource): void {
    this.#source = source;
  }

  /** The last status reported by a leader. */
  get picture(): MasterStatusView | null {
    return this.#picture?.cluster ?? null;
  }

  get leaderChanges(): number {
    return this.#book.changes;
  }

  /** The leader, according to the masters that answer. A former term has no leader: then the leader of a later term is silent. */
  get leader(): Leader | null {
    for (const { id } of this.#options.masters) {
      const answer = this.current(id);
      // A master that reports to lead was noted: no term is higher than its term.
      if (answer?.group.role === 'leader' && answer.group.term === this.#book.highestTerm) return { id, answer };
    }
    return null;
  }

  /** True when a running master answered the last request, or was not polled yet. */
  get isReachable(): boolean {
    return this.#options.masters.some(({ id, facts }) => isAwake(facts) && this.#line(id).isReachable);
  }

  /** The last answer of a master that runs and answers; null for any other master. */
  current(masterId: string): MasterAnswer | null {
    const facts = this.#options.masters.find(({ id }) => id === masterId)?.facts;
    const { answer, isReachable } = this.#line(masterId);
    if (facts === undefined || !isAwake(facts) || !isReachable || answer === null) return null;
    return facts.launchedAtMs !== null && answer.atMs >= facts.launchedAtMs ? answer : null;
  }

  /** The last answer of a master, of any age. */
  last(masterId: string): MasterAnswer | null {
    return this.#line(masterId).answer;
  }

  /** Time for which a master has owed an answer: a lab that was too busy to poll proves nothing about the master. */
  silentMs(masterId: string): number {
    const { answer, isReachable, askedAtMs } = this.#line(masterId);
    const nowMs = this.#options.clock.nowMs();
    return nowMs - (isReachable ? (askedAtMs ?? nowMs) : (answer?.atMs ?? nowMs));
  }

  /** A master's role in the group, as text. */
  memberStatus(masterId: string): MemberStatus {
    const last = this.last(masterId)?.group;
    const leader = this.leader;
    const appliedIndex = last?.appliedIndex ?? 0;
    return {
      role: this.current(masterId)?.group.role ?? null,
      term: last?.term ?? 0,
      commitIndex: last?.commitIndex ?? 0,
      appliedIndex,
      lag: leader === null ? null : Math.max(0, leader.answer.group.commitIndex - appliedIndex),
      stateDigest: last?.stateDigest ?? '',
    };
  }

  /** Polls every master without a pending request. Resolves after a short time. Never rejects. */
  async ask(): Promise<void> {
    const asked = this.#options.masters
      .filter(({ id, facts }) => isAwake(facts) && this.#line(id).askedAtMs === null)
      .map(({ id }) => ({ wasReachable: this.#line(id).isReachable, done: this.#ask(id) }));
    const expected = asked.some(({ wasReachable }) => wasReachable) ? asked.filter(({ wasReachable }) => wasReachable) : asked;
    if (expected.length === 0) return;
    await endsWithin(this.#options.clock, Promise.all(expected.map(({ done }) => done)), ROUND_WITHIN_MS);
  }

  async #ask(id: string): Promise<void> {
    const { clock, deadlineMs, onAnswer, onLeader } = this.#options;
    const line = this.#line(id);
    line.askedAtMs = clock.nowMs();
    try {
      const answer = await this.#source?.ask(id, deadlineMs);
      line.isReachable = answer !== undefined;
      if (answer !== undefined) {
        line.answer = answer;
        const { role, term } = answer.group;
        if (role === 'leader' && this.#book.note(term, id)) onLeader(id, term);
        if (answer.cluster !== null && this.leader?.id === id) this.#picture = { atMs: answer.atMs, cluster: answer.cluster };
      }
    } catch {
      line.isReachable = false;
    }
    line.askedAtMs = null;
    onAnswer();
  }

  #line(id: string): Line {
    const line = this.#lines.get(id);
    if (line === undefined) throw new RangeError(`No master "${id}" is watched`);
    return line;
  }
}

const isAwake = ({ isRunning, isPaused }: ProcessFacts): boolean => isRunning && !isPaused;
