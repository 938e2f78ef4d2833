/** The copies that wait or are under way on this node: how far each has come, for the masters, and its end by command. */
import type { CopyProgress } from '../../protocol/generated/distrifs/v1/CopyProgress.js';
import { DfsError } from '../../shared/errors.js';
import { NODE_COMMANDS_MAX } from '../../shared/limits.js';
import type { CopyControl } from '../pipeline/replicator.js';

export class CopyUnderWay implements CopyControl {
  readonly #term: number;
  readonly #commandId: number;
  readonly #chunkId: number;
  #ackedBytes = 0;
  /** Of the targets before this one. */
  #ackedBefore = 0;
  #isCancelled = false;
  #end: () => void = () => undefined;

  constructor(term: number, commandId: number, chunkId: number) {
    this.#term = term;
    this.#commandId = commandId;
    this.#chunkId = chunkId;
  }

  get progress(): CopyProgress {
    return { term: this.#term, commandId: this.#commandId, chunkId: this.#chunkId, ackedBytes: this.#ackedBytes };
  }

  /** The next target begins. @throws DfsError CANCELLED */
  next(): void {
    this.throwIfCancelled();
    this.#ackedBefore = this.#ackedBytes;
  }

  acked(bytes: number): void {
    this.#ackedBytes = this.#ackedBefore + bytes;
  }

  /** @throws DfsError CANCELLED */
  throwIfCancelled(): void {
    if (this.#isCancelled) throw new DfsError('CANCELLED', `Copy of chunk ${this.#chunkId} ended by command of the master`);
  }

  onCancel(end: () => void): void {
    this.#end = end;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#end();
  }
}

export class CopiesUnderWay {
  /** By `term/command id`. As many as the lane of copies takes. */
  readonly #copies = new Map<string, CopyUnderWay>();

  /** The first of them, as many as a heartbeat may name. */
  list(): CopyProgress[] {
    return Array.from(this.#copies.values(), (copy) => copy.progress).slice(0, NODE_COMMANDS_MAX);
  }

  add(term: number, commandId: number, chunkId: number): CopyUnderWay {
    const copy = new CopyUnderWay(term, commandId, chunkId);
    this.#copies.set(`${term}/${commandId}`, copy);
    return copy;
  }

  remove(term: number, commandId: number): void {
    this.#copies.delete(`${term}/${commandId}`);
  }

  /** Ends a copy; has no effect on one that has ended. */
  cancel(term: number, commandId: number): void {
    this.#copies.get(`${term}/${commandId}`)?.cancel();
  }
}
