/**
 * The workload `rename-storm`: clients that rename files and directories in one another's paths. At most four clients share an
 * arena: the search for an order of operations cannot handle more.
 *
 *   /storm/set-1/arena-1/files/f-1 …             files are written here, and renamed to one another's names and into the trees
 *   /storm/set-1/arena-1/calm/c-1                replaced and read during the renames, and never renamed
 *   /storm/set-1/arena-1/left/t-1, t-2           trees are renamed to one another's names, from one side to the other
 *   /storm/set-1/arena-1/right/t-1, t-2
 *                             …/t-1/s-1, s-2     branches are renamed from one tree to another
 *                             …/t-1/s-1/k-1, k-2 files enter by rename only, as in the workload `metadata`
 */
import { pickOne } from '../../../shared/choices.js';
import type { SeededRandom } from '../../../runtime/faults/seeded-random.js';
import { numbered } from './metadata-operations.js';
import type { MetadataOperation } from './metadata-operations.js';
import { runNamespaceClient } from './namespace-client.js';
import { pickWeighted } from '../weighted.js';
import type { Weighted } from '../weighted.js';
import type { WorkloadEntry, WorkloadWorld } from '../workload.js';
import { pauseMsOf } from '../workload-types.js';
import type { RenameStorm } from '../workload-types.js';

const CLIENTS_IN_AN_ARENA = 4;
const TREES_A_SIDE = 2;
const BRANCHES_A_TREE = 2;
const FILES_A_BRANCH = 2;

class Arena {
  readonly files: string;
  /** Directory of the files that are never renamed. */
  readonly calm: string;
  readonly untouched: readonly string[];
  readonly sides: readonly string[];
  readonly written: readonly string[];
  readonly trees: readonly string[];
  readonly branches: readonly string[];
  readonly leaves: readonly string[];

  /** @param names number of file names, >= 1 */
  constructor(path: string, names: number) {
    this.files = `${path}/files`;
    this.calm = `${path}/calm`;
    this.untouched = numbered(this.calm, 'c', 1);
    this.sides = [`${path}/left`, `${path}/right`];
    this.written = numbered(this.files, 'f', names);
    this.trees = this.sides.flatMap((side) => numbered(side, 't', TREES_A_SIDE));
    this.branches = this.trees.flatMap((tree) => numbered(tree, 's', BRANCHES_A_TREE));
    this.leaves = this.branches.flatMap((branch) => numbered(branch, 'k', FILES_A_BRANCH));
  }
}

type Places = 'untouched' | 'sides' | 'written' | 'trees' | 'branches' | 'leaves';
type Choice = (from: StormChooser) => MetadataOperation;

const CHOICES: Weighted<Choice> = [
  [10, (from) => ({ kind: 'create', path: from.one('written'), lengthBytes: from.length() })],
  [3, (from) => ({ kind: 'overwrite', path: from.one('written'), lengthBytes: from.length() })],
  [7, (from) => ({ kind: 'rename', path: from.one('written'), toPath: from.one('written') })],
  [12, (from) => ({ kind: 'rename', path: from.one('written'), toPath: from.one('leaves') })],
  [6, (from) => ({ kind: 'rename', path: from.one('leaves'), toPath: from.one('leaves') })],
  [4, (from) => ({ kind: 'rename', path: from.one('leaves'), toPath: from.one('written') })],
  [9, (from) => ({ kind: 'rename', path: from.one('trees'), toPath: from.one('trees') })],
  [9, (from) => ({ kind: 'rename', path: from.one('branches'), toPath: from.one('branches') })],
  [2, (from) => ({ kind: 'overwrite', path: from.one('untouched'), lengthBytes: from.length() })],
  [4, (from) => ({ kind: 'read', path: from.one('untouched') })],
  [7, (from) => ({ kind: 'mkdir', path: from.one('trees') })],
  [9, (from) => ({ kind: 'mkdir', path: from.one('branches') })],
  [5, (from) => ({ kind: 'read', path: from.one('written') })],
  [8, (from) => ({ kind: 'read', path: from.one('leaves') })],
  [2, (from) => ({ kind: 'stat', path: from.one('branches') })],
  [3, (from) => ({ kind: 'list', path: from.files })],
  [3, (from) => ({ kind: 'list', path: from.one('sides') })],
  [3, (from) => ({ kind: 'list', path: from.one('trees') })],
  [4, (from) => ({ kind: 'list', path: from.one('branches') })],
  [3, (from) => ({ kind: 'delete', path: from.one('written') })],
  [1, (from) => ({ kind: 'delete', path: from.one('leaves') })],
  [1, (from) => ({ kind: 'delete-tree', path: from.one('branches') })],
];

/** Chooses operations at random, by seed. */
class StormChooser {
  readonly #workload: RenameStorm;
  readonly #random: SeededRandom;
  readonly #arena: Arena;

  constructor(workload: RenameStorm, random: SeededRandom, arena: Arena) {
    this.#workload = workload;
    this.#random = random;
    this.#arena = arena;
  }

  get files(): string {
    return this.#arena.files;
  }

  next(): MetadataOperation {
    return pickWeighted(this.#random, CHOICES)(this);
  }

  one(places: Places): string {
    return pickOne(this.#random, this.#arena[places]) ?? this.files;
  }

  length(): number {
    return this.#random.integer(this.#workload.sizeBytesMin, this.#workload.sizeBytesMax);
  }
}

export function openRenameStorm(workload: RenameStorm, world: WorkloadWorld): WorkloadEntry {
  const folder = `${world.root}/storm/set-${world.ordinal}`;
  const count = Math.ceil(workload.clients / CLIENTS_IN_AN_ARENA);
  const arenas = numbered(folder, 'arena', count).map((path) => new Arena(path, workload.names));
  // Clients are assigned in turn, so that a client is alone only when there is no other.
  const arenaOf = (index: number): Arena => {
    const arena = arenas[index % count];
    if (arena === undefined) throw new RangeError(`No arena for client ${index}`);
    return arena;
  };
  return {
    prepare: async ({ client, index }) => {
      const { files, calm, sides } = arenaOf(index);
      for (const directory of [files, calm, ...sides]) await client.mkdir(directory);
    },
    run: (slot) => {
      const { reconnect: _, ...lasting } = slot;
      return runNamespaceClient({
        world,
        // A crashed client leaves an operation of unknown outcome; the search can handle few such renames.
        slot: lasting,
        pauseMs: pauseMsOf(workload),
        kind: 'rename-storm',
        chooser: (random) => new StormChooser(workload, random, arenaOf(slot.index)),
      });
    },
    expectations: () => ({
      sharedNames: arenas.flatMap(({ written, untouched, leaves }) => [...written, ...untouched, ...leaves]),
      registers: [],
    }),
  };
}
