import { expect, test } from 'vitest';
import { encodeChunkMeta } from '../../../src/datanode/store/chunk-meta.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { crc32 } from '../../../src/shared/crc32.js';
import { DfsError } from '../../../src/shared/errors.js';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import { dataFile, metaFile, patternBytes, rejection, sameBytes, tmpFile } from '../fixtures.js';
import { getChunk, openStore, putChunk } from './store-fixture.js';

const DATA = patternBytes(2 * BLOCK_BYTES + 9);

function metaOf(version: number, data: Uint8Array): Uint8Array {
  const checksums = Uint32Array.from({ length: Math.ceil(data.length / BLOCK_BYTES) }, (_, i) =>
    crc32(data.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES)),
  );
  return encodeChunkMeta({ version, lengthBytes: data.length, checksums });
}

test('FolderScan.atStart keeps committed chunks and removes what a crash left', async () => {
  const sim = new Simulation({ seed: 1 });
  const { disk } = sim.machine('dn-1');
  disk.writeFile(dataFile(1), DATA);
  disk.writeFile(metaFile(1, 4), metaOf(4, DATA));
  disk.writeFile(tmpFile(2, 1), DATA);
  disk.writeFile(metaFile(3, 1), metaOf(1, DATA));
  disk.writeFile('notes.txt', DATA);
  await sim.run(async () => {
    const { store } = await openStore(sim.machine('dn-1'));
    expect([...store.entries()].map(({ chunkId, version, lengthBytes }) => [chunkId, version, lengthBytes])).toEqual([
      [1, 4, DATA.length],
    ]);
    expect(store.space.usedBytes).toBe(DATA.length);
    expect(disk.files()).toEqual([dataFile(1), metaFile(1, 4), 'notes.txt'].sort());
  });
});

test('FolderScan.atStart keeps, of two metas, the one that matches the data', async () => {
  const sim = new Simulation({ seed: 2 });
  const { disk } = sim.machine('dn-1');
  disk.writeFile(dataFile(1), DATA);
  disk.writeFile(metaFile(1, 4), metaOf(4, DATA));
  disk.writeFile(metaFile(1, 5), metaOf(5, patternBytes(DATA.length, 9)));
  await sim.run(async () => {
    const { store } = await openStore(sim.machine('dn-1'));
    expect(store.get(1)?.version).toBe(4);
    expect(disk.files()).toEqual([dataFile(1), metaFile(1, 4)]);
  });
});

test('FolderScan.atStart keeps data that its meta does not fit as a damaged replica, and sets data without any meta aside', async () => {
  const sim = new Simulation({ seed: 3 });
  const { disk } = sim.machine('dn-1');
  disk.writeFile(dataFile(1), DATA);
  disk.writeFile(dataFile(2), DATA);
  disk.writeFile(metaFile(2, 1), metaOf(1, DATA).subarray(3));
  disk.writeFile(dataFile(3), DATA.subarray(1));
  disk.writeFile(metaFile(3, 1), metaOf(1, DATA));
  await sim.run(async () => {
    const { store, changes } = await openStore(sim.machine('dn-1'));
    expect(changes.map(({ chunkId, state, version }) => `${chunkId} ${state} ${version}`).sort()).toEqual([
      '2 CORRUPT 1',
      '3 CORRUPT 1',
    ]);
    const files = disk.files();
    expect(files.filter((name) => !name.startsWith('quarantine/'))).toEqual(
      [dataFile(2), dataFile(3), metaFile(2, 1), metaFile(3, 1)].sort(),
    );
    const [aside = ''] = files.filter((name) => name.startsWith('quarantine/'));
    expect(disk.readFile(aside)).toHaveLength(DATA.length);
    expect((await rejection(store.openReplica(2, 1))).code).toBe('DATA_CORRUPT');
  });
});

test('ChunkStore.delete removes exactly the version it is told', async () => {
  const sim = new Simulation({ seed: 4 });
  await sim.run(async () => {
    const { store, changes } = await openStore(sim.machine('dn-1'));
    await putChunk(store, 1, 3, DATA);
    await store.delete(1, 2);
    await store.delete(9, 1);
    expect(store.get(1)?.version).toBe(3);
    await store.delete(1, 3);
    expect(store.get(1)).toBeUndefined();
    expect(store.space.usedBytes).toBe(0);
    expect(sim.machine('dn-1').disk.files()).toEqual([]);
    expect(changes.map(({ state, version }) => `${state} ${version}`)).toEqual(['COMMITTED 3', 'DELETED 3']);
  });
});

