/** Breaks a simulated cluster in every way that it must survive, one blow after the other, and heals it. */
import type { DiskOperation } from '../../src/runtime/memory/machine-disk.js';
import { SeededRandom } from '../../src/runtime/faults/seeded-random.js';
import { isDfsError } from '../../src/shared/errors.js';
import { GIB } from '../../src/shared/limits.js';
import { goodCopies } from './disk-view.js';
import type { SimCluster } from './sim-cluster.js';
import { pick, type Workload } from './workload.js';

const MASTER = 'm-1';
/** Good copies of a chunk that damage and wiped disks leave at least. */
const COPIES_LEFT_MIN = 2;
const FAILING: readonly DiskOperation[] = [
  'sync',
  'sync',
  'syncDirectory',
  'write',
  'read',
  'rename',
  'remove',
  'open',
  'close',
  'list',
];
const SLOW: readonly DiskOperation[] = ['sync', 'write', 'read', 'remove', 'rename', 'syncDirectory', 'list'];

export class Nemesis {
  /** How often each kind struck. */
  readonly struck = new Map<string, number>();
  readonly #cluster: SimCluster;
  readonly #workload: Workload;
  readonly #clients: readonly string[];
  readonly #random: SeededRandom;
  /** Nodes whose process gave up: they are restarted as after a crash. */
  readonly #failed = new Set<string>();
  readonly #watched = new Set<unknown>();

  constructor(cluster: SimCluster, workload: Workload, clients: readonly string[], seed: number) {
    this.#cluster = cluster;
    this.#workload = workload;
    this.#clients = clients;
    this.#random = new SeededRandom(String(seed), 'nemesis');
  }

