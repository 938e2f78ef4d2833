/**
 * A copy of the state as it is when the copy begins, taken in slices while entries go on being applied.
 *
 * Small things are noted at once (counters, settings, masters, datanodes, the order of the sessions); of the large tables, what was not
 * copied yet is saved before it changes. The bytes are the same as if the master had stood still meanwhile, and on every master.
 */
import { ByteWriter } from './byte-writer.js';
import type { MasterState } from '../tables/master-state.js';
import type { StateCopy } from '../tables/replicated-state.js';
import * as records from './state-records.js';

/** Space for the record that goes beyond a slice. */
const SLACK_BYTES = 4_096;

export class StateImage implements StateCopy {
  readonly index: number;
  readonly digest: string;
  readonly #state: MasterState;
  readonly #onEnd: () => void;
  readonly #records: Generator<undefined, undefined>;
  #writer = new ByteWriter(0);
  /** Records written. */
  #count = 0;
  #isEnded = false;

  /**
   * @param digest of the state
   * @param onEnd called once, when nothing is saved for the copy any more
   */
  constructor(state: MasterState, digest: string, onEnd: () => void) {
    this.index = state.appliedIndex;
    this.digest = digest;
    this.#state = state;
    this.#onEnd = onEnd;
    this.#records = this.#write(begin(state));
  }

  next(bytesMax: number): Uint8Array | null {
    if (this.#isEnded) return null;
    const writer = new ByteWriter(bytesMax + SLACK_BYTES);
    this.#writer = writer;
    while (writer.length < bytesMax) {
      if (this.#records.next().done === true) {
        this.end();
        break;
      }
      this.#count += 1;
    }
    return writer.length === 0 ? null : writer.take();
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { tree, chunks, sessions } = this.#state;
    tree.endCopy();
    chunks.endCopy();
    sessions.endCopy();
    this.#onEnd();
  }

  /** Yields after each record but the last. */
  *#write(from: ReturnType<typeof begin>): Generator<undefined, undefined> {
    records.putHead(this.#writer, from.head);
    yield;
    for (const master of from.masters) {
      records.putMaster(this.#writer, master);
      yield;
    }
    for (const node of from.nodes) {
      records.putNode(this.#writer, node);
      yield;
    }
    for (const session of from.sessions.all()) {
      records.putSession(this.#writer, session);
      yield;
      for (const answer of session.answers) {
        records.putAnswer(this.#writer, answer);
        yield;
      }
    }
    const { inodes, queue } = from.tree;
    for (let inode = inodes.next(); inode !== undefined; inode = inodes.next()) {
      records.putInode(this.#writer, inode);
      yield;
    }
    for (let at = queue.from; at < queue.to; at += records.PURGE_RECORD_IDS) {
      records.putPurge(this.#writer, queue.inodes.slice(at, Math.min(at + records.PURGE_RECORD_IDS, queue.to)));
      yield;
    }
    for (let chunk = from.chunks.next(); chunk !== undefined; chunk = from.chunks.next()) {
      records.putChunk(this.#writer, chunk);
      yield;
    }
    records.putEnd(this.#writer, this.#count);
    return undefined;
  }
}

/** Everything that must be noted before the next entry. */
function begin(state: MasterState) {
  const { tree, chunks, sessions, masters, nodes, appliedIndex, term, logTimeMs, nextIncarnation, settings } = state;
  const nextIds = { nextInodeId: tree.nextId, nextChunkId: chunks.nextId, nextSessionId: sessions.nextId };
  return {
    head: { appliedIndex, term, logTimeMs, nextIncarnation, settings, skippedChunkIds: chunks.skippedIds.all, ...nextIds },
    masters: [...masters.values()],
    nodes: [...nodes.values()],
    sessions: sessions.beginCopy(),
    tree: tree.beginCopy(),
    chunks: chunks.beginCopy(),
  };
}
