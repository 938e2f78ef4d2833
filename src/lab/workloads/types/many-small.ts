/**
 * The workload `many-small`: clients that fill directories of their own with small files, list, read and delete the files, and
 * remove a directory with all its files once the directory has received its share of names.
 *
 *   /workload/client-1/d-2/e-000005/f-0012
 */
import { SeededRandom } from '../../../runtime/faults/seeded-random.js';
import { pickOne } from '../../../shared/choices.js';
import { attempt } from '../attempt.js';
import { fileContent, fingerprintOf } from '../file-content.js';
import type { FileRecord } from '../ledger.js';
import { workloadFolder } from './own-folder.js';
import { removeFile } from './remove-file.js';
import { runRounds } from '../rounds.js';
import { pickWeighted } from '../weighted.js';
import type { Weighted } from '../weighted.js';
import { NO_REMAINS } from '../workload.js';
import type { ClientSlot, WorkloadEntry, WorkloadWorld } from '../workload.js';
import { pauseMsOf } from '../workload-types.js';
import type { ManySmall } from '../workload-types.js';

/** Directories that one client uses at the same time. */
const LEAVES = 4;
/** Files created in a directory before the directory is removed. The limit keeps small what is judged together. */
const FILES_IN_A_LEAF = 40;

type Deed = 'create' | 'read' | 'list' | 'delete' | 'look-for-deleted';
const DEEDS: Weighted<Deed> = [
  [10, 'create'],
  [6, 'read'],
  [3, 'list'],
  [4, 'delete'],
  [1, 'look-for-deleted'],
];

/** A directory that only one client uses. */
interface Leaf {
  readonly path: string;
  isMade: boolean;
  /** Number of names used so far. */
  named: number;
  readonly files: Map<string, FileRecord>;
  /** Names whose existence is unknown. */
  readonly uncertain: Set<string>;
  readonly deleted: Set<string>;
}

const nameIn = (leaf: Leaf, path: string): string => path.slice(leaf.path.length + 1);

class Worker {
  readonly #workload: ManySmall;
  readonly #world: WorkloadWorld;
  readonly #slot: ClientSlot;
  readonly #random: SeededRandom;
  readonly #leaves: Leaf[];
  #generation = 0;

  constructor(workload: ManySmall, world: WorkloadWorld, slot: ClientSlot) {
    this.#workload = workload;
    this.#world = world;
    this.#slot = slot;
    this.#random = new SeededRandom(String(world.seed), `many-small ${slot.name}`);
    this.#leaves = Array.from({ length: LEAVES }, (_, index) => this.#newLeaf(index));
  }

