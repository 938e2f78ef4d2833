import { expect, test } from 'vitest';
import { busyNode } from '../../src/protocol/busy.js';
import type { DistriFSClient } from '../../src/client/distrifs-client.js';
import { DfsError } from '../../src/shared/errors.js';
import { BLOCK_BYTES } from '../../src/shared/limits.js';
import { FakeCluster, sample } from './fake-cluster.js';

const CHUNK = 4 * BLOCK_BYTES;
const LENGTH = 2 * CHUNK + 100_000;

/** A cluster of three nodes with one file, `/f`. */
async function withFile(seed: number): Promise<{ cluster: FakeCluster; client: DistriFSClient }> {
  const cluster = new FakeCluster(seed, 3);
  const client = await cluster.sim.run(async () => {
    await cluster.start();
    const made = cluster.client();
    await made.writeFile('/f', sample(LENGTH));
    return made;
  });
  return { cluster, client };
}

async function readRange(client: DistriFSClient, start: number, end?: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of client.createReadStream('/f', { start, ...(end === undefined ? {} : { end }) })) {
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces);
}

test('createReadStream: any range, end inclusive, across blocks and chunks', async () => {
  const { cluster, client } = await withFile(1);
  const data = sample(LENGTH);
  await cluster.sim.run(async () => {
    for (const [start, end] of [
      [0, 0],
      [1, BLOCK_BYTES],
      [BLOCK_BYTES - 1, BLOCK_BYTES],
      [CHUNK - 1, CHUNK],
      [CHUNK + 7, 2 * CHUNK + 7],
      [LENGTH - 1, LENGTH - 1],
      [LENGTH - 5, LENGTH + 1_000],
      [LENGTH, LENGTH + 1],
    ] as const) {
      expect((await readRange(client, start, end)).equals(data.subarray(start, end + 1))).toBe(true);
    }
    expect((await readRange(client, 70_000)).equals(data.subarray(70_000))).toBe(true);
    await expect(readRange(client, 5, 4)).rejects.toMatchObject({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
    for (const end of [Infinity, Number.MAX_SAFE_INTEGER]) expect((await readRange(client, 0, end)).equals(data)).toBe(true);
  });
});

test('readFile: a node that drops reads is left for another in the middle of a chunk, at the byte reached', async () => {
  const { cluster, client } = await withFile(2);
  for (const nodeId of ['dn-1', 'dn-2']) cluster.misdeeds.get(nodeId)!.dropReadAfter = BLOCK_BYTES;
  await cluster.sim.run(async () => {
    for (let i = 0; i < 5; i++) expect((await client.readFile('/f')).equals(sample(LENGTH))).toBe(true);
  });
  expect(cluster.reads.some((read) => read.endsWith(` ${BLOCK_BYTES}`))).toBe(true);
  expect(cluster.countOf('ReportBadReplica')).toBe(0);
});

test('readFile: a busy node is passed over for now, and is asked again as soon as any other', async () => {
  const { cluster, client } = await withFile(12);
  for (const nodeId of cluster.nodeIds.slice(1)) cluster.misdeeds.get(nodeId)!.failRead = busyNode(nodeId, 'has 512 connections');
  await cluster.sim.run(async () => {
    expect((await client.readFile('/f')).equals(sample(LENGTH))).toBe(true);
    for (const nodeId of cluster.nodeIds) cluster.misdeeds.set(nodeId, {});
    cluster.reads.length = 0;
    for (let i = 0; i < 20; i++) await client.readFile('/f');
  });
  // Of those that had failed, none would have been asked before the others had.
  expect(new Set(cluster.reads.map((read) => read.split(' ')[0])).size).toBeGreaterThan(1);
  expect(cluster.countOf('ReportBadReplica')).toBe(0);
});

test('readFile: corrupt, missing and stale replicas are skipped and reported', async () => {
  const { cluster, client } = await withFile(3);
  cluster.misdeeds.get('dn-1')!.failRead = new DfsError('DATA_CORRUPT', 'block 0');
  cluster.misdeeds.get('dn-2')!.failRead = new DfsError('STALE_VERSION', 'version 1 of 2');
  await cluster.sim.run(async () => {
    for (let i = 0; i < 20; i++) expect((await client.readFile('/f')).equals(sample(LENGTH))).toBe(true);
    await client.close();
  });
  const reports = cluster.calls.filter((call) => call.method === 'ReportBadReplica').map((call) => call.request);
  expect(reports).toContainEqual(expect.objectContaining({ nodeId: 'dn-1', code: 'DATA_CORRUPT' }));
  expect(reports).toContainEqual(expect.objectContaining({ nodeId: 'dn-2', code: 'STALE_VERSION' }));
});

test('readFile: locations are asked for again when all replicas failed, until one answers', async () => {
  const { cluster, client } = await withFile(4);
  for (const nodeId of cluster.nodeIds) cluster.misdeeds.get(nodeId)!.failRead = new DfsError('CHUNK_NOT_FOUND', 'moved');
  await cluster.sim.run(async () => {
    const reading = client.readFile('/f');
    await cluster.sim.advance(3_000);
    const asked = cluster.countOf('GetChunkLocation');
    expect(asked).toBeGreaterThan(3);
    cluster.misdeeds.set('dn-3', {});
    expect((await reading).equals(sample(LENGTH))).toBe(true);
  });
});

test('readFile: no replica for half of the patience is CHUNK_UNAVAILABLE, with what each node said', async () => {
  const { cluster, client } = await withFile(5);
  for (const nodeId of cluster.nodeIds) cluster.misdeeds.get(nodeId)!.failRead = new DfsError('DATA_CORRUPT', `${nodeId} is bad`);
  const from = cluster.sim.nowMs;
  await cluster.sim.run(async () => {
    await expect(client.readFile('/f')).rejects.toMatchObject({
      dfsCode: 'CHUNK_UNAVAILABLE',
      code: 'EIO',
      reason: expect.stringMatching(/dn-\d is bad/) as string,
    });
  });
  expect(cluster.sim.nowMs - from).toBeGreaterThan(14_000);
  expect(cluster.sim.nowMs - from).toBeLessThan(18_000);
});

test('createReadStream: a file deleted in the middle of a read is a stale handle once a chunk cannot be found', async () => {
  const { cluster, client } = await withFile(6);
  await cluster.sim.run(async () => {
    const stream = client.createReadStream('/f');
    await new Promise((resolve) => stream.once('readable', resolve));
    for (const nodeId of cluster.nodeIds) cluster.misdeeds.get(nodeId)!.failRead = new DfsError('CHUNK_NOT_FOUND', 'deleted');
    cluster.byId.clear();
    const failed = new Promise((resolve) => stream.once('error', resolve));
    stream.resume();
    expect(await failed).toMatchObject({ dfsCode: 'STALE_HANDLE', code: 'ESTALE', path: '/f' });
  });
});

test('createReadStream: destroyed in the middle, it ends without an error', async () => {
  const { cluster, client } = await withFile(7);
  await cluster.sim.run(async () => {
    const stream = client.createReadStream('/f');
    await new Promise((resolve) => stream.once('readable', resolve));
    stream.destroy();
    await new Promise((resolve) => stream.once('close', resolve));
    expect(stream.errored).toBeNull();
  });
});

test('readFile: a missing file has the errno of node:fs; encodings give text', async () => {
  const { cluster, client } = await withFile(8);
  await cluster.sim.run(async () => {
    await expect(client.readFile('/none')).rejects.toMatchObject({
      code: 'ENOENT',
      syscall: 'open',
      path: '/none',
      name: 'DistriFSError',
    });
    await expect(client.readFile('relative')).rejects.toMatchObject({ code: 'EINVAL' });
    await client.writeFile('/text', 'Grüße');
    expect(await client.readFile('/text', 'utf8')).toBe('Grüße');
    expect(await client.exists('/text')).toBe(true);
    expect(await client.exists('/none')).toBe(false);
  });
});

test('locate: every chunk in order, over several pages', async () => {
  const { cluster, client } = await withFile(9);
  await cluster.sim.run(async () => {
    await client.writeFile('/many', sample(7 * CHUNK));
    const chunks = await client.locate('/many');
    expect(chunks.map((chunk) => chunk.index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(chunks[0]).toMatchObject({
      length: CHUNK,
      version: 1,
      replicas: ['dn-1', 'dn-2', 'dn-3'],
      addresses: ['dn-1:9000', 'dn-2:9000', 'dn-3:9000'],
    });
    expect((await client.readFile('/many')).equals(sample(7 * CHUNK))).toBe(true);
  });
});
