import { expect, test } from 'vitest';
import type { DistriFSClient } from '../../src/client/distrifs-client.js';
import { crc32 } from '../../src/shared/crc32.js';
import { BLOCK_BYTES } from '../../src/shared/limits.js';
import { FakeCluster, sample } from './fake-cluster.js';

const CHUNK = 4 * BLOCK_BYTES;
const LENGTH = 9 * CHUNK + 100_000;

/** A cluster of three nodes with one file, `/f`. */
async function withFile(seed: number, length = LENGTH): Promise<{ cluster: FakeCluster; client: DistriFSClient }> {
  const cluster = new FakeCluster(seed, 3);
  const client = await cluster.sim.run(async () => {
    await cluster.start();
    const made = cluster.client();
    await made.writeFile('/f', sample(length));
    return made;
  });
  return { cluster, client };
}

test('checksum: the CRC32 of the whole file, from two replicas of each chunk, without reading', async () => {
  const { cluster, client } = await withFile(701);
  const checksum = await cluster.sim.run(() => client.checksum('/f'));
  expect(checksum).toEqual({
    path: '/f',
    crc32: crc32(sample(LENGTH)),
    length: LENGTH,
    chunks: 10,
    compared: 10,
    differences: [],
  });
  expect(cluster.reads).toEqual([]);
  expect(cluster.checksums).toHaveLength(20);
});

test('checksum: of an empty file, and of a path that is none', async () => {
  const { cluster, client } = await withFile(702, 0);
  await cluster.sim.run(async () => {
    expect(await client.checksum('/f')).toMatchObject({ crc32: 0, length: 0, chunks: 0 });
    await expect(client.checksum('/none')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(client.checksum('none')).rejects.toMatchObject({ code: 'EINVAL' });
  });
});

test('checksum: replicas that differ are reported with their nodes', async () => {
  const { cluster, client } = await withFile(703);
  for (const nodeId of ['dn-1', 'dn-2']) cluster.misdeeds.get(nodeId)!.wrongChecksumBy = nodeId === 'dn-1' ? 1 : 2;
  const { crc32: found, differences } = await cluster.sim.run(() => client.checksum('/f'));
  expect(found).toBeNull();
  expect(differences.length).toBeGreaterThan(0);
  for (const { crc32: none, replicas } of differences) {
    expect(none).toBeNull();
    expect(new Set(replicas.map((replica) => replica.crc32)).size).toBe(2);
  }
});

test('checksum: one node that answers is enough, and a node that does not know the request is none', async () => {
  const { cluster, client } = await withFile(704);
  for (const nodeId of ['dn-1', 'dn-2']) cluster.misdeeds.get(nodeId)!.knowsNoChecksums = true;
  const checksum = await cluster.sim.run(() => client.checksum('/f'));
  expect(checksum).toMatchObject({ crc32: crc32(sample(LENGTH)), compared: 0 });
  cluster.misdeeds.get('dn-3')!.knowsNoChecksums = true;
  await cluster.sim.run(async () => {
    const failed = client.checksum('/f');
    await expect(failed).rejects.toMatchObject({ code: 'ENOSYS', dfsCode: 'UNIMPLEMENTED' });
    await expect(failed).rejects.toThrow(/dn-\d.* closed the connection at the request/);
  });
});

test('checksum: a silent node is left for another one, and the signal ends the request', async () => {
  const { cluster, client } = await withFile(705);
  cluster.misdeeds.get('dn-1')!.isSilent = true;
  expect(await cluster.sim.run(() => client.checksum('/f'))).toMatchObject({ crc32: crc32(sample(LENGTH)) });
  for (const misdeeds of cluster.misdeeds.values()) misdeeds.isSilent = true;
  await cluster.sim.run(async () => {
    const ending = new AbortController();
    const asked = client.checksum('/f', { signal: ending.signal });
    ending.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('chunkChecksums: of the beginning of a file, whole blocks of the last chunk', async () => {
  const { cluster, client } = await withFile(706);
  const data = sample(LENGTH);
  await cluster.sim.run(async () => {
    for (const [end, last] of [
      [1, 0],
      [BLOCK_BYTES + 1, BLOCK_BYTES],
      [CHUNK, CHUNK],
      [2 * CHUNK + 3 * BLOCK_BYTES - 1, 2 * BLOCK_BYTES],
      [LENGTH - 1, BLOCK_BYTES],
      [LENGTH, 100_000],
      [Infinity, 100_000],
    ] as const) {
      let at = 0;
      let length = 0;
      for await (const chunk of client.chunkChecksums('/f', { end })) {
        expect(chunk.offset).toBe(at);
        expect(chunk.crc32).toBe(crc32(data.subarray(at, at + chunk.length)));
        ({ length } = chunk);
        at += CHUNK;
      }
      expect(length).toBe(last);
    }
  });
});