  /** Carries out one operation. */
  round(): Promise<boolean> {
    const index = this.#random.integer(0, LEAVES - 1);
    const leaf = this.#leaves[index] ?? this.#newLeaf(index);
    if (!leaf.isMade) return this.#make(leaf);
    if (leaf.named >= FILES_IN_A_LEAF) return this.#removeLeaf(leaf, index);
    switch (pickWeighted(this.#random, DEEDS)) {
      case 'create':
        return this.#create(leaf);
      case 'read':
        return this.#read(leaf);
      case 'list':
        return this.#list(leaf);
      case 'delete':
        return this.#delete(leaf);
      case 'look-for-deleted':
        return this.#lookForDeleted(leaf);
    }
  }

  #newLeaf(index: number): Leaf {
    this.#generation += 1;
    const folder = workloadFolder(this.#slot.name, this.#world.root);
    const path = `${folder}/d-${index + 1}/e-${String(this.#generation).padStart(6, '0')}`;
    return { path, isMade: false, named: 0, files: new Map(), uncertain: new Set(), deleted: new Set() };
  }

  async #make(leaf: Leaf): Promise<boolean> {
    leaf.isMade = await attempt(this.#world.counters, () => this.#slot.client.mkdir(leaf.path));
    return leaf.isMade;
  }

  async #create(leaf: Leaf): Promise<boolean> {
    const { counters, ledger, seed } = this.#world;
    leaf.named += 1;
    const name = `f-${String(leaf.named).padStart(4, '0')}`;
    const path = `${leaf.path}/${name}`;
    const content = fileContent(seed, path, this.#random.integer(this.#workload.sizeBytesMin, this.#workload.sizeBytesMax));
    const written = { path, ...fingerprintOf(content) };
    leaf.uncertain.add(name);
    const isAcked = await attempt(counters, () => this.#slot.client.createFile(path, content));
    const record = ledger.recordWrite(written, isAcked);
    if (!isAcked) return false;
    leaf.uncertain.delete(name);
    leaf.files.set(name, record);
    counters.filesAcked += 1;
    counters.bytesAcked += written.lengthBytes;
    return true;
  }

  async #read(leaf: Leaf): Promise<boolean> {
    const { counters, brokenGuarantees } = this.#world;
    const record = pickOne(this.#random, [...leaf.files.values()]);
    if (record === undefined) return true;
    return attempt(
      counters,
      async () => {
        const content = await this.#slot.client.readFile(record.path);
        if (brokenGuarantees.checkContent(record, fingerprintOf(content))) counters.readsVerified += 1;
      },
      () => brokenGuarantees.checkAbsence(record),
    );
  }

  #list(leaf: Leaf): Promise<boolean> {
    return attempt(
      this.#world.counters,
      async () => this.#checkNames(leaf, await this.#slot.client.readdir(leaf.path)),
      () => this.#reportLost(leaf.files.values()),
    );
  }

  #checkNames(leaf: Leaf, names: readonly string[]): void {
    const { brokenGuarantees } = this.#world;
    const shown = new Set(names);
    for (const [name, { path }] of leaf.files) {
      const detail = 'acknowledged, but missing in the listing of its directory';
      if (!shown.has(name)) brokenGuarantees.report({ invariant: 'acked-files-readable', path, detail });
    }
    for (const name of names) {
      if (leaf.files.has(name) || leaf.uncertain.has(name)) continue;
      const path = `${leaf.path}/${name}`;
      if (leaf.deleted.has(name)) brokenGuarantees.reportBack(path);
      else brokenGuarantees.report({ invariant: 'no-corruption', path, detail: 'listed in its directory, but never created' });
    }
  }

  async #delete(leaf: Leaf): Promise<boolean> {
    const record = pickOne(this.#random, [...leaf.files.values()]);
    if (record === undefined) return true;
    this.#takeOut(leaf, record);
    if (!(await removeFile(this.#world, this.#slot.client, record))) return false;
    leaf.uncertain.delete(nameIn(leaf, record.path));
    leaf.deleted.add(nameIn(leaf, record.path));
    return true;
  }

  async #lookForDeleted(leaf: Leaf): Promise<boolean> {
    const name = pickOne(this.#random, [...leaf.deleted]);
    if (name === undefined) return true;
    const path = `${leaf.path}/${name}`;
    return attempt(this.#world.counters, async () => {
      if (await this.#slot.client.exists(path)) this.#world.brokenGuarantees.reportBack(path);
    });
  }

  /** Removes the directory. The directory is not used again, whether the removal succeeds or not. */
  async #removeLeaf(leaf: Leaf, index: number): Promise<boolean> {
    const { counters, ledger } = this.#world;
    this.#leaves[index] = this.#newLeaf(index);
    const records = [...leaf.files.values()];
    for (const record of records) this.#takeOut(leaf, record);
    const isAcked = await attempt(
      counters,
      () => this.#slot.client.removeTree(leaf.path),
      () => this.#reportLost(records),
    );
    for (const record of records) ledger.recordDeletion(record, isAcked);
    if (isAcked) counters.filesDeleted += records.length;
    return isAcked;
  }

  #takeOut(leaf: Leaf, record: FileRecord): void {
    const name = nameIn(leaf, record.path);
    this.#world.ledger.take(record);
    leaf.files.delete(name);
    leaf.uncertain.add(name);
  }

  /** Reports every acknowledged file of a directory that is gone: only the client itself may remove its directory. */
  #reportLost(records: Iterable<FileRecord>): void {
    for (const record of records) this.#world.brokenGuarantees.reportLost(record);
  }
}

export function openManySmall(workload: ManySmall, world: WorkloadWorld): WorkloadEntry {
  return {
    prepare: ({ client, name }) => client.mkdir(workloadFolder(name, world.root)),
    run: (slot) => {
      const worker = new Worker(workload, world, slot);
      return runRounds(world, pauseMsOf(workload), () => worker.round());
    },
    expectations: () => NO_REMAINS,
  };
}