  /** A blow; some are undone by `mend` only. */
  async strike(): Promise<void> {
    const kinds = [
      'crash',
      'crash',
      'power',
      'client',
      'stall',
      'stall',
      'reset',
      'damage',
      'damage',
      'failing',
      'failing',
      'full',
      'wipe',
      'slow',
      'twice',
      'blackout',
    ];
    const kind = pick(this.#random, kinds);
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
    const { sim, datanodeIds } = this.#cluster;
    const nodes = [MASTER, ...datanodeIds];
    switch (kind) {
      case 'crash':
      case 'power': {
        const machine = sim.machine(pick(this.#random, nodes));
        if (!machine.isUp) return;
        const when = this.#random.chance(0.5) ? 'before' : 'after';
        machine.crashAtCall(this.#random.integer(1, 60), { power: kind === 'power' || this.#random.chance(0.3), when });
        return;
      }
      case 'blackout':
        for (const name of nodes) sim.machine(name).crash({ power: true });
        return;
      case 'client': {
        const name = pick(this.#random, this.#clients);
        sim.machine(name).crash();
        this.#workload.startClient(name);
        return;
      }
      case 'stall':
      case 'reset': {
        const all = [...nodes, ...this.#clients, '*'];
        const from = pick(this.#random, all);
        const to = pick(this.#random, all);
        if (from === to) return;
        if (kind === 'reset') sim.network.reset(from, to);
        else sim.network.stall(from, to);
        return;
      }
      case 'damage':
        this.#damage();
        return;
      case 'failing': {
        const name = pick(this.#random, nodes);
        sim.machine(name).disk.failNext(pick(this.#random, FAILING));
        return;
      }
      case 'full':
        sim.machine(pick(this.#random, datanodeIds)).disk.setFreeBytes(this.#random.integer(0, 100_000));
        return;
      case 'wipe':
        this.#wipe();
        return;
      case 'slow':
        sim.machine(pick(this.#random, nodes)).disk.setExtraLatency(pick(this.#random, SLOW), this.#random.integer(1, 2_000));
        return;
      case 'twice':
        if (sim.machine(MASTER).disk.lockHolder !== null) await this.#startTwice();
    }
  }

  /** Undoes what can be undone: network and disks are as new, what is down is up again. */
  async mend(): Promise<void> {
    const { sim, datanodeIds } = this.#cluster;
    sim.network.heal();
    for (const name of [MASTER, ...datanodeIds]) {
      const machine = sim.machine(name);
      // A crash that has not struck yet is called off.
      machine.crashAtCall(Number.MAX_SAFE_INTEGER / 2);
      for (const operation of SLOW) machine.disk.setExtraLatency(operation, 0);
      machine.disk.setFreeBytes(64 * GIB);
      machine.disk.clearFailures();
    }
    await this.revive();
  }

  /** Restarts what crashed or gave up. */
  async revive(): Promise<void> {
    for (const name of [MASTER, ...this.#cluster.datanodeIds]) {
      if (this.#failed.delete(name)) this.#cluster.sim.machine(name).crash();
      await this.#start(name);
      this.#watch(name);
    }
  }

  /** Until it is up: a start may be struck by a planned crash or an ordered failure of the disk. */
  async #start(name: string): Promise<void> {
    const machine = this.#cluster.sim.machine(name);
    while (!machine.isUp) {
      const starting = name === MASTER ? this.#cluster.startMaster() : this.#cluster.startDatanode(name);
      let state: 'starting' | 'started' | 'refused' = 'starting';
      let reason: unknown;
      starting.then(
        () => (state = 'started'),
        (error: unknown) => {
          state = 'refused';
          reason = error;
        },
      );
      await this.#cluster.sim.runUntil(() => state !== 'starting' || !machine.isUp, { limitMs: 120_000 });
      if ((state as string) !== 'refused') continue;
      // Only the disk may refuse a start.
      if (!isDfsError(reason, 'IO_ERROR', 'NO_SPACE', 'UNAVAILABLE')) throw reason;
      machine.crash();
    }
  }

  #watch(name: string): void {
    const node = this.#cluster.nodes.get(name);
    if (node === undefined || this.#watched.has(node)) return;
    this.#watched.add(node);
    void node.failed.then(() => {
      if (this.#cluster.nodes.get(name) === node) this.#failed.add(name);
    });
  }

  #damage(): void {
    const chunks = [...goodCopies(this.#cluster).values()].filter((copies) => copies.length > COPIES_LEFT_MIN);
    if (chunks.length === 0) return;
    const { nodeId, dataFile, metaFile } = pick(this.#random, pick(this.#random, chunks));
    const { disk } = this.#cluster.sim.machine(nodeId);
    const file = this.#random.chance(0.7) ? dataFile : metaFile;
    const bytes = disk.readFile(file);
    const choiceSeed = this.#random.integer(0, 5);
    if (choiceSeed < 3) disk.flipBit(file, this.#random.integer(0, bytes.length - 1), this.#random.integer(0, 7));
    else if (choiceSeed < 5) disk.removeFile(file);
    else disk.writeFile(file, bytes.subarray(0, this.#random.integer(0, bytes.length - 1)));
  }

  #wipe(): void {
    const copies = goodCopies(this.#cluster);
    const { sim, datanodeIds } = this.#cluster;
    const victims = datanodeIds.filter((nodeId) =>
      [...copies.values()].every(
        (ofChunk) =>
          ofChunk.every((copy) => copy.nodeId !== nodeId) ||
          ofChunk.filter((copy) => copy.nodeId !== nodeId).length >= COPIES_LEFT_MIN,
      ),
    );
    if (victims.length === 0) return;
    const machine = sim.machine(pick(this.#random, victims));
    machine.crash();
    for (const name of machine.disk.files()) machine.disk.removeFile(name);
  }

  async #startTwice(): Promise<void> {
    let outcome = '';
    this.#cluster.startMaster().then(
      () => (outcome = 'started'),
      (error: unknown) => (outcome = String(error)),
    );
    await this.#cluster.sim.runUntil(() => outcome !== '' || !this.#cluster.sim.machine(MASTER).isUp, { limitMs: 60_000 });
    if (outcome === 'started') throw new Error('Two masters serve one folder');
  }
}
