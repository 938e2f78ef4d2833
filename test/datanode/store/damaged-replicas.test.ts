/** Replicas that are damaged, or that the disk does not give: what stays, what is served, what comes back. */
import { ownMemory } from '../../../src/client/transfer/own-memory.js';
import { expect, test } from 'vitest';
import { Quarantine } from '../../../src/datanode/store/quarantine.js';
import type { ReplicaChange } from '../../../src/datanode/store/replica.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import { dataFile, metaFile, patternBytes, rejection, sameBytes, TIMINGS } from '../fixtures.js';
import { getChunk, openStore, putChunk } from './store-fixture.js';

const DATA = patternBytes(4 * BLOCK_BYTES + 9);
const BLOCKS = [0, 1, 2, 3, 4];
const READS_FAIL = { kind: 'eio', operations: ['open', 'read'], probability: 1 } as const;

const damagedFile = (chunkId: number, version: number): string => `${dataFile(chunkId)}.v${version}.damaged`;
const told = (changes: readonly ReplicaChange[]): string[] => changes.map(({ chunkId, state }) => `${chunkId} ${state}`);

/** The blocks of a replica that its reader gives, each verified. */
async function servedBlocks(
  store: Awaited<ReturnType<typeof openStore>>['store'],
  chunkId: number,
  version: number,
): Promise<number[]> {
  const reader = await store.openReplica(chunkId, version);
  const served: number[] = [];
  for (const block of BLOCKS) {
    const packet = await reader.readPacket(ownMemory, block, 1).catch(() => null);
    if (packet === null) continue;
    expect(sameBytes(packet.data, DATA.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES))).toBe(true);
    served.push(block);
  }
  await reader.close();
  return served;
}

test('ChunkStore.verify names the bad blocks; the replica is CORRUPT also after a restart, serves the others, and is replaced whole', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store, changes } = await openStore(machine);
    await putChunk(store, 1, 3, DATA);
    machine.disk.flipBit(dataFile(1), BLOCK_BYTES + 5);
    machine.disk.flipBit(dataFile(1), 4 * BLOCK_BYTES + 8);
    expect(await store.verify(1)).toMatchObject({ kind: 'damaged', badBlocks: [1, 4] });
    expect(told(changes)).toEqual(['1 COMMITTED', '1 CORRUPT']);
    expect(await servedBlocks(store, 1, 3)).toEqual([0, 2, 3]);
  });
  machine.crash();
  await sim.run(async () => {
    const { store, scan, changes } = await openStore(machine);
    expect(told(changes)).toEqual(['1 CORRUPT']);
    expect(await servedBlocks(store, 1, 3)).toEqual([0, 2, 3]);
    await scan.beforeReport();
    await scan.beforeReport();
    expect(machine.disk.files()).toEqual([dataFile(1), damagedFile(1, 3), metaFile(1, 3)]);
    expect((await rejection(store.begin(1, 2, DATA.length, () => undefined))).code).toBe('STALE_VERSION');
    await putChunk(store, 1, 3, DATA);
    expect(told(changes)).toEqual(['1 CORRUPT', '1 COMMITTED']);
    expect(sameBytes(await getChunk(store, 1, 3), DATA)).toBe(true);
    expect((await rejection(store.begin(1, 3, DATA.length, () => undefined))).code).toBe('STALE_VERSION');
    expect(machine.disk.files()).toEqual([dataFile(1), metaFile(1, 3)]);
    expect(store.space.usedBytes).toBe(DATA.length);
    // The pause of the old damage does not hold up the report of a new one.
    machine.disk.flipBit(dataFile(1), 1);
    store.suspect(1);
    await store.idle();
    expect(told(changes).at(-1)).toBe('1 CORRUPT');
  });
});

test('a cut data file keeps its whole blocks, and a deletion takes a damaged replica with all its files', async () => {
  const sim = new Simulation({ seed: 2 });
  const { disk } = sim.machine('dn-1');
  await sim.run(async () => {
    const { store, scan, changes } = await openStore(sim.machine('dn-1'));
    await putChunk(store, 1, 1, DATA);
    disk.writeFile(dataFile(1), DATA.subarray(0, 3 * BLOCK_BYTES + 1));
    await scan.beforeReport();
    expect(told(changes)).toEqual(['1 COMMITTED', '1 CORRUPT']);
    expect(await servedBlocks(store, 1, 1)).toEqual([0, 1, 2]);
    await store.delete(1, 1);
    expect(disk.files()).toEqual([]);
    expect(store.space.usedBytes).toBe(0);
  });
});

