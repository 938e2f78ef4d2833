/** Indexes the operations of a history by path, and answers questions about a path without a scan of the history. */
import type { Operation } from '../history/operation.js';
import { ExtremeIndex } from './extreme-index.js';
import { ancestorsOf } from './path-names.js';

export const isWrite = ({ kind, outcome }: Operation): boolean =>
  (kind === 'create' || kind === 'overwrite') && outcome !== 'fail';
export const isRead = ({ kind, outcome }: Operation): boolean => kind === 'read' && outcome === 'ok';
const isRemoval = ({ kind, outcome }: Operation): boolean => (kind === 'delete' || kind === 'rename') && outcome !== 'fail';

/** The time after which an operation can no longer take effect. */
export const overMs = ({ outcome, completedMs }: Operation): number => (outcome === 'ok' ? (completedMs ?? Infinity) : Infinity);

/** True for an operation whose answer is that nothing is at its path. */
export const saysAbsent = ({ kind, outcome, error, exists }: Operation): boolean =>
  (kind === 'read' && outcome === 'fail' && error === 'ENOENT') || (kind === 'stat' && outcome === 'ok' && exists === false);

const invoked = ({ invokedMs }: Operation): number => invokedMs;

export class PathHistory {
  /** Answered reads, and answers that nothing is at the path. */
  readonly looks: Operation[] = [];
  /**
   * True when an entry is renamed to the path, or a directory above is removed or renamed: operations on other paths can change it.
   */
  readonly isMoved: boolean;
  /** True when a directory above the path is removed or renamed at some time. */
  readonly isUnderRemoved: boolean;
  readonly #writes: Operation[] = [];
  readonly #removals: Operation[] = [];
  readonly #writesOf = new Map<string, Operation[]>();
  #acked: ExtremeIndex<Operation> | null = null;
  #changes: ExtremeIndex<Operation> | null = null;
  #removed: ExtremeIndex<Operation> | null = null;

  constructor(isMoved: boolean, isUnderRemoved: boolean) {
    this.isMoved = isMoved;
    this.isUnderRemoved = isUnderRemoved;
  }

  /** Adds an operation. Call it in order of invocation, before any question. */
  add(operation: Operation): void {
    if (isWrite(operation)) {
      this.#writes.push(operation);
      const { sha256 = '' } = operation;
      const same = this.#writesOf.get(sha256);
      if (same === undefined) this.#writesOf.set(sha256, [operation]);
      else same.push(operation);
    } else if (isRemoval(operation)) this.#removals.push(operation);
    else if (isRead(operation) || saysAbsent(operation)) this.looks.push(operation);
  }

  writesOf(sha256: string): readonly Operation[] {
    return this.#writesOf.get(sha256) ?? [];
  }

  /** The write with the latest invocation among those acknowledged before a time. */
  lastAckedBefore(timeMs: number): Operation | undefined {
    this.#acked ??= new ExtremeIndex(this.#writes, overMs, invoked);
    return this.#acked.bestBelow(timeMs);
  }

  /** The write or removal with the latest invocation among those over before a time. */
  lastChangeOverBefore(timeMs: number): Operation | undefined {
    this.#changes ??= new ExtremeIndex([...this.#writes, ...this.#removals], overMs, invoked);
    return this.#changes.bestBelow(timeMs);
  }

  /** True when a removal invoked at `untilMs` or before was not over at `fromMs`. */
  mayBeRemoved(fromMs: number, untilMs: number): boolean {
    this.#removed ??= new ExtremeIndex(this.#removals, invoked, overMs);
    return this.#removed.greatestUpTo(untilMs) >= fromMs;
  }
}

/** @param history in order of invocation */
export function byPath(history: readonly Operation[]): Map<string, PathHistory> {
  const targets = new Set<string>();
  const removed = new Set<string>();
  for (const { path, toPath } of history.filter(isRemoval)) {
    removed.add(path);
    if (toPath !== undefined) targets.add(toPath);
  }
  const paths = new Map<string, PathHistory>();
  for (const operation of history) {
    const { path } = operation;
    let own = paths.get(path);
    if (own === undefined) {
      const isUnderRemoved = ancestorsOf(path).some((above) => removed.has(above) || targets.has(above));
      own = new PathHistory(targets.has(path) || isUnderRemoved, isUnderRemoved);
      paths.set(path, own);
    }
    own.add(operation);
  }
  return paths;
}
