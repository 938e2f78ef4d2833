/**
 * The deterministic state machine behind the log: one entry in, one answer out. The same entries in the same order give the same
 * state and the same digest on every master. No clock and no randomness: those come in the entries.
 *
 *   entry ─▶ its row in OPERATIONS ─┬ mutation ─▶ answered before? ─▶ apply ─▶ answer, remembered
 *                                   └ any other ────────────────────▶ apply ─▶ answer
 */
import assert from 'node:assert/strict';
import { DfsError } from '../../../shared/errors.js';
import { damagedState } from '../image/byte-reader.js';
import { StateImage } from '../image/state-image.js';
import { StateLoader } from '../image/state-loader.js';
import type { Answer } from '../tables/answer.js';
import { errorAnswer } from '../tables/answer.js';
import { hashText } from '../tables/digest.js';
import { MasterState } from '../tables/master-state.js';
import type { ClusterSettings, EntryTime } from '../tables/master-state.js';
import type { CommittedEntry, ReplicatedState, StateCopy, StateRestore } from '../tables/replicated-state.js';
import { decodeEntryData } from './log-entry.js';
import type { MutationRow, OperationBody, OperationName, OperationRow } from './log-operation.js';
import { OPERATIONS } from './operations.js';

export class StateMachine implements ReplicatedState<Answer> {
  #state = new MasterState();
  #copy: StateCopy | null = null;
  readonly #groupId: string | null;

  /** @param groupId of the masters whose state this must be; null: whichever cluster the log makes */
  constructor(groupId: string | null = null) {
    this.#groupId = groupId;
  }

  /**
   * All that is replicated. A restore replaces it as a whole: an object or table of it that is kept past
   * `ConsensusListener.restored` is a state that no entry reaches any more.
   */
  get state(): MasterState {
    return this.#state;
  }

  get appliedIndex(): number {
    return this.#state.appliedIndex;
  }

  /** @throws DfsError NOT_INITIALIZED before the first record */
  get settings(): ClusterSettings {
    return this.#state.requireSettings();
  }

  /**
   * Carries out the next entry of the log. What the preconditions of its operation refuse becomes an answer with an error.
   * @throws DfsError LOG_DAMAGED, or UNIMPLEMENTED for an operation of a newer release: then nothing has changed
   */
  apply({ index, term, data }: CommittedEntry): Answer {
    const state = this.#state;
    const entry = data === null ? null : decodeEntryData(index, data);
    if (entry?.initCluster) this.#assertOwn(entry.initCluster.groupId || entry.initCluster.clusterId);
    assert(index === state.appliedIndex + 1, `entry ${index} follows entry ${state.appliedIndex}`);
    state.appliedIndex = index;
    state.term = term;
    if (entry === null) return {};
    state.logTimeMs = Math.max(state.logTimeMs, entry.logTimeMs);
    const time: EntryTime = { logMs: state.logTimeMs, wallMs: entry.wallTimeMs };
    const body = entry[entry.operation];
    assert(body, `the operation "${entry.operation}" has a body`);
    return answerOf(() => this.#operate(entry.operation, body, time));
  }

  /**
   * Begins a copy of the state as it is now, in records of state-records.ts. Its bytes depend on nothing but the state. Begun at most once at
   * a time; one of a state that a restore has replaced meanwhile can still be taken to its end.
   */
  checkpoint(): StateCopy {
    assert(this.#copy === null, 'one copy is made at a time');
    const copy = new StateImage(this.#state, this.digest(), () => {
      if (this.#copy === copy) this.#copy = null;
    });
    this.#copy = copy;
    return copy;
  }

  restore(): StateRestore {
    return new StateLoader((state, digest) => {
      const found = digestOf(state);
      if (found !== digest) throw damagedState(`its digest is ${found}, but should be ${digest}`);
      this.#state = state;
      this.#copy = null;
    });
  }

  /** Hex digest of all replicated state, the same on all masters at the same index. */
  digest(): string {
    return digestOf(this.#state);
  }

  #operate<N extends OperationName>(name: N, body: OperationBody<N>, time: EntryTime): Answer {
    const row: OperationRow<OperationBody<N>> = OPERATIONS[name];
    return row.kind === 'mutation' ? this.#mutate(name, row, body, time) : row.apply({ state: this.#state, time }, body);
  }

  /** Carries a mutation out once, and remembers its answer, errors too. */
  #mutate<Body>(name: OperationName, row: MutationRow<Body>, body: Body, { logMs, wallMs }: EntryTime): Answer {
    const state = this.#state;
    const { sessions } = state;
    const header = row.header(body);
    if (!header) throw new DfsError('INVALID_ARGUMENT', `The log entry "${name}" holds no mutation header`);
    const remembered = sessions.recall(header);
    const session = sessions.require(header.sessionId);
    sessions.touch(session, logMs);
    if (remembered !== undefined) return remembered;
    const answer = answerOf(() => row.apply({ state, settings: state.requireSettings(), session, wallMs }, body));
    sessions.remember(session, header, answer);
    return answer;
  }

  #assertOwn(groupId: string): void {
    if (this.#groupId === null || groupId === this.#groupId) return;
    // No answer to the proposer: files of two clusters were mixed up.
    throw new DfsError(
      'LOG_DAMAGED',
      `The log is of cluster ${groupId}, but the folder is of cluster ${this.#groupId}: put the two that belong together back`,
    );
  }
}

/** Runs the code that applies an operation. @returns its answer, or the answer that holds the DfsError it threw */
function answerOf(apply: () => Answer): Answer {
  try {
    return apply();
  } catch (error) {
    if (error instanceof DfsError) return errorAnswer(error);
    throw error;
  }
}

function digestOf(state: MasterState): string {
  const settings = state.settings === null ? '' : JSON.stringify(Object.entries(state.settings));
  const counters = [
    state.digest.sum,
    state.appliedIndex,
    state.term,
    state.logTimeMs,
    state.tree.nextId,
    state.chunks.nextId,
    state.sessions.nextId,
    state.nextIncarnation,
    state.tree.fileCount,
    state.tree.directoryCount,
    state.tree.purgeBacklog,
    ...state.chunks.skippedIds.all.flatMap(({ from, to }) => [from, to]),
  ];
  return hashText(`${counters.join(' ')} ${settings}`)
    .toString(16)
    .padStart(13, '0');
}
