/**
 * Splits a history into independent parts. Linearizability is local (Herlihy and Wing 1990), so that each part may be judged alone.
 * A path is a part of its own, joined with the paths that an operation touches together with it: both paths of a rename, a list's
 * directory with its children, and a path with the directories above it that can change while an operation reads them.
 */
import type { Operation } from '../history/operation.js';
import { NAMESPACE_ERRORS } from './namespace-model.js';
import { ancestorsOf, isBelow, parentOf } from './path-names.js';
import { Universe } from './universe.js';

export interface HistoryPart {
  /** In order of invocation. */
  readonly operations: readonly Operation[];
  /** Paths that can change. */
  readonly paths: readonly string[];
  /** Directories next to `paths` that exist all the time. */
  readonly fixed: readonly string[];
  /** The members of `paths` that were directories before the history began. */
  readonly directories: readonly string[];
}

/** Whether the result of an operation depends on the namespace, or the operation may have changed the namespace. */
function isRelevant({ kind, outcome, error = '' }: Operation): boolean {
  if (outcome === 'fail') return NAMESPACE_ERRORS.includes(error);
  return outcome === 'ok' || !(kind === 'read' || kind === 'stat' || kind === 'list');
}

const isDeepMake = ({ kind, parents }: Operation): boolean => kind === 'mkdir' && parents === true;
const mayTakeEffect = ({ outcome }: Operation): boolean => outcome !== 'fail';

/** Whether an operation of the history may have created a directory at this path. */
function isMade(universe: Universe, path: string): boolean {
  const isMadeHere = universe
    .touching(path)
    .some(
      (operation) => operation.kind === 'mkdir' && mayTakeEffect(operation) && (operation.path === path || isDeepMake(operation)),
    );
  const isMovedHere = (target: string): boolean =>
    universe.naming(target).some((operation) => operation.toPath === target && mayTakeEffect(operation));
  return isMadeHere || [path, ...ancestorsOf(path)].some(isMovedHere);
}

/** Whether an acknowledged operation needs the directory although no operation created it: it existed before the history began. */
function isOlder(universe: Universe, path: string): boolean {
  if (isMade(universe, path)) return false;
  return universe.touching(path).some((operation) => {
    if (operation.outcome !== 'ok' || operation.exists === false) return false;
    if (operation.path === path && operation.kind === 'list') return true;
    return isBelow(operation.path, path) || isBelow(operation.toPath ?? '/', path);
  });
}

/**
 * Whether a path is a directory all the time, as far as any operation can see: never removed or renamed, and created before its
 * first use. Several concurrent mkdir -p may create it: each accepts an existing directory.
 */
function isFixed(universe: Universe, path: string, isOld: boolean): boolean {
  const changes = ({ kind, parents }: Operation): boolean =>
    kind === 'delete' || kind === 'rename' || (kind === 'mkdir' && parents !== true);
  if (universe.naming(path).some(changes)) return false;
  if (isOld) return true;
  const touching = universe.touching(path);
  const isMaker = (operation: Operation): boolean => isDeepMake(operation) && mayTakeEffect(operation);
  let madeMs = Infinity;
  for (const { outcome, completedMs } of touching.filter(isMaker))
    if (outcome === 'ok') madeMs = Math.min(madeMs, completedMs ?? Infinity);
  const lists = universe.naming(parentOf(path)).filter(({ kind }) => kind === 'list');
  return [...touching, ...lists].every((operation) => isMaker(operation) || operation.invokedMs > madeMs);
}

/** Sets of paths that are merged (union-find with path halving). */
class PathSets {
  readonly #above = new Map<string, string>();

  find(path: string): string {
    let at = path;
    for (;;) {
      const next = this.#above.get(at) ?? at;
      if (next === at) return at;
      this.#above.set(at, this.#above.get(next) ?? next);
      at = next;
    }
  }

  join(a: string, b: string): void {
    this.#above.set(this.find(a), this.find(b));
  }
}

interface Directories {
  readonly fixed: ReadonlySet<string>;
  readonly old: ReadonlySet<string>;
}

/** Visits each directory after those above it. */
function findDirectories(universe: Universe): Directories {
  const fixed = new Set<string>(['/']);
  const old = new Set<string>(['/']);
  const visit = (directory: string): void => {
    for (const path of universe.childrenOf(directory)) {
      if (old.has(directory) && isOlder(universe, path)) old.add(path);
      if (fixed.has(directory) && isFixed(universe, path, old.has(path))) fixed.add(path);
      visit(path);
    }
  };
  visit('/');
  return { fixed, old };
}

/**
 * @param history in order of invocation
 * @returns the parts, every relevant operation in one of them; null when renames of directories lead to too many paths
 */
export function partitionOperations(history: readonly Operation[]): HistoryPart[] | null {
  const operations = history.filter(isRelevant);
  const universe = new Universe(operations);
  if (universe.isTooLarge) return null;
  const { fixed, old } = findDirectories(universe);
  const sets = new PathSets();
  for (const path of universe.paths) if (!fixed.has(parentOf(path))) sets.join(path, parentOf(path));
  for (const { kind, path, toPath } of operations) {
    if (toPath !== undefined) sets.join(path, toPath);
    if (kind === 'list') for (const child of universe.childrenOf(path)) sets.join(child, path);
  }
  return collectParts(operations, universe, sets, { fixed, old });
}

function collectParts(
  operations: readonly Operation[],
  universe: Universe,
  sets: PathSets,
  directories: Directories,
): HistoryPart[] {
  const parts = new Map<string, { operations: Operation[]; paths: string[]; fixed: string[]; directories: string[] }>();
  const partOf = (path: string): { operations: Operation[]; paths: string[]; fixed: string[]; directories: string[] } => {
    const name = sets.find(path);
    const part = parts.get(name) ?? { operations: [], paths: [], fixed: [], directories: [] };
    parts.set(name, part);
    return part;
  };
  for (const operation of operations) partOf(operation.path).operations.push(operation);
  for (const path of universe.paths) {
    const part = partOf(path);
    if (directories.fixed.has(path)) part.fixed.push(path);
    else part.paths.push(path);
    if (directories.old.has(path) && !directories.fixed.has(path)) part.directories.push(path);
  }
  return [...parts.values()].filter((part) => part.operations.length > 0);
}
