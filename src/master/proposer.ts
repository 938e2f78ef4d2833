/**
 * The apply loop of the leader: proposals become records, and take effect in log order once they are durable.
 *
 *   propose ─▶ stamp (index, log time, wall time) ─▶ Wal.append ─▶ StateMachine.apply ─▶ answer
 *
 * Memory changes only after the fsync; nothing is awaited between the checks of a handler and its place in the log.
 */
import type { LogEntry__Output } from '../protocol/generated/distrifs/v1/LogEntry.js';
import { DfsError } from '../shared/errors.js';
import type { Clock } from '../shared/runtime.js';
import { OP_CODES } from './log/op-codes.js';
import type { OperationName } from './log/op-codes.js';
import type { Wal } from './log/wal.js';
import type { Answer } from './state/answer.js';
import { logEntryCodec } from './state/log-entry.js';
import type { StateMachine } from './state/state-machine.js';

/** Proposals that may wait for their fsync. */
const PROPOSALS_MAX = 4_096;

/** One operation with its request, as LogEntry holds it: `{ operation: 'rename', rename: … }`. */
export type Operation = Omit<LogEntry__Output, 'logTimeMs' | 'wallTimeMs' | 'operation'> & { readonly operation: OperationName };

export class Proposer {
  readonly #wal: Wal;
  readonly #machine: StateMachine;
  readonly #clock: Clock;
  readonly #onBug: (error: Error) => void;
  readonly term: number;
  readonly #startedMs: number;
  readonly #logTimeAtStartMs: number;
  #nextIndex: number;
  #inFlight = 0;
  #failure: DfsError | null = null;

  /**
   * @param term the leader's own
   * @param onBug called when an entry cannot be applied: the state is no longer to be trusted
   */
  constructor(wal: Wal, machine: StateMachine, clock: Clock, term: number, onBug: (error: Error) => void) {
    this.#wal = wal;
    this.#machine = machine;
    this.#clock = clock;
    this.#onBug = onBug;
    this.term = term;
    this.#startedMs = clock.nowMs();
    this.#logTimeAtStartMs = machine.state.logTimeMs;
    this.#nextIndex = machine.state.appliedIndex + 1;
  }

  /** Last logged time plus the leader's monotonic time since: whole milliseconds. */
  logTimeMs(): number {
    return this.#logTimeAtStartMs + Math.floor(this.#clock.nowMs() - this.#startedMs);
  }

  /**
   * Logs an operation and carries it out. Synchronous up to its place in the log.
   * Rejects with RESOURCE_EXHAUSTED or INVALID_ARGUMENT when it did not get one; with UNAVAILABLE when the log failed: then it may
   * take effect after a restart.
   */
  async propose(operation: Operation): Promise<Answer> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#inFlight >= PROPOSALS_MAX) {
      throw new DfsError('RESOURCE_EXHAUSTED', `The master has ${this.#inFlight} changes under way: try again`);
    }
    const wallTimeMs = Math.max(0, Math.floor(this.#clock.wallMs()));
    const entry: LogEntry__Output = { ...operation, logTimeMs: this.logTimeMs(), wallTimeMs };
    const body = logEntryCodec.encode(entry);
    this.#wal.assertRoom(body);
    const index = this.#nextIndex;
    this.#nextIndex += 1;
    this.#inFlight += 1;
    try {
      await this.#wal.append({ opCode: OP_CODES[operation.operation], term: this.term, index, body });
      return this.#apply(index, entry);
    } finally {
      this.#inFlight -= 1;
    }
  }

  #apply(index: number, entry: LogEntry__Output): Answer {
    if (this.#failure !== null) throw this.#failure;
    try {
      return this.#machine.applyEntry(index, entry);
    } catch (error) {
      this.#failure = new DfsError('INTERNAL', `The master cannot apply entry ${index} of its log and stops`, { cause: error });
      this.#onBug(this.#failure);
      throw this.#failure;
    }
  }
}
