/** Clients that never rest: few names, many hands, every outcome written down. */
import { DistriFSError } from '../../src/client/sdk-error.js';
import type { DistriFSClient } from '../../src/client/distrifs-client.js';
import { SeededRandom } from '../../src/runtime/faults/seeded-random.js';
import { type Call, History, type Outcome } from './history.js';
import { sampleBytes, type SimCluster } from './sim-cluster.js';

const DIRECTORIES = ['/d', '/e'];
const FILES = ['/x', '/y', '/z', '/d/x', '/d/y', '/e/x'];
/** Answers that say what the file system holds. */
const TELLING = new Set(['ENOENT', 'EEXIST']);

/** The content that is written under an id: it says which it is, and has that id's length. */
function contentOf(id: number): Uint8Array {
  const bytes = sampleBytes(4 + ((id * 37_777) % 200_000), id);
  new DataView(bytes.buffer).setUint32(0, id);
  return bytes;
}

/** One of these, by lot. */
export function pick<T>(random: SeededRandom, items: readonly T[]): T {
  return items[random.integer(0, items.length - 1)]!;
}

/** Which content this is. @throws Error when it is none, whole and unchanged */
export function idOf(bytes: Uint8Array): number {
  const id = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (id > 100_000 || !Buffer.from(contentOf(id)).equals(bytes)) {
    throw new Error(`A read gave ${bytes.length} bytes that nobody wrote (they claim to be content ${id})`);
  }
  return id;
}

export class Workload {
  readonly history = new History();
  /** What no client may ever see. */
  readonly violations: string[] = [];
  readonly #cluster: SimCluster;
  readonly #random: SeededRandom;
  readonly #loops = new Map<string, { isOver: boolean }>();
  #isStopping = false;
  #nextId = 1;

  constructor(cluster: SimCluster, seed: number) {
    this.#cluster = cluster;
    this.#random = new SeededRandom(String(seed), 'workload');
  }

  /** Writes that were acknowledged. */
  get acknowledged(): number {
    return this.history.operations.filter(({ call, outcome }) => call.kind === 'write' && outcome.kind === 'ok').length;
  }

  /** Starts a client, also one whose machine was crashed: what it had under way stays unknown. */
  startClient(name: string): void {
    const loop = { isOver: false };
    this.#loops.set(name, loop);
    void this.#loop(name, this.#cluster.client(name)).then(
      () => (loop.isOver = true),
      (error: unknown) => {
        this.violations.push(String(error));
        loop.isOver = true;
      },
    );
  }

  /** Lets every client end what it does. Those on crashed machines must have been started again. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#cluster.sim.runUntil(() => [...this.#loops.values()].every((loop) => loop.isOver), { limitMs: 300_000 });
  }

  /** One call, written down. */
  async perform(name: string, fs: DistriFSClient, call: Call): Promise<void> {
    const operation = this.history.begin(name, call);
    try {
      this.history.end(operation, await this.#carryOut(fs, call));
    } catch (error) {
      if (!(error instanceof DistriFSError)) throw error;
      if (TELLING.has(error.code)) this.history.end(operation, { kind: 'error', code: error.code });
      else if (error.dfsCode !== 'OUTCOME_UNKNOWN') this.history.drop(operation);
    }
  }

  async #loop(name: string, fs: DistriFSClient): Promise<void> {
    while (!this.#isStopping) {
      await this.#cluster.sim.advance(this.#random.integer(1, 150));
      await this.perform(name, fs, this.#draw());
    }
    await fs.close();
  }

  async #carryOut(fs: DistriFSClient, call: Call): Promise<Outcome> {
    switch (call.kind) {
      case 'write':
        await fs.writeFile(call.path, contentOf(call.id), { flag: call.exclusive ? 'wx' : 'w' });
        return { kind: 'ok' };
      case 'mkdir':
        await fs.mkdir(call.path);
        return { kind: 'ok' };
      case 'rename':
        await fs.rename(call.from, call.to);
        return { kind: 'ok' };
      case 'rm':
        await fs.rm(call.path, { recursive: DIRECTORIES.includes(call.path) });
        return { kind: 'ok' };
      case 'read':
        return { kind: 'ok', id: idOf(await fs.readFile(call.path)) };
      case 'readdir':
        return { kind: 'ok', names: await fs.readdir(call.path) };
    }
  }

  #draw(): Call {
    const choiceSeed = this.#random.integer(0, 99);
    const file = (): string => pick(this.#random, FILES);
    if (choiceSeed < 40) return { kind: 'write', path: file(), id: this.#nextId++, exclusive: this.#random.chance(0.3) };
    if (choiceSeed < 70) return { kind: 'read', path: file() };
    if (choiceSeed < 78) return { kind: 'rename', from: file(), to: file() };
    if (choiceSeed < 86) return { kind: 'mkdir', path: pick(this.#random, DIRECTORIES) };
    if (choiceSeed < 91) return { kind: 'rm', path: file() };
    if (choiceSeed < 94) return { kind: 'rm', path: pick(this.#random, DIRECTORIES) };
    return { kind: 'readdir', path: pick(this.#random, ['/', ...DIRECTORIES]) };
  }
}
