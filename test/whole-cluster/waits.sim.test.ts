/** Writes beside a disk that hangs, and over a longer time than their client is patient. */
import { expect, test } from 'vitest';
import { KIB } from '../../src/shared/limits.js';
import { sampleBytes, SimCluster, TIMINGS } from './sim-cluster.js';

const FOREVER_MS = 3_600_000;
const CHUNK_BYTES = 64 * KIB;

test('waits: small writes go on beside a disk that hangs, and only those wait that meet it first', async () => {
  const cluster = new SimCluster({ seed: 1, datanodes: 5 });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    sim.machine('dn-2').disk.inject({ kind: 'slow', delayMs: FOREVER_MS, operations: ['sync'] });
    const startedMs = sim.nowMs;
    for (let i = 0; i < 12; i++) await fs.writeFile(`/f${i}`, sampleBytes(1_000, i));
    expect(sim.nowMs - startedMs).toBeLessThan(2 * TIMINGS.diskTimeoutMs);
    for (let i = 0; i < 12; i++) expect(Buffer.from(await fs.readFile(`/f${i}`)).equals(sampleBytes(1_000, i))).toBe(true);
  });
});

test('waits: a chunk that took longer than the patience of its writer survives the death of a node', async () => {
  const cluster = new SimCluster({ seed: 2, datanodes: 5, chunkSizeBytes: 16 * CHUNK_BYTES });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    const content = sampleBytes(10 * CHUNK_BYTES + 10, 1);
    const stream = fs.createWriteStream('/slow');
    const ended = new Promise<unknown>((resolve) => stream.on('error', resolve).on('finish', () => resolve(null)));
    for (let at = 0; at < content.length; at += CHUNK_BYTES) {
      stream.write(content.subarray(at, at + CHUNK_BYTES));
      await sim.advance(TIMINGS.masterPatienceMs / 4);
      const isWriting = (id: string): boolean =>
        sim
          .machine(id)
          .disk.files()
          .some((name) => name.endsWith('.tmp'));
      const [first] = cluster.datanodeIds.filter(isWriting);
      // Each death comes longer after the one before than the writer is patient.
      if (at === 5 * CHUNK_BYTES || at === 10 * CHUNK_BYTES) sim.machine(first ?? '').crash();
    }
    stream.end();
    expect(await ended).toBeNull();
    expect(Buffer.from(await fs.readFile('/slow')).equals(content)).toBe(true);
  });
});
