/**
 * The operations of clients of the workload `metadata`. All clients share few names, so that nearly every operation meets another
 * one:
 *
 *   /meta/plain/p-1 …        files that are never renamed: each name is a register of its own
 *   /meta/files/f-1 …        files that are renamed to one another's names and into the trees
 *   /meta/trees/t-1 …        directories that are created, renamed and removed with their files
 *
 * Files enter a tree by rename only. A file that is being written follows its directory, as an open file does in POSIX. A write
 * into a directory that is renamed during the write therefore takes effect under another path than the requested one: correct, but
 * a history of paths cannot be judged by it.
 */
import type { SeededRandom } from '../../../runtime/faults/seeded-random.js';
import { pickOne } from '../../../shared/choices.js';
import { pickWeighted } from '../weighted.js';
import type { Weighted } from '../weighted.js';
import type { MetadataWorkload } from '../workload-types.js';

interface Places {
  readonly plain: string;
  readonly files: string;
  readonly trees: string;
}

const placesIn = (root: string): Places => ({
  plain: `${root}/meta/plain`,
  files: `${root}/meta/files`,
  trees: `${root}/meta/trees`,
});

/** Directories that every client creates before its work. @param root directory above all of them; '' is the root directory */
export function metadataDirectories(root = ''): readonly string[] {
  const { plain, files, trees } = placesIn(root);
  return [plain, files, trees];
}

const TREE_COUNT = 3;
const NAMES_IN_A_TREE = 2;

export type MetadataOperation =
  | { readonly kind: 'create' | 'overwrite'; readonly path: string; readonly lengthBytes: number }
  | { readonly kind: 'read' | 'stat' | 'list' | 'delete' | 'delete-tree' | 'mkdir'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly toPath: string };

type Choice = (chooser: MetadataChooser) => MetadataOperation;

/** The operations with their weights. */
const CHOICES: Weighted<Choice> = [
  [12, (from) => ({ kind: 'create', path: from.file(), lengthBytes: from.length() })],
  [12, (from) => ({ kind: 'overwrite', path: from.file(), lengthBytes: from.length() })],
  [18, (from) => ({ kind: 'read', path: from.file() })],
  [8, (from) => ({ kind: 'stat', path: from.file() })],
  [10, (from) => ({ kind: 'delete', path: from.file() })],
  [8, (from) => ({ kind: 'rename', path: from.movable(), toPath: from.movable() })],
  [5, (from) => ({ kind: 'list', path: from.places.files })],
  [5, (from) => ({ kind: 'rename', path: from.movable(), toPath: from.inTree() })],
  [3, (from) => ({ kind: 'rename', path: from.inTree(), toPath: from.movable() })],
  [4, (from) => ({ kind: 'read', path: from.inTree() })],
  [4, (from) => ({ kind: 'mkdir', path: from.tree() })],
  [3, (from) => ({ kind: 'rename', path: from.tree(), toPath: from.tree() })],
  [2, (from) => ({ kind: 'delete-tree', path: from.tree() })],
  [1, (from) => ({ kind: 'delete', path: from.tree() })],
  [2, (from) => ({ kind: 'list', path: from.tree() })],
  [2, (from) => ({ kind: 'list', path: from.places.trees })],
  [1, (from) => ({ kind: 'stat', path: from.tree() })],
];

/** `/meta/files/f-1` … */
export const numbered = (directory: string, letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${directory}/${letter}-${index + 1}`);

interface MetadataPaths {
  readonly plain: readonly string[];
  readonly movable: readonly string[];
  readonly trees: readonly string[];
  readonly inTrees: readonly string[];
}

/** @param names number of file names, >= 1; every second file is never renamed */
function metadataPaths(names: number, places: Places): MetadataPaths {
  const trees = numbered(places.trees, 't', TREE_COUNT);
  return {
    plain: numbered(places.plain, 'p', Math.floor(names / 2)),
    movable: numbered(places.files, 'f', Math.ceil(names / 2)),
    trees,
    inTrees: trees.flatMap((tree) => numbered(tree, 'k', NAMES_IN_A_TREE)),
  };
}

/** Every path where the workload can leave a file. */
export function metadataFiles({ names }: MetadataWorkload, root = ''): string[] {
  const { plain, movable, inTrees } = metadataPaths(names, placesIn(root));
  return [...plain, ...movable, ...inTrees];
}

/** Chooses operations at random, by seed. */
export class MetadataChooser {
  readonly places: Places;
  readonly #workload: MetadataWorkload;
  readonly #random: SeededRandom;
  readonly #paths: MetadataPaths;
  readonly #written: readonly string[];

  constructor(workload: MetadataWorkload, random: SeededRandom, root = '') {
    this.places = placesIn(root);
    this.#workload = workload;
    this.#random = random;
    this.#paths = metadataPaths(workload.names, this.places);
    this.#written = [...this.#paths.plain, ...this.#paths.movable];
  }

  next(): MetadataOperation {
    return pickWeighted(this.#random, CHOICES)(this);
  }

  /** A file that is written under its final name. */
  file(): string {
    return this.#one(this.#written);
  }

  movable(): string {
    return this.#one(this.#paths.movable);
  }

  tree(): string {
    return this.#one(this.#paths.trees);
  }

  inTree(): string {
    return this.#one(this.#paths.inTrees);
  }

  length(): number {
    return this.#random.integer(this.#workload.sizeBytesMin, this.#workload.sizeBytesMax);
  }

  #one(paths: readonly string[]): string {
    return pickOne(this.#random, paths) ?? this.places.files;
  }
}
