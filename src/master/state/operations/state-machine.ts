/**
 * The deterministic state machine behind the log: one entry in, one answer out. The same entries in the same order give the same
 * state and the same digest on every master. No clock and no randomness: those come in the entries.
 */
import assert from 'node:assert/strict';
import type { InitCluster__Output } from '../../../protocol/generated/distrifs/v1/InitCluster.js';
import type { LogEntry__Output } from '../../../protocol/generated/distrifs/v1/LogEntry.js';
import type { MutationHeader__Output } from '../../../protocol/generated/distrifs/v1/MutationHeader.js';
import type { RegisterNode__Output } from '../../../protocol/generated/distrifs/v1/RegisterNode.js';
import { DfsError } from '../../../shared/errors.js';
import type { Answer } from '../tables/answer.js';
import { errorAnswer } from '../tables/answer.js';
import { damagedState } from '../image/byte-reader.js';
import { hashText } from '../tables/digest.js';
import { abandonFile, assignChunk, commitVersion, completeFile, createFile, endSession } from './file-operations.js';
import { assertFounders, FOUNDERS_INCARNATION, KnownMaster, putMaster, registerMaster } from '../tables/known-master.js';
import { decodeEntryData } from './log-entry.js';
import { KnownNode, MasterState } from '../tables/master-state.js';
import type { ClusterSettings, EntryTime } from '../tables/master-state.js';
import type { CommittedEntry, ReplicatedState, StateCopy, StateRestore } from '../tables/replicated-state.js';
import type { Session } from '../tables/session-table.js';
import { StateImage } from '../image/state-image.js';
import { StateLoader } from '../image/state-loader.js';
import { deletePath, makeDirectory, renamePath } from './tree-operations.js';

/** Sessions that one ExpireSessions entry ends: bounds what one entry costs. */
const EXPIRE_AT_ONCE = 64;
/** Inodes and chunks that one Purge entry forgets, whatever it asks for. */
export const PURGE_AT_ONCE_MAX = 10_000;

export class StateMachine implements ReplicatedState<Answer> {
  #state = new MasterState();
  #copy: StateCopy | null = null;
  readonly #clusterId: string | null;

  /** @param clusterId whose state this must be; null: whichever cluster the log makes */
  constructor(clusterId: string | null = null) {
    this.#clusterId = clusterId;
  }

  /**
   * All that is replicated. A restore replaces it as a whole: whoever keeps this object, or a table of it, past
   * `ConsensusListener.restored` looks at a state that no entry reaches any more.
   */
  get state(): MasterState {
    return this.#state;
  }

  get appliedIndex(): number {
    return this.#state.appliedIndex;
  }

  /** @throws DfsError NOT_INITIALIZED before the first record */
  get settings(): ClusterSettings {
    if (this.state.settings !== null) return this.state.settings;
    throw new DfsError('NOT_INITIALIZED', 'The log does not begin with the creation of a cluster');
  }

  apply({ index, term, data }: CommittedEntry): Answer {
    const { state } = this;
    if (data !== null) {
      const entry = decodeEntryData(index, data);
      if (entry.initCluster) this.#assertOwn(entry.initCluster.clusterId);
      state.term = term;
      return this.#applyOperation(index, entry);
    }
    assert(index === state.appliedIndex + 1, `entry ${index} follows entry ${state.appliedIndex}`);
    state.appliedIndex = index;
    state.term = term;
    return {};
  }

