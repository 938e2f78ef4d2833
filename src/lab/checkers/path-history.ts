/** What happened under each path of a history, and answers about it that do not look at every operation again. */
import type { Operation } from '../history/operation.js';
import { ExtremeIndex } from './extreme-index.js';
import { ancestorsOf } from './path-names.js';

export const isWrite = ({ kind, outcome }: Operation): boolean =>
  (kind === 'create' || kind === 'overwrite') && outcome !== 'fail';
export const isRead = ({ kind, outcome }: Operation): boolean => kind === 'read' && outcome === 'ok';
const isRemoval = ({ kind, outcome }: Operation): boolean => (kind === 'delete' || kind === 'rename') && outcome !== 'fail';

/** From then on it cannot take effect any more. */
export const overMs = ({ outcome, completedMs }: Operation): number => (outcome === 'ok' ? (completedMs ?? Infinity) : Infinity);

/** It says that nothing is at its path. */
export const saysAbsent = ({ kind, outcome, error, exists }: Operation): boolean =>
  (kind === 'read' && outcome === 'fail' && error === 'ENOENT') || (kind === 'stat' && outcome === 'ok' && exists === false);

const invoked = ({ invokedMs }: Operation): number => invokedMs;

export class PathHistory {
  /** Reads that were answered, and answers that nothing is there. */
  readonly looks: Operation[] = [];
  /** Something is moved to it, or a directory above it is removed or renamed: others than its own operations can change it. */
  readonly isMoved: boolean;
  /** A directory above it is removed or renamed at some time. */
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

  /** In order of invocation, before anything is asked. */
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

  /** Of the writes that were acknowledged before a time, the one asked for last. */
  lastAckedBefore(timeMs: number): Operation | undefined {
    this.#acked ??= new ExtremeIndex(this.#writes, overMs, invoked);
    return this.#acked.bestBelow(timeMs);
  }

  /** Of the writes and removals that were over before a time, the one asked for last. */
  lastChangeOverBefore(timeMs: number): Operation | undefined {
    this.#changes ??= new ExtremeIndex([...this.#writes, ...this.#removals], overMs, invoked);
    return this.#changes.bestBelow(timeMs);
  }

  /** A removal asked for before `untilMs` (that moment too) was not over at `fromMs`. */
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
