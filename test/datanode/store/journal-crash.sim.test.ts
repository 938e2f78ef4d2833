/** Crashes at every call of a history of small chunks: committed through the journal, replaced, deleted, written again, flushed. */
import { expect, test } from 'vitest';
import type { ChunkStore } from '../../../src/datanode/store/chunk-store.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import type { Runtime } from '../../../src/shared/runtime.js';
import { patternBytes, sameBytes, TIMINGS } from '../fixtures.js';
import { getChunk, openStore, putChunk } from './store-fixture.js';

const LIMITS = { bytesMax: 400_000, chargeBytesMin: 100, segmentBytes: 3_000, writeBytesMax: 140_000 };
const FLUSH_MS = 50;
const OPTIONS = { journalLimits: LIMITS, timings: { ...TIMINGS, staleAfterMs: FLUSH_MS } };
/** What a power cut tears is drawn from the seed: each point is hit this often. */
const SEEDS = 3;

/** Puts a version of a chunk; version 0 deletes the chunk. */
interface Step {
  readonly chunkId: number;
  readonly version: number;
  readonly bytes: number;
}

const put = (chunkId: number, version: number, bytes = 900): Step => ({ chunkId, version, bytes });
const remove = (chunkId: number): Step => ({ chunkId, version: 0, bytes: 0 });

/** Rows one after the other; steps of a row at the same time. 'flush' waits until the journal may be empty. */
const HISTORY: readonly (readonly Step[] | 'flush')[] = [
  [put(1, 1)],
  [put(2, 1), put(3, 1, 0), put(6, 1, BLOCK_BYTES + 7)],
  [remove(2), put(4, 1)],
  [put(1, 2, 2 * BLOCK_BYTES + 3)],
  [put(3, 2)],
  'flush',
  [put(5, 1), remove(4)],
  [put(2, 2), remove(6)],
  [remove(1), remove(5)],
  [put(1, 3)],
  'flush',
  [put(7, 1)],
];

const dataOf = ({ chunkId, version, bytes }: Step): Uint8Array => patternBytes(bytes, 100 * chunkId + version);

/** What is known of each chunk: the last step that was acknowledged, and the one under way. */
class Model {
  readonly acknowledged = new Map<number, Step>();
  readonly underWay = new Map<number, Step>();

  async run(step: Step, store: ChunkStore): Promise<void> {
    const { chunkId, version } = step;
    this.underWay.set(chunkId, step);
    if (version === 0) await store.delete(chunkId, this.acknowledged.get(chunkId)?.version ?? 0);
    else await putChunk(store, chunkId, version, dataOf(step));
    this.acknowledged.set(chunkId, step);
    this.underWay.delete(chunkId);
  }

  async check(store: ChunkStore): Promise<void> {
    for (let chunkId = 1; chunkId <= 7; chunkId++) {
      const version = store.get(chunkId)?.version ?? 0;
      const possible = [this.acknowledged.get(chunkId) ?? remove(chunkId), this.underWay.get(chunkId)];
      const step = possible.find((each) => each?.version === version);
      expect(step, `chunk ${chunkId} is at version ${version}`).toBeDefined();
      if (step === undefined || version === 0) continue;
      expect(store.get(chunkId)?.condition).toBe('good');
      expect(sameBytes(await getChunk(store, chunkId, version), dataOf(step))).toBe(true);
    }
  }
}

async function runHistory(model: Model, store: ChunkStore, { clock }: Runtime): Promise<void> {
  for (const row of HISTORY) {
    if (row === 'flush') await clock.sleep(2 * FLUSH_MS);
    else await Promise.all(row.map((step) => model.run(step, store)));
  }
}

async function reopen(sim: Simulation, machine: Machine, model: Model): Promise<void> {
  await sim.run(async () => {
    const { store, fatal } = await openStore(machine, OPTIONS);
    await model.check(store);
    expect(fatal).toEqual([]);
  });
}

/** False when the history needs fewer calls. */
async function crashAt(call: number, power: boolean, when: 'before' | 'after', seed: string): Promise<boolean> {
  const sim = new Simulation({ seed: `${seed}/${call}` });
  const machine = sim.machine('dn-1');
  const model = new Model();
  let isDone = false;
  await sim.run(async () => {
    const { store, runtime } = await openStore(machine, OPTIONS);
    machine.crashAtCall(call, { power, when });
    void runHistory(model, store, runtime).then(() => {
      isDone = true;
    });
  });
  await sim.runUntil(() => isDone || !machine.isUp);
  const hasCrashed = !machine.isUp;
  if (!hasCrashed) machine.crash({ power });
  await reopen(sim, machine, model);
  // The start that replayed dies as well, its files not yet fsynced.
  machine.crash({ power: true });
  await reopen(sim, machine, model);
  return hasCrashed;
}

test.each([
  { power: false, when: 'after' },
  { power: true, when: 'before' },
  { power: true, when: 'after' },
] as const)(
  'a crash at any call leaves each chunk as acknowledged, and so does the next (power: $power, $when the call)',
  async (row) => {
    let call = 0;
    for (let hasCrashed = true; hasCrashed;) {
      call++;
      for (let seed = 0; seed < (row.power ? SEEDS : 1); seed++) {
        hasCrashed = await crashAt(call, row.power, row.when, `${row.when}/${seed}`);
      }
    }
    // The history and two flushes; fewer would mean that the crashes missed them.
    expect(call).toBeGreaterThan(150);
  },
);

test('a crash at any call of a start that replays the journal loses nothing', async () => {
  for (let call = 1, hasCrashed = true; hasCrashed; call++) {
    const sim = new Simulation({ seed: `replay/${call}` });
    const machine = sim.machine('dn-1');
    const model = new Model();
    await sim.run(async () => {
      const { store } = await openStore(machine, OPTIONS);
      for (const step of [put(1, 1), put(2, 1, 10), put(3, 1, BLOCK_BYTES + 1), remove(2)]) await model.run(step, store);
    });
    machine.crash({ power: true });
    machine.crashAtCall(call, { power: true });
    let isOpen = false;
    await sim.run(() => {
      void openStore(machine, OPTIONS).then(() => {
        isOpen = true;
      });
      return Promise.resolve();
    });
    await sim.runUntil(() => isOpen || !machine.isUp);
    hasCrashed = !machine.isUp;
    if (!hasCrashed) machine.crash({ power: true });
    await reopen(sim, machine, model);
  }
});