  /**
   * Carries out the next operation of the log. What its preconditions refuse becomes an answer with an error.
   * @param index the entry's; entries come without gaps
   */
  #applyOperation(index: number, entry: LogEntry__Output): Answer {
    const { state } = this;
    assert(index === state.appliedIndex + 1, `entry ${index} follows entry ${state.appliedIndex}`);
    state.appliedIndex = index;
    state.logTimeMs = Math.max(state.logTimeMs, entry.logTimeMs);
    try {
      return this.#operate(entry, { logMs: state.logTimeMs, wallMs: entry.wallTimeMs });
    } catch (error) {
      if (error instanceof DfsError) return errorAnswer(error);
      throw error;
    }
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
  #operate(entry: LogEntry__Output, time: EntryTime): Answer {
    const { state } = this;
    if (entry.initCluster) return this.#initCluster(entry.initCluster, time);
    if (entry.registerNode) return this.#registerNode(entry.registerNode);
    if (entry.registerMaster) return registerMaster(state, entry.registerMaster);
    if (entry.openSession) return { sessionId: state.sessions.open(entry.openSession.clientName, time.logMs).id };
    if (entry.renewSession) {
      state.sessions.touch(state.sessions.require(entry.renewSession.sessionId), time.logMs);
      return {};
    }
    if (entry.closeSession) {
      const session = state.sessions.get(entry.closeSession.sessionId);
      if (session !== undefined) endSession(state, session);
      return {};
    }
    if (entry.expireSessions) return this.#expireSessions(time);
    if (entry.purge) {
      state.tree.purge(Math.min(entry.purge.limit, PURGE_AT_ONCE_MAX));
      return {};
    }
    return this.#mutate(entry, time);
  }

  /** A numbered mutation of a session: carried out once, its answer remembered, errors too. */
  #mutate(entry: LogEntry__Output, time: EntryTime): Answer {
    const { sessions } = this.state;
    const header = headerOf(entry);
    const remembered = sessions.recall(header);
    const session = sessions.require(header.sessionId);
    sessions.touch(session, time.logMs);
    if (remembered !== undefined) return remembered;
    let answer: Answer;
    try {
      answer = this.#carryOut(entry, session, time);
    } catch (error) {
      if (!(error instanceof DfsError)) throw error;
      answer = errorAnswer(error);
    }
    sessions.remember(session, header, answer);
    return answer;
  }

  #carryOut(entry: LogEntry__Output, session: Session, { wallMs }: EntryTime): Answer {
    const { state, settings } = this;
    if (entry.createFile) return createFile(state, session, settings, entry.createFile, wallMs);
    if (entry.assignChunk) return assignChunk(state, session, settings, entry.assignChunk);
    if (entry.commitVersion) return commitVersion(state, session, settings, entry.commitVersion);
    if (entry.completeFile) return completeFile(state, session, entry.completeFile, wallMs);
    if (entry.abandonFile) return abandonFile(state, session, entry.abandonFile);
    if (entry.makeDirectory) makeDirectory(state.tree, entry.makeDirectory, wallMs);
    else if (entry.rename) renamePath(state.tree, entry.rename, wallMs);
    else if (entry.delete) deletePath(state.tree, entry.delete, wallMs);
    return {};
  }

  #initCluster(request: InitCluster__Output, time: EntryTime): Answer {
    const { state } = this;
    // Two leaders of the first terms may both have asked for it.
    if (state.settings !== null) throw new DfsError('ALREADY_EXISTS', `Cluster ${state.settings.clusterId} was made already`);
    assertFounders(request.founders);
    state.settings = {
      clusterId: request.clusterId,
      defaultReplication: request.defaultReplication,
      defaultChunkSizeBytes: request.defaultChunkSizeBytes,
      minReplicas: request.minReplicas,
      sessionTimeoutMs: request.sessionTimeoutMs,
    };
    state.tree.makeRoot({ owner: '', group: '', mode: 0o755, createdMs: time.wallMs });
    for (const { masterId, address } of request.founders) {
      putMaster(state, new KnownMaster(masterId, address, FOUNDERS_INCARNATION));
    }
    return {};
  }

  #registerNode(request: RegisterNode__Output): Answer {
    const { nodes, digest } = this.state;
    const node = new KnownNode(request.nodeId, request.incarnation, request.address, request.rack);
    const old = nodes.get(node.id);
    if (old !== undefined) digest.remove(old);
    nodes.set(node.id, node);
    digest.put(node);
    return {};
  }

  #assertOwn(clusterId: string): void {
    if (this.#clusterId === null || clusterId === this.#clusterId) return;
    // No answer to whoever asked for it: files of two clusters were mixed up.
    throw new DfsError(
      'LOG_DAMAGED',
      `The log is of cluster ${clusterId}, but the folder is of cluster ${this.#clusterId}: put the two that belong together back`,
    );
  }

  #expireSessions(time: EntryTime): Answer {
    const timeoutMs = this.settings.sessionTimeoutMs;
    for (let ended = 0; ended < EXPIRE_AT_ONCE; ended += 1) {
      const session = this.state.sessions.oldest();
      if (session === undefined || time.logMs - session.lastUsedMs <= timeoutMs) break;
      endSession(this.state, session);
    }
    return {};
  }
}

/**
 * The header of a mutation's request.
 * @throws DfsError INVALID_ARGUMENT when the entry carries none
 */
function headerOf(entry: LogEntry__Output): MutationHeader__Output {
  const request =
    entry.createFile?.request ??
    entry.assignChunk?.request ??
    entry.commitVersion ??
    entry.completeFile ??
    entry.abandonFile ??
    entry.makeDirectory ??
    entry.rename ??
    entry.delete;
  const header = request?.header;
  if (header) return header;
  throw new DfsError('INVALID_ARGUMENT', `The log entry "${entry.operation ?? ''}" holds no mutation header`);
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
  ];
  return hashText(`${counters.join(' ')} ${settings}`)
    .toString(16)
    .padStart(13, '0');
}
