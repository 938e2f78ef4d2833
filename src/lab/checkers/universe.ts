/** Every path that a history is about, and which operations look at it. */
import type { Operation } from '../history/operation.js';
import { ancestorsOf, childOf, isBelow, parentOf } from './path-names.js';

/** Renamed directories multiply the paths that content can have, without end where they go into each other in turn. */
const MIRRORED_MAX = 5_000;
const MIRRORED_DEPTH_MAX = 24;

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

/** What an index of operations by path answers where it has none. */
const NONE: readonly Operation[] = [];

export class Universe {
  /** What an operation names, lists or can move content to, with the directories above; without the root. */
  readonly paths = new Set<string>();
  readonly #children = new Map<string, Set<string>>();
  /** Paths that are here only because a directory may have been renamed. */
  #mirrored = 0;
  readonly #naming = new Map<string, Operation[]>();
  readonly #touching = new Map<string, Operation[]>();

  /** @param operations that say or change something about the namespace */
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

  /** Not all paths were found. */
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

  /** What is below a renamed directory can be found below its new name, and so on. */
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
