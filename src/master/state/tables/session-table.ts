/** Client sessions with the answers remembered for them: what makes a retried mutation take effect once. */
import assert from 'node:assert/strict';
import type { MutationHeader__Output } from '../../../protocol/generated/distrifs/v1/MutationHeader.js';
import { DfsError } from '../../../shared/errors.js';
import { SESSION_MUTATIONS_MAX, SESSIONS_MAX } from '../../../shared/limits.js';
import type { Answer } from './answer.js';
import type { StateDigest } from './digest.js';
import { Remembered, Session } from './session.js';
import { SessionCopy } from './session-copy.js';
import { UseOrder } from './use-order.js';

/** Sessions that are looked at for one without unfinished files: bounds what one entry of the log costs. */
const IDLE_LOOKED_AT_MAX = 1_024;
/** Ids above it are given one after the other: what an entry of the log can skip at once is below 2^32. */
const SKIPPING_IDS_END = 2 ** 52;

export class SessionTable {
  readonly #digest: StateDigest;
  readonly #sessions = new Map<number, Session>();
  /** Invariant: the same as in #sessions. */
  readonly #order = new UseOrder<Session>();
  #copy: SessionCopy | null = null;
  /** Never given yet. */
  nextId = 1;

  constructor(digest: StateDigest) {
    this.#digest = digest;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(id: number): Session | undefined {
    return this.#sessions.get(id);
  }

  ids(): IterableIterator<number> {
    return this.#sessions.keys();
  }

  /** The session unused for longest, if there is any. */
  oldest(): Session | undefined {
    return this.#order.oldest ?? undefined;
  }

  get isFull(): boolean {
    return this.#sessions.size >= SESSIONS_MAX;
  }

  /** Of the sessions unused for longest, the first without unfinished files; undefined: none of those looked at. */
  longestIdle(): Session | undefined {
    let session = this.#order.oldest;
    for (let looked = 0; session !== null && looked < IDLE_LOOKED_AT_MAX; looked += 1) {
      if (session.pendingFiles.size === 0) return session;
      session = session.place.newer;
    }
    return undefined;
  }

  /**
   * @param skippedIds as many ids are not given before this one
   * @throws DfsError RESOURCE_EXHAUSTED
   */
  open(clientName: string, nowMs: number, skippedIds: number): Session {
    if (this.isFull) {
      throw new DfsError(
        'RESOURCE_EXHAUSTED',
        `Cannot open a session: the limit of ${SESSIONS_MAX} sessions is reached, and those unused for longest have unfinished files`,
      );
    }
    // Near the end of all ids none is skipped: that end would be the end of the cluster.
    if (this.nextId <= SKIPPING_IDS_END) this.nextId += skippedIds;
    const session = new Session(this.nextId, clientName, nowMs);
    this.nextId += 1;
    this.load(session);
    return session;
  }

  /** Begins a copy of the sessions as they are now; what changes is saved for it until `endCopy`. */
  beginCopy(): SessionCopy {
    this.#copy = new SessionCopy(this.#sessions, this.#order.oldest, this.nextId);
    return this.#copy;
  }

  endCopy(): void {
    this.#copy = null;
  }

  /** Puts a session into the table, as the one used last. */
  load(session: Session): void {
    this.#sessions.set(session.id, session);
    this.#order.add(session);
    this.#digest.put(session);
  }

  /** Puts an answer of a checkpoint into its session. */
  loadAnswer(session: Session, sequence: number, answer: Answer): void {
    const remembered = new Remembered(session.id, sequence, answer);
    session.answers.set(sequence, remembered);
    this.#digest.put(remembered);
  }

  /** Notes that the session was used now. */
  touch(session: Session, nowMs: number): void {
    this.#copy?.save(session);
    session.lastUsedMs = nowMs;
    this.#order.remove(session);
    this.#order.add(session);
    this.#digest.put(session);
  }

  close(session: Session): void {
    assert(session.pendingFiles.size === 0, 'unfinished files are abandoned before their session closes');
    this.#copy?.save(session);
    this.#sessions.delete(session.id);
    this.#order.remove(session);
    for (const remembered of session.answers.values()) this.#digest.remove(remembered);
    this.#digest.remove(session);
  }

  /**
   * The session of a mutation.
   * @throws DfsError SESSION_EXPIRED when there is none: the mutation is not carried out, now or later
   */
  require(sessionId: number): Session {
    const session = this.#sessions.get(sessionId);
    if (session !== undefined) return session;
    throw new DfsError('SESSION_EXPIRED', `Session ${sessionId} has expired or was closed: nothing was done; open a new one`);
  }

  /**
   * Looks a mutation up before it is carried out.
   * @returns the answer it was given, or undefined when it is new
   * @throws DfsError SESSION_EXPIRED; INVALID_ARGUMENT for impossible numbers; OUTCOME_UNKNOWN when its answer was acknowledged
   *   and forgotten; RESOURCE_EXHAUSTED when too many answers are unacknowledged
   */
  recall(header: MutationHeader__Output): Answer | undefined {
    const session = this.require(header.sessionId);
    const { sequence, ackedBelow } = header;
    const remembered = session.answers.get(sequence);
    if (remembered !== undefined) return remembered.answer;
    if (sequence < 1 || ackedBelow > sequence) {
      throw new DfsError('INVALID_ARGUMENT', `Mutation ${sequence} cannot acknowledge the answers of all below ${ackedBelow}`);
    }
    if (sequence < session.ackedBelow) {
      throw new DfsError('OUTCOME_UNKNOWN', `Mutation ${sequence} of session ${session.id} was answered and acknowledged before`);
    }
    if (session.answers.size >= SESSION_MUTATIONS_MAX && !this.#wouldFree(session, ackedBelow)) {
      throw new DfsError(
        'RESOURCE_EXHAUSTED',
        `Session ${session.id} has ${session.answers.size} answers it did not acknowledge: the limit is ${SESSION_MUTATIONS_MAX}`,
      );
    }
    return undefined;
  }

  /** Keeps the answer of a mutation that `recall` found to be new, and drops those that the client holds. */
  remember(session: Session, header: MutationHeader__Output, answer: Answer): void {
    this.#copy?.save(session);
    this.#acknowledge(session, header.ackedBelow);
    const remembered = new Remembered(session.id, header.sequence, answer);
    session.answers.set(header.sequence, remembered);
    this.#digest.put(remembered);
    this.#digest.put(session);
  }

  #wouldFree(session: Session, ackedBelow: number): boolean {
    for (const sequence of session.answers.keys()) if (sequence < ackedBelow) return true;
    return false;
  }

  #acknowledge(session: Session, ackedBelow: number): void {
    if (ackedBelow <= session.ackedBelow) return;
    session.ackedBelow = ackedBelow;
    for (const [sequence, remembered] of session.answers) {
      if (sequence >= ackedBelow) continue;
      session.answers.delete(sequence);
      this.#digest.remove(remembered);
    }
  }
}