// Four seconds of EIO under readers once moved half of the replicas to quarantine, for good.
test('an I/O error is no evidence: nothing moves, and what was reported after several failures is reported good again', async () => {
  const sim = new Simulation({ seed: 3 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store, scan, changes } = await openStore(machine);
    for (const chunkId of [1, 2, 3]) await putChunk(store, chunkId, 1, DATA);
    changes.length = 0;
    const files = machine.disk.files();
    const fault = machine.disk.inject(READS_FAIL);
    for (const chunkId of [1, 2, 3]) expect((await rejection(store.openReplica(chunkId, 1))).code).toBe('IO_ERROR');
    expect((await rejection(store.verify(1))).code).toBe('IO_ERROR');
    await scan.beforeReport();
    expect(changes).toEqual([]);
    await sim.advance(10 * TIMINGS.blockReportIntervalMs);
    expect(told(changes).sort()).toEqual(['1 CORRUPT', '2 CORRUPT', '3 CORRUPT']);
    expect(machine.disk.files()).toEqual(files);
    fault.lift();
    changes.length = 0;
    await sim.advance(2 * TIMINGS.blockReportIntervalMs);
    expect(told(changes).sort()).toEqual(['1 COMMITTED', '2 COMMITTED', '3 COMMITTED']);
    for (const chunkId of [1, 2, 3]) expect(sameBytes(await getChunk(store, chunkId, 1), DATA)).toBe(true);
    expect(machine.disk.files()).toEqual(files);
  });
});

test('FolderScan.atStart goes on past files that the disk does not give, which are taken in when it does', async () => {
  const sim = new Simulation({ seed: 4 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store } = await openStore(machine);
    for (const chunkId of [1, 2, 3, 4]) await putChunk(store, chunkId, 5, DATA);
  });
  machine.crash();
  const files = machine.disk.files();
  // What a crash before the commit of another version leaves.
  machine.disk.writeFile(metaFile(4, 6), machine.disk.readFile(metaFile(4, 5)));
  await sim.run(async () => {
    const unreadable = new Set([metaFile(1, 5), metaFile(2, 5), dataFile(2), dataFile(4)]);
    const fault = machine.disk.inject({ ...READS_FAIL, path: (path) => unreadable.has(path) });
    const { store, scan, changes } = await openStore(machine);
    expect(told(changes).sort()).toEqual(['1 CORRUPT', '2 CORRUPT', '3 COMMITTED']);
    expect((await rejection(store.openReplica(1, 5))).code).toBe('IO_ERROR');
    expect((await rejection(store.begin(1, 4, DATA.length, () => undefined))).code).toBe('STALE_VERSION');
    expect((await rejection(store.begin(4, 4, DATA.length, () => undefined))).code).toBe('IO_ERROR');
    await scan.beforeReport();
    expect(changes).toHaveLength(3);
    fault.lift();
    await scan.beforeReport();
    await sim.advance(TIMINGS.blockReportIntervalMs);
    expect(told(changes).slice(3).sort()).toEqual(['1 COMMITTED', '2 COMMITTED', '4 COMMITTED']);
    for (const chunkId of [1, 2, 3, 4]) expect(sameBytes(await getChunk(store, chunkId, 5), DATA)).toBe(true);
    expect(machine.disk.files()).toEqual(files);
  });
});