test('ChunkStore.openReplica refuses another version and an absent chunk', async () => {
  const sim = new Simulation({ seed: 5 });
  await sim.run(async () => {
    const { store } = await openStore(sim.machine('dn-1'));
    await putChunk(store, 1, 3, DATA);
    expect((await rejection(store.openReplica(1, 2))).code).toBe('STALE_VERSION');
    expect((await rejection(store.openReplica(1, 4))).code).toBe('STALE_VERSION');
    expect((await rejection(store.openReplica(2, 1))).code).toBe('CHUNK_NOT_FOUND');
  });
});

test('many begins of one chunk at once leave one writer: the highest version', async () => {
  const sim = new Simulation({ seed: 6 });
  await sim.run(async () => {
    const { store } = await openStore(sim.machine('dn-1'));
    const versions = [3, 1, 5, 2, 4];
    const begun = await Promise.allSettled(versions.map((version) => store.begin(1, version, DATA.length, () => undefined)));
    const open = begun.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const highest = open.find((writer) => writer.target.version === 5);
    for (const writer of open) {
      if (writer !== highest) expect((await rejection(writer.commit())).code).toBe('STALE_VERSION');
    }
    await highest?.commit();
    expect(store.get(1)).toMatchObject({ version: 5, lengthBytes: 0 });
    expect(sim.machine('dn-1').disk.files()).toEqual([dataFile(1), metaFile(1, 5)]);
  });
});

test('a commit that a higher version overtakes before its rename leaves nothing; one overtaken later stands until replaced', async () => {
  for (let delayMs = 0; delayMs < 3; delayMs += 0.05) {
    const sim = new Simulation({ seed: `overtake ${delayMs}` });
    await sim.run(async () => {
      const { store } = await openStore(sim.machine('dn-1'));
      const slow = await store.begin(1, 1, DATA.length, () => undefined);
      slow.append(DATA.subarray(0, BLOCK_BYTES), Uint32Array.of(crc32(DATA.subarray(0, BLOCK_BYTES))));
      const outcome = Promise.allSettled([slow.commit()]);
      await sim.advance(delayMs);
      await putChunk(store, 1, 2, DATA);
      const [first] = await outcome;
      if (first.status === 'rejected') expect(first.reason).toBeInstanceOf(DfsError);
      expect(sameBytes(await getChunk(store, 1, 2), DATA)).toBe(true);
      expect(sim.machine('dn-1').disk.files()).toEqual([dataFile(1), metaFile(1, 2)]);
      expect(store.space.usedBytes).toBe(DATA.length);
    });
  }
});

test('a full disk refuses the write and leaves the chunk as it was', async () => {
  const sim = new Simulation({ seed: 7 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store } = await openStore(machine);
    await putChunk(store, 1, 1, DATA);
    machine.disk.setFreeBytes(1_000_000);
    expect((await rejection(store.begin(1, 2, DATA.length, () => undefined))).code).toBe('NO_SPACE');
    expect(sameBytes(await getChunk(store, 1, 1), DATA)).toBe(true);
    expect(store.space.usedBytes).toBe(DATA.length);
  });
});

test('FolderScan.beforeReport notices what was done by hand, and leaves alone what changes meanwhile', async () => {
  const sim = new Simulation({ seed: 8 });
  const { disk } = sim.machine('dn-1');
  await sim.run(async () => {
    const { store, scan, changes } = await openStore(sim.machine('dn-1'));
    for (let chunkId = 1; chunkId <= 4; chunkId++) await putChunk(store, chunkId, 1, DATA);
    changes.length = 0;
    disk.removeFile(dataFile(1));
    disk.writeFile(dataFile(2), DATA.subarray(7));
    disk.removeFile(metaFile(3, 1));
    disk.writeFile(dataFile(10), DATA);
    disk.writeFile(metaFile(10, 6), metaOf(6, DATA));
    disk.writeFile(dataFile(11), DATA);
    const scanning = scan.beforeReport();
    await Promise.all([scanning, putChunk(store, 5, 1, DATA), store.delete(4, 1)]);
    const seen = changes.map(({ chunkId, state }) => `${chunkId} ${state}`).sort();
    expect(seen).toEqual(['1 DELETED', '10 COMMITTED', '2 CORRUPT', '3 CORRUPT', '4 DELETED', '5 COMMITTED'].sort());
    expect(sameBytes(await getChunk(store, 10, 6), DATA)).toBe(true);
    expect(disk.files()).toContain(dataFile(11));
    await scan.beforeReport();
    expect(changes).toHaveLength(seen.length);
  });
});
