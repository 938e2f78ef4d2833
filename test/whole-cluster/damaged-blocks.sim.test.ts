/** What is good somewhere is not lost: damage in different blocks of all replicas, and disks that fail for a while. */
import { expect, test } from 'vitest';
import { BLOCK_BYTES, KIB } from '../../src/shared/limits.js';
import { goodCopies } from './disk-view.js';
import { expectCleanDisks, untilHealed } from './end-state.js';
import { sampleBytes, SimCluster } from './sim-cluster.js';

const CHUNK_BYTES = 256 * KIB;
const LENGTH = 2 * CHUNK_BYTES - 1_000;

/** Files of a cluster's datanodes in quarantine. */
const quarantined = (cluster: SimCluster): string[] =>
  cluster.datanodeIds.flatMap((id) => cluster.sim.machine(id).disk.files()).filter((name) => name.startsWith('quarantine/'));

// The first read was right, and made all three nodes drop the chunk: the file was gone though each block existed twice.
test.each([3, 5])(
  'damaged blocks: a different block of each of three replicas, on %i nodes: reads are right, three good copies come back',
  async (datanodes) => {
    for (let seed = 1; seed <= 5; seed++) {
      const cluster = new SimCluster({ seed, datanodes, chunkSizeBytes: CHUNK_BYTES });
      const { sim } = cluster;
      await sim.run(async () => {
        await cluster.start();
        const fs = cluster.client();
        const content = sampleBytes(LENGTH, seed);
        await fs.writeFile('/file', content);
        await untilHealed(cluster);
        const copies = goodCopies(cluster);
        expect(copies.size).toBe(2);
        for (const chunk of copies.values()) {
          expect(chunk).toHaveLength(3);
          for (const [i, { nodeId, dataFile }] of chunk.entries()) {
            sim.machine(nodeId).disk.flipBit(dataFile, ((i + seed) % 4) * BLOCK_BYTES + 77, 2);
          }
        }
        // Each read shows more of the damage.
        for (let round = 0; round < 5; round++) {
          expect(Buffer.from(await fs.readFile('/file')).equals(content)).toBe(true);
          await sim.advance(300);
        }
        const isWhole = (): boolean => [...goodCopies(cluster).values()].filter(({ length }) => length >= 3).length === 2;
        for (let round = 0; round < 60 && !isWhole(); round++) {
          expect(Buffer.from(await fs.readFile('/file')).equals(content)).toBe(true);
          await sim.advance(1_000);
        }
        expect(isWhole()).toBe(true);
        await untilHealed(cluster);
        await expectCleanDisks(cluster, ['/file'], 3);
        expect(Buffer.from(await fs.readFile('/file')).equals(content)).toBe(true);
        expect(quarantined(cluster)).toEqual([]);
      });
    }
  },
);

test('damaged blocks: a block that is bad in every replica makes its bytes unreadable and no others, until one is good again', async () => {
  const cluster = new SimCluster({ seed: 9, chunkSizeBytes: CHUNK_BYTES });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    const content = sampleBytes(CHUNK_BYTES, 1);
    await fs.writeFile('/file', content);
    const [chunk = []] = goodCopies(cluster).values();
    for (const { nodeId, dataFile } of chunk) sim.machine(nodeId).disk.flipBit(dataFile, 2 * BLOCK_BYTES + 1, 0);
    await expect(fs.readFile('/file')).rejects.toMatchObject({ code: 'EIO' });
    await cluster.untilStatus((status) => status.chunks?.missing === 1);
    await sim.advance(60_000);
    for (const { nodeId, dataFile } of chunk) expect(sim.machine(nodeId).disk.readFile(dataFile)).toHaveLength(CHUNK_BYTES);
    const stream = fs.createReadStream('/file', { start: 3 * BLOCK_BYTES });
    const pieces: Uint8Array[] = [];
    for await (const piece of stream) pieces.push(piece as Uint8Array);
    expect(Buffer.concat(pieces).equals(content.subarray(3 * BLOCK_BYTES))).toBe(true);
    const [first] = chunk;
    sim.machine(first?.nodeId ?? '').disk.flipBit(first?.dataFile ?? '', 2 * BLOCK_BYTES + 1, 0);
    await untilHealed(cluster);
    expect(Buffer.from(await fs.readFile('/file')).equals(content)).toBe(true);
    await expectCleanDisks(cluster, ['/file'], 3);
  });
});

test('damaged blocks: four seconds of failing reads on all disks, under readers, take nothing away', async () => {
  const cluster = new SimCluster({ seed: 10, chunkSizeBytes: CHUNK_BYTES });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    const paths = Array.from({ length: 10 }, (_, i) => `/f${i}`);
    for (const [i, path] of paths.entries()) await fs.writeFile(path, sampleBytes(LENGTH, i));
    await untilHealed(cluster);
    const faults = cluster.datanodeIds.map((id) =>
      sim.machine(id).disk.inject({ kind: 'eio', operations: ['read'], probability: 0.5 }),
    );
    const readers = paths.map((path) => fs.readFile(path));
    await sim.advance(4_000);
    for (const fault of faults) fault.lift();
    for (const [i, read] of readers.entries()) expect(Buffer.from(await read).equals(sampleBytes(LENGTH, i))).toBe(true);
    await untilHealed(cluster);
    expect(quarantined(cluster)).toEqual([]);
    for (const copies of goodCopies(cluster).values()) expect(copies).toHaveLength(3);
    await expectCleanDisks(cluster, paths, 3);
  });
});