test('Quarantine.pass takes a good replica back, when nothing of its version or a newer one is there, and touches nothing else', async () => {
  const sim = new Simulation({ seed: 5 });
  const machine = sim.machine('dn-1');
  const { disk } = machine;
  await sim.run(async () => {
    const { store } = await openStore(machine);
    for (const chunkId of [1, 2, 3, 4]) {
      await putChunk(store, chunkId, 2, DATA);
      await store.folder.quarantine(store.get(chunkId)?.uuid ?? '', [2]);
    }
  });
  machine.crash();
  const asideOf = (chunkId: number): string[] =>
    disk.files().filter((name) => name.startsWith(`quarantine/${dataFile(chunkId)}`));
  disk.flipBit(asideOf(2).find((name) => !name.includes('.meta.')) ?? '', 7);
  await sim.run(async () => {
    const { store, changes } = await openStore(machine);
    await putChunk(store, 3, 2, DATA);
    await putChunk(store, 4, 1, DATA);
    changes.length = 0;
    const runtime = machine.boot();
    const quarantine = new Quarantine(store, runtime);
    const fault = disk.inject(READS_FAIL);
    await quarantine.pass();
    expect(changes).toEqual([]);
    fault.lift();
    await quarantine.pass();
    expect(told(changes).sort()).toEqual(['1 COMMITTED', '4 COMMITTED']);
    for (const chunkId of [1, 4]) expect(sameBytes(await getChunk(store, chunkId, 2), DATA)).toBe(true);
    expect([1, 2, 3, 4].map((chunkId) => asideOf(chunkId).length)).toEqual([0, 2, 2, 0]);
  });
});

test.each([
  ['is read', false],
  ['cannot be read meanwhile', true],
])(
  'a crash at any call of a repair in place leaves the good blocks, or the whole replica; its meta %s',
  async (_, isUnreadable) => {
    let committed = 0;
    for (let call = 1; committed === 0; call++) {
      const sim = new Simulation({ seed: `repair ${call}` });
      const machine = sim.machine('dn-1');
      const progress = { isCommitted: false };
      let fault: { lift(): void } | undefined;
      await sim.run(async () => {
        const { store } = await openStore(machine);
        await putChunk(store, 1, 1, DATA);
        machine.disk.flipBit(dataFile(1), 2 * BLOCK_BYTES);
      });
      machine.crash({ power: true });
      await sim.run(async () => {
        const { store } = await openStore(machine);
        await store.verify(1);
        if (isUnreadable)
          fault = machine.disk.inject({
            kind: 'eio',
            operations: ['read'],
            probability: 1,
            path: (path) => path.endsWith('.meta'),
          });
        machine.crashAtCall(call, { power: true, when: call % 2 === 0 ? 'before' : 'after' });
        void putChunk(store, 1, 1, DATA).then(() => {
          progress.isCommitted = true;
        });
      });
      await sim.runUntil(() => progress.isCommitted || !machine.isUp);
      if (machine.isUp) machine.crash({ power: true });
      fault?.lift();
      await sim.run(async () => {
        const { store } = await openStore(machine);
        const served = await servedBlocks(store, 1, 1);
        expect([BLOCKS, [0, 1, 3, 4]]).toContainEqual(served);
        if (progress.isCommitted) expect(served).toEqual(BLOCKS);
        await store.verify(1);
        expect(store.get(1)?.condition).toBe(served.length === BLOCKS.length ? 'good' : 'damaged');
      });
      if (progress.isCommitted) committed = call;
      expect(call).toBeLessThan(100);
    }
    expect(committed).toBeGreaterThan(5);
  },
);

test('ChunkStore: a data file that is not found for a moment is kept with its meta; one that the folder does not list is dropped', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store, scan, changes } = await openStore(machine);
    await putChunk(store, 1, 3, DATA);
    const glitch = machine.disk.inject({
      kind: 'eio',
      errno: 'ENOENT',
      operations: ['open'],
      probability: 1,
      path: (path) => path === dataFile(1),
    });
    expect((await rejection(store.openReplica(1, 3))).code).toBe('CHUNK_NOT_FOUND');
    await store.verify(1);
    await scan.beforeReport();
    glitch.lift();
    expect(told(changes)).toEqual(['1 COMMITTED']);
    expect(sameBytes(await getChunk(store, 1, 3), DATA)).toBe(true);
    machine.disk.removeFile(dataFile(1));
    expect((await rejection(store.openReplica(1, 3))).code).toBe('CHUNK_NOT_FOUND');
    expect(told(changes)).toEqual(['1 COMMITTED', '1 DELETED']);
    expect(machine.disk.files()).toEqual([]);
  });
});
