import { expect, test } from 'vitest';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import { dataFile, metaFile, patternBytes, sameBytes } from '../fixtures.js';
import { getChunk, openStore, putChunk } from './store-fixture.js';

const OLD = patternBytes(2 * BLOCK_BYTES + 11, 1);
const NEW = patternBytes(3 * BLOCK_BYTES + 5, 2);
/** What a power cut tears is drawn from the seed: each point is struck this often. */
const STRIKES = 3;
/** As long as OLD: only the checksums tell them apart. */
const SAME_LENGTH = patternBytes(OLD.length, 3);

interface Crash {
  readonly power: boolean;
  readonly when: 'before' | 'after';
}

const CRASHES: readonly Crash[] = [
  { power: false, when: 'before' },
  { power: false, when: 'after' },
  { power: true, when: 'before' },
  { power: true, when: 'after' },
];

/**
 * Writes version 2 of a chunk over version 1 and crashes at the n-th call; then starts again and looks what is there.
 * Returns false when the write needed fewer calls than that.
 */
async function crashAt(call: number, crash: Crash, withOld: boolean, data: Uint8Array, seed: string): Promise<boolean> {
  const sim = new Simulation({ seed: `${seed}/${call}` });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store } = await openStore(machine);
    if (withOld) await putChunk(store, 7, 1, OLD);
  });
  machine.crash();
  const progress = { acknowledged: false, begun: false };
  await sim.run(async () => {
    const { store } = await openStore(machine);
    machine.crashAtCall(call, crash);
    progress.begun = true;
    void putChunk(store, 7, 2, data).then(() => {
      progress.acknowledged = true;
    });
  });
  await sim.runUntil(() => progress.acknowledged || !machine.isUp);
  const hasCrashed = !machine.isUp;
  if (!hasCrashed) machine.crash({ power: crash.power });

  await sim.run(async () => {
    const { store, fatal } = await openStore(machine);
    const entry = store.get(7);
    if (progress.acknowledged) expect(entry?.version).toBe(2);
    if (withOld) expect(entry).toBeDefined();
    const files = machine.disk.files().filter((name) => name.includes('chunk-'));
    if (entry === undefined) expect(files).toEqual([]);
    else {
      expect(sameBytes(await getChunk(store, 7, entry.version), entry.version === 1 ? OLD : data)).toBe(true);
      expect(files).toEqual([dataFile(7), metaFile(7, entry.version)]);
    }
    expect(fatal).toEqual([]);
    // The node is as good as new: the next version can be written.
    await putChunk(store, 7, 3, OLD);
    expect(sameBytes(await getChunk(store, 7, 3), OLD)).toBe(true);
  });
  return hasCrashed;
}

test.each(
  CRASHES.flatMap((crash) => [
    { ...crash, withOld: true, data: NEW, what: 'over an old version' },
    { ...crash, withOld: true, data: SAME_LENGTH, what: 'over an old version of the same length' },
    { ...crash, withOld: false, data: NEW, what: 'of a new chunk' },
  ]),
)('a crash at any call of a write $what leaves the old or the new version whole (power: $power, $when the call)', async (row) => {
  let call = 0;
  for (let hasCrashed = true; hasCrashed;) {
    call++;
    for (let strike = 0; strike < (row.power ? STRIKES : 1); strike++) {
      hasCrashed = await crashAt(call, row, row.withOld, row.data, `${row.what}/${row.when}/${strike}`);
    }
  }
  // Opening, writing, two fsyncs, the meta, the rename and the directory's fsync: fewer would mean that the crash missed.
  expect(call).toBeGreaterThan(12);
});

test('a power cut at any call of a delete leaves the chunk whole or gone, and no file of it behind', async () => {
  for (let round = STRIKES, hasCrashed = true; hasCrashed || round % STRIKES > 0; round++) {
    const call = Math.floor(round / STRIKES);
    const sim = new Simulation({ seed: `delete/${round}` });
    const machine = sim.machine('dn-1');
    let isDone = false;
    await sim.run(async () => {
      const { store } = await openStore(machine);
      await putChunk(store, 7, 1, OLD);
      machine.crashAtCall(call, { power: true });
      void store.delete(7, 1).then(() => {
        isDone = true;
      });
    });
    await sim.runUntil(() => isDone || !machine.isUp);
    hasCrashed = !machine.isUp;
    if (!hasCrashed) machine.crash({ power: true });
    await sim.run(async () => {
      const { store } = await openStore(machine);
      const files = machine.disk.files().filter((name) => name.includes('chunk-'));
      if (store.get(7) === undefined) expect(files).toEqual([]);
      else expect(sameBytes(await getChunk(store, 7, 1), OLD)).toBe(true);
      if (isDone) expect(store.get(7)).toBeUndefined();
    });
  }
});
