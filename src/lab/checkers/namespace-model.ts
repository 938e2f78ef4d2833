/**
 * The sequential specification of the file system that linearizability is checked against. A path holds nothing, a directory, or a
 * file with one content (its digest). Error codes are those of open(2), mkdir(2), rename(2), unlink(2) and of the SDK's `rm`, which
 * refuses directories.
 */
import type { Operation } from '../history/operation.js';
import { isBelow } from './path-names.js';
import { FIXED } from './path-table.js';
import type { PathCells, PathTable } from './path-table.js';
import { StateTable } from './state-table.js';

const ABSENT = 0;
const DIRECTORY = 1;

/** Stands for every content that is never read again; not a digest. */
export const UNSEEN = '';

/** Errors that depend on the namespace. Other errors (EAGAIN, EBUSY, …) may come at any time. */
export const NAMESPACE_ERRORS: readonly string[] = ['ENOENT', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY'];

export class NamespaceModel {
  readonly #table: StateTable;
  readonly #paths: PathTable;
  readonly #contents = new Map<string, number>();
  /** By number of content. */
  readonly #digests: string[] = [];
  readonly initial: number;

  /**
   * @param paths all relevant paths
   * @param directories paths that are directories at the start; all others are absent
   */
  constructor(paths: PathTable, directories: Iterable<string>) {
    this.#paths = paths;
    this.#table = new StateTable(paths.size);
    let state = this.#table.empty;
    for (const path of directories) state = this.#table.set(state, paths.cellOf(path) ?? 0, DIRECTORY);
    this.initial = state;
  }

  /**
   * The state after an operation that is acknowledged in this state, or refused with its namespace error (which changes nothing).
   * @returns undefined when the operation cannot have its outcome in this state. An operation of unknown outcome is assumed to
   *   succeed
   */
  step(state: number, operation: Operation): number | undefined {
    if (operation.outcome !== 'fail') return this.#succeed(state, operation);
    return this.#codes(state, operation).includes(operation.error ?? '') ? state : undefined;
  }

  #succeed(state: number, operation: Operation): number | undefined {
    const place = this.#paths.placeOf(operation.path);
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
        return this.#move(state, place, this.#paths.placeOf(operation.toPath ?? ''));
    }
  }

  /** The possible answers in this state. There are several where the SDK looks first and the master decides later. */
  #codes(state: number, operation: Operation): readonly string[] {
    const { kind, path } = operation;
    const place = this.#paths.placeOf(path);
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

  /** Of a rename whose source exists. */
  #renameCode(state: number, { path, toPath = '' }: Operation, isDirectory: boolean): string {
    const { value, obstacle } = this.#lookUp(state, this.#paths.placeOf(toPath));
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
    const cells = [place.cell, ...this.#paths.below(place.path).map(({ cell }) => cell)];
    return cells.reduce((after, cell) => this.#table.set(after, cell, ABSENT), state);
  }

  #move(state: number, from: PathCells, to: PathCells): number {
    if (from.path === to.path) return state;
    let after = this.#remove(state, from);
    for (const { path, cell } of [from, ...this.#paths.below(from.path)]) {
      const value = this.#table.get(state, cell);
      const target = this.#paths.cellOf(to.path + path.slice(from.path.length));
      if (target !== undefined && (value !== ABSENT || path === from.path)) after = this.#table.set(after, target, value);
    }
    return after;
  }

  #lists(state: number, operation: Operation): boolean {
    const there = this.#paths
      .childrenOf(operation.path)
      .filter(({ cell }) => cell === FIXED || this.#table.get(state, cell) !== ABSENT);
    const shown = new Set(operation.names);
    return shown.size === there.length && there.every(({ name }) => shown.has(name));
  }

  #isEmpty(state: number, path: string): boolean {
    return this.#paths.childrenOf(path).every(({ cell }) => cell !== FIXED && this.#table.get(state, cell) === ABSENT);
  }

  /** The entry at a path, and the error code where a directory above is missing or a file. */
  #lookUp(state: number, { cell, above }: PathCells): { readonly value: number; readonly obstacle?: 'ENOENT' | 'ENOTDIR' } {
    for (const directory of above) {
      const value = this.#table.get(state, directory);
      if (value !== DIRECTORY) return { value: ABSENT, obstacle: value === ABSENT ? 'ENOENT' : 'ENOTDIR' };
    }
    return { value: cell === FIXED ? DIRECTORY : this.#table.get(state, cell) };
  }

  /**
   * Merges the contents that are not read any more into one.
   * @param isOver by digest: the content is not read any more
   */
  forget(state: number, isOver: (sha256: string) => boolean): number {
    let after = state;
    for (let cell = 0; cell < this.#paths.size; cell += 1) {
      const value = this.#table.get(state, cell);
      const sha256 = this.#digests[value - DIRECTORY - 1];
      if (sha256 !== undefined && sha256 !== UNSEEN && isOver(sha256))
        after = this.#table.set(after, cell, this.#content(UNSEEN));
    }
    return after;
  }

  #content(sha256 = UNSEEN): number {
    const known = this.#contents.get(sha256);
    if (known !== undefined) return known;
    const value = DIRECTORY + 1 + this.#contents.size;
    this.#contents.set(sha256, value);
    this.#digests.push(sha256);
    return value;
  }
}
