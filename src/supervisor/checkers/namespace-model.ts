/**
 * What a sequential file system answers: the specification that linearizability is measured against. Paths hold nothing, a directory,
 * or a file of one content (its digest). Codes are those of open(2), mkdir(2), rename(2), unlink(2) and of our SDK's `rm`, which
 * refuses directories.
 */
import type { Operation } from '../history/operation.js';
import { ancestorsOf, childOf, isBelow } from './path-names.js';
import { StateTable } from './state-table.js';

const ABSENT = 0;
const DIRECTORY = 1;
/** Cell number of a path that is a directory all the time. */
const FIXED = -1;

/** Refusals that say something about the namespace; others (EAGAIN, EBUSY, …) may come at any time. */
export const NAMESPACE_ERRORS: readonly string[] = ['ENOENT', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY'];

interface PathCells {
  readonly path: string;
  readonly cell: number;
  /** Directories above that can change, the highest first. */
  readonly above: readonly number[];
}

export class NamespaceModel {
  readonly #table: StateTable;
  readonly #cells: ReadonlyMap<string, number>;
  readonly #places = new Map<string, PathCells>();
  readonly #children = new Map<string, { readonly name: string; readonly cell: number }[]>();
  readonly #contents = new Map<string, number>();
  readonly initial: number;

  /**
   * @param paths that can change, with every path that an operation can name or move content to, and their parents unless fixed
   * @param fixed directories that are there all the time, besides `/`
   * @param directories of `paths`: those that are directories at the start; the others are absent
   */
  constructor(paths: readonly string[], fixed: Iterable<string>, directories: Iterable<string>) {
    this.#cells = new Map(paths.map((path, cell) => [path, cell]));
    this.#table = new StateTable(paths.length);
    for (const path of [...paths, ...fixed]) {
      const slash = path.lastIndexOf('/');
      const siblings = this.#children.get(path.slice(0, slash) || '/') ?? [];
      siblings.push({ name: path.slice(slash + 1), cell: this.#cells.get(path) ?? FIXED });
      this.#children.set(path.slice(0, slash) || '/', siblings);
    }
    let state = this.#table.empty;
    for (const path of directories) state = this.#table.set(state, this.#cells.get(path) ?? 0, DIRECTORY);
    this.initial = state;
  }

  /**
   * The state after an operation that is acknowledged in this one, or refused with its namespace error (which changes nothing).
   * @returns undefined when it cannot have had its outcome here. An operation of unknown outcome is taken to succeed
   */
  step(state: number, operation: Operation): number | undefined {
    if (operation.outcome !== 'fail') return this.#succeed(state, operation);
    return this.#codes(state, operation).includes(operation.error ?? '') ? state : undefined;
  }

  #succeed(state: number, operation: Operation): number | undefined {
    const place = this.#placeOf(operation.path);
    if (operation.kind === 'stat' && operation.exists === false)
      return this.#lookUp(state, place).value === ABSENT ? state : undefined;
    if (!this.#codes(state, operation).includes('ok')) return undefined;
    switch (operation.kind) {
      case 'create':
      case 'overwrite':
        return this.#table.set(state, place.cell, this.#content(operation.sha256));
      case 'read':
        return this.#lookUp(state, place).value === this.#content(operation.sha256) ? state : undefined;
      case 'stat':
        return state;
      case 'list':
        return this.#lists(state, operation) ? state : undefined;
      case 'mkdir':
        return this.#makeDirectories(state, operation, place);
      case 'delete':
        return this.#remove(state, place);
      case 'rename':
        return this.#move(state, place, this.#placeOf(operation.toPath ?? ''));
    }
  }

  /** What may be answered in this state; more than one where the SDK looks first and the master decides later. */
  #codes(state: number, operation: Operation): readonly string[] {
    const { kind, path } = operation;
    const place = this.#placeOf(path);
    if (kind === 'mkdir' && operation.parents === true) return [this.#deepMakeCode(state, place)];
    if (path === '/' && (kind === 'delete' || kind === 'rename')) return ['EINVAL'];
    const { value, obstacle } = this.#lookUp(state, place);
    if (obstacle !== undefined) return [obstacle];
    const isThere = value !== ABSENT;
    const isDirectory = value === DIRECTORY;
    switch (kind) {
      case 'create':
        return isDirectory ? ['EEXIST', 'EISDIR'] : [isThere ? 'EEXIST' : 'ok'];
      case 'overwrite':
        return [isDirectory ? 'EISDIR' : 'ok'];
      case 'mkdir':
        return [isThere ? 'EEXIST' : 'ok'];
      case 'stat':
        return [isThere ? 'ok' : 'ENOENT'];
      case 'read':
        return [!isThere ? 'ENOENT' : isDirectory ? 'EISDIR' : 'ok'];
      case 'list':
        return [!isThere ? 'ENOENT' : isDirectory ? 'ok' : 'ENOTDIR'];
      case 'delete':
        if (!isDirectory || operation.recursive === true) return [isThere ? 'ok' : 'ENOENT'];
        return ['EISDIR', this.#isEmpty(state, path) ? 'ok' : 'ENOTEMPTY'];
      case 'rename':
        return [isThere ? this.#renameCode(state, operation, isDirectory) : 'ENOENT'];
    }
  }

  /** Of a rename whose source is there. */
  #renameCode(state: number, { path, toPath = '' }: Operation, isDirectory: boolean): string {
    const { value, obstacle } = this.#lookUp(state, this.#placeOf(toPath));
    if (obstacle !== undefined) return obstacle;
    if (toPath === path) return 'ok';
    if (toPath === '/' || (isDirectory && isBelow(toPath, path))) return 'EINVAL';
    if (value === ABSENT) return 'ok';
    if (value !== DIRECTORY) return isDirectory ? 'ENOTDIR' : 'ok';
    if (!isDirectory) return 'EISDIR';
    return this.#isEmpty(state, toPath) ? 'ok' : 'ENOTEMPTY';
  }

  #deepMakeCode(state: number, place: PathCells): string {
    if (place.above.some((cell) => this.#table.get(state, cell) > DIRECTORY)) return 'ENOTDIR';
    return place.cell !== FIXED && this.#table.get(state, place.cell) > DIRECTORY ? 'EEXIST' : 'ok';
  }

  #makeDirectories(state: number, operation: Operation, place: PathCells): number {
    const cells = operation.parents === true ? [...place.above, place.cell] : [place.cell];
    return cells.filter((cell) => cell !== FIXED).reduce((after, cell) => this.#table.set(after, cell, DIRECTORY), state);
  }

  #remove(state: number, place: PathCells): number {
    const cells = [place.cell, ...this.#below(place.path).map(({ cell }) => cell)];
    return cells.reduce((after, cell) => this.#table.set(after, cell, ABSENT), state);
  }

  #move(state: number, from: PathCells, to: PathCells): number {
    if (from.path === to.path) return state;
    let after = this.#remove(state, from);
    for (const { path, cell } of [from, ...this.#below(from.path)]) {
      const value = this.#table.get(state, cell);
      const target = this.#cells.get(to.path + path.slice(from.path.length));
      if (target !== undefined && (value !== ABSENT || path === from.path)) after = this.#table.set(after, target, value);
    }
    return after;
  }

  #lists(state: number, operation: Operation): boolean {
    const there = (this.#children.get(operation.path) ?? []).filter(
      ({ cell }) => cell === FIXED || this.#table.get(state, cell) !== ABSENT,
    );
    const shown = new Set(operation.names);
    return shown.size === there.length && there.every(({ name }) => shown.has(name));
  }

  #isEmpty(state: number, path: string): boolean {
    return (this.#children.get(path) ?? []).every(({ cell }) => cell !== FIXED && this.#table.get(state, cell) === ABSENT);
  }

  #below(path: string): PathCells[] {
    return (this.#children.get(path) ?? []).flatMap(({ name }) => {
      const child = childOf(path, name);
      return [this.#placeOf(child), ...this.#below(child)];
    });
  }

  /** What is at a path, and the code where a directory above it stands in the way. */
  #lookUp(state: number, { cell, above }: PathCells): { readonly value: number; readonly obstacle?: 'ENOENT' | 'ENOTDIR' } {
    for (const directory of above) {
      const value = this.#table.get(state, directory);
      if (value !== DIRECTORY) return { value: ABSENT, obstacle: value === ABSENT ? 'ENOENT' : 'ENOTDIR' };
    }
    return { value: cell === FIXED ? DIRECTORY : this.#table.get(state, cell) };
  }

  #placeOf(path: string): PathCells {
    const known = this.#places.get(path);
    if (known !== undefined) return known;
    const above = ancestorsOf(path).flatMap((directory) => this.#cells.get(directory) ?? []);
    const place = { path, cell: this.#cells.get(path) ?? FIXED, above };
    this.#places.set(path, place);
    return place;
  }

  #content(sha256 = ''): number {
    const known = this.#contents.get(sha256);
    if (known !== undefined) return known;
    const value = DIRECTORY + 1 + this.#contents.size;
    this.#contents.set(sha256, value);
    return value;
  }
}
