/** Every path of a history, and the operations that touch it. */
import type { Operation } from '../history/operation.js';
import { ancestorsOf, childOf, isBelow, parentOf } from './path-names.js';

/**
 * Limit of paths: renamed directories multiply the possible paths of content, without end where they move into each other in turn.
 */
const MIRRORED_MAX = 5_000;
const MIRRORED_DEPTH_MAX = 24;

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

/** Result for paths without operations in an index by path. */
const NONE: readonly Operation[] = [];

export class Universe {
  /** Paths that an operation names, lists or can move content to, with the directories above; without the root. */
  readonly paths = new Set<string>();
  readonly #children = new Map<string, Set<string>>();
  /** Paths that exist only because a directory may have been renamed. */
  #mirrored = 0;
  readonly #naming = new Map<string, Operation[]>();
  readonly #touching = new Map<string, Operation[]>();

  /** @param operations that read or change the namespace */
  constructor(operations: readonly Operation[]) {
    for (const operation of operations) {
      const { path, toPath, kind, names } = operation;
      for (const named of toPath === undefined || toPath === path ? [path] : [path, toPath]) {
        this.#add(named);
        pushTo(this.#naming, named, operation);
        for (const at of [...ancestorsOf(named), named]) pushTo(this.#touching, at, operation);
      }
      if (kind === 'list') for (const name of names ?? []) this.#add(childOf(path, name));
    }
    this.#closeUnderRenames(operations);
  }

  /** True when the limit of paths was reached. */
  get isTooLarge(): boolean {
    return this.#mirrored > MIRRORED_MAX;
  }

  /** The operations that name a path. */
  naming(path: string): readonly Operation[] {
    return this.#naming.get(path) ?? NONE;
  }

  /** The operations that name a path or one below it. */
  touching(path: string): readonly Operation[] {
    return this.#touching.get(path) ?? NONE;
  }

  childrenOf(path: string): ReadonlySet<string> {
    return this.#children.get(path) ?? new Set();
  }

  #add(path: string): void {
    for (let at = path; at !== '/' && !this.paths.has(at); at = parentOf(at)) {
      this.paths.add(at);
      const siblings = this.#children.get(parentOf(at)) ?? new Set();
      siblings.add(at);
      this.#children.set(parentOf(at), siblings);
    }
  }

  /** Adds the paths below renamed directories: entries below the old name can appear below the new name, and so on. */
  #closeUnderRenames(operations: readonly Operation[]): void {
    const renames = operations.filter(({ kind, outcome }) => kind === 'rename' && outcome !== 'fail');
    for (let before = -1; before !== this.paths.size && !this.isTooLarge;) {
      before = this.paths.size;
      for (const { path, toPath = '' } of renames) if (!isBelow(toPath, path)) this.#mirror(path, toPath);
    }
  }

  #mirror(from: string, to: string): void {
    for (const child of [...this.childrenOf(from)]) {
      if (this.isTooLarge) return;
      const copy = to + child.slice(from.length);
      if (this.paths.has(copy)) {
        this.#mirror(child, copy);
        continue;
      }
      this.#mirrored += ancestorsOf(copy).length < MIRRORED_DEPTH_MAX ? 1 : MIRRORED_MAX + 1;
      this.#add(copy);
      this.#mirror(child, copy);
    }
  }
}
