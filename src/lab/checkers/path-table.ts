/** The paths of one part of a history as numbered cells, with the ancestors, children and descendants of each. */
import { ancestorsOf, childOf } from './path-names.js';

/** Cell number of a path that is a directory all the time. */
export const FIXED = -1;

export interface PathCells {
  readonly path: string;
  readonly cell: number;
  /** Directories above that can change, the highest first. */
  readonly above: readonly number[];
}

export interface ChildCell {
  readonly name: string;
  readonly cell: number;
}

const NO_CHILDREN: readonly ChildCell[] = [];

export class PathTable {
  readonly #cells: ReadonlyMap<string, number>;
  readonly #places = new Map<string, PathCells>();
  readonly #children = new Map<string, ChildCell[]>();
  readonly #below = new Map<string, readonly PathCells[]>();

  /**
   * @param paths that can change: every path that an operation can name or move content to, and their parents unless fixed
   * @param fixed directories that exist all the time, besides `/`
   */
  constructor(paths: readonly string[], fixed: Iterable<string>) {
    this.#cells = new Map(paths.map((path, cell) => [path, cell]));
    for (const path of [...paths, ...fixed]) {
      const slash = path.lastIndexOf('/');
      const siblings = this.#children.get(path.slice(0, slash) || '/') ?? [];
      siblings.push({ name: path.slice(slash + 1), cell: this.cellOf(path) ?? FIXED });
      this.#children.set(path.slice(0, slash) || '/', siblings);
    }
  }

  /** Number of cells; cells are numbered from 0. */
  get size(): number {
    return this.#cells.size;
  }

  /** The cell of a path; undefined for a path that cannot change. */
  cellOf(path: string): number | undefined {
    return this.#cells.get(path);
  }

  childrenOf(path: string): readonly ChildCell[] {
    return this.#children.get(path) ?? NO_CHILDREN;
  }

  /** All cells below a path, at any depth. */
  below(path: string): readonly PathCells[] {
    const known = this.#below.get(path);
    if (known !== undefined) return known;
    const found = this.childrenOf(path).flatMap(({ name }) => {
      const child = childOf(path, name);
      return [this.placeOf(child), ...this.below(child)];
    });
    this.#below.set(path, found);
    return found;
  }

  placeOf(path: string): PathCells {
    const known = this.#places.get(path);
    if (known !== undefined) return known;
    const above = ancestorsOf(path).flatMap((directory) => this.cellOf(directory) ?? []);
    const place = { path, cell: this.cellOf(path) ?? FIXED, above };
    this.#places.set(path, place);
    return place;
  }
}
