/**
 * What one leadership puts into the log: operations are stamped, encoded, and answered once they are committed and applied.
 *
 *   propose ─▶ stamp (log time, wall time) ─▶ op code, LogEntry ─▶ Consensus.propose ─▶ answer
 *
 * Nothing is awaited between the checks of a handler and its place in the log. When the leadership ends, so does its proposer.
 */
import { DfsError } from '../../shared/errors.js';
import type { Clock } from '../../shared/runtime.js';
import type { Consensus } from '../consensus/consensus.js';
import type { Answer } from '../state/tables/answer.js';
import { FieldGate, notKnown } from '../state/operations/field-gate.js';
import type { FittedOperation } from '../state/operations/field-gate.js';
import { encodeEntryData } from '../state/operations/log-entry.js';
import type { LogOperation, OperationName } from '../state/operations/log-operation.js';
import { OPERATIONS } from '../state/operations/operations.js';

/** Proposals that may wait for their answers. */
const PROPOSALS_MAX = 4_096;
const FIELD_GATE = new FieldGate();

export class Proposer {
  readonly #consensus: Consensus;
  readonly #clock: Clock;
  readonly term: number;
  readonly #startedMs: number;
  readonly #logTimeAtStartMs: number;
  readonly #ended = new AbortController();
  #inFlight = 0;
  #refusal: DfsError | null = null;

  /**
   * @param term the leader's own
   * @param logTimeMs of the last entry applied, now that the leadership begins
   */
  constructor(consensus: Consensus, clock: Clock, term: number, logTimeMs: number) {
    this.#consensus = consensus;
    this.#clock = clock;
    this.term = term;
    this.#startedMs = clock.nowMs();
    this.#logTimeAtStartMs = logTimeMs;
  }

  /** Fires when the leadership ends. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * The leadership has ended. What is under way is the group's to settle.
   * @param refusal what later proposals get
   */
  end(refusal: DfsError): void {
    this.#refusal ??= refusal;
    this.#ended.abort();
  }

  /** @throws the refusal, once the leadership has ended */
  assertLeading(): void {
    if (this.#refusal !== null) throw this.#refusal;
  }

  /** Last logged time plus the leader's monotonic time since: whole milliseconds. */
  logTimeMs(): number {
    return this.#logTimeAtStartMs + Math.floor(this.#clock.nowMs() - this.#startedMs);
  }

  /**
   * Logs an operation and carries it out. Synchronous up to its place in the log.
   * @returns what it was answered: what its preconditions refuse is an answer, too
   * @throws DfsError NOT_LEADER, RESOURCE_EXHAUSTED, INVALID_ARGUMENT: it got no place, nor with NOT_AVAILABLE_YET, because a master of
   *   the group, `nodeId`, could not apply it or a field of it; UNAVAILABLE: leadership or the log was lost meanwhile, it may take effect all the same
   */
  async propose(operation: LogOperation): Promise<Answer> {
    this.assertLeading();
    if (this.#inFlight >= PROPOSALS_MAX) {
      throw new DfsError('RESOURCE_EXHAUSTED', `The master has ${this.#inFlight} changes under way: try again`);
    }
    const fitted = this.#fitted(operation);
    const wallTimeMs = Math.max(0, Math.floor(this.#clock.wallMs()));
    const data = encodeEntryData({
      ...fitted.operation,
      highestField: fitted.highestField,
      logTimeMs: this.logTimeMs(),
      wallTimeMs,
    });
    this.#inFlight += 1;
    try {
      return await this.#consensus.propose(data);
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** Whether all masters of the group can apply the operation, as far as known. */
  isKnownToAll(operation: OperationName): boolean {
    return this.#memberWithout(operation) === undefined;
  }

  #memberWithout(operation: OperationName): string | undefined {
    return this.#consensus.memberWithout(OPERATIONS[operation].code);
  }

  /**
   * A master stops at an operation that it does not know, and passes over a field that it does not know: none such is logged while a
   * member of an earlier release is there.
   */
  #fitted(operation: LogOperation): FittedOperation {
    const masterId = this.#memberWithout(operation.operation);
    if (masterId !== undefined) throw notKnown(masterId, `the operation "${operation.operation}"`);
    return FIELD_GATE.fit(operation, (since) => this.#consensus.memberWithout(since));
  }
}
