import { expect, test } from 'vitest';
import type { CommitVersionRequest__Output } from '../../src/protocol/generated/distrifs/v1/CommitVersionRequest.js';
import { busyNode } from '../../src/protocol/busy.js';
import { DfsError } from '../../src/shared/errors.js';
import { BLOCK_BYTES } from '../../src/shared/limits.js';
import { FakeCluster, sample } from './fake-cluster.js';

const CHUNK = 4 * BLOCK_BYTES;

async function started(seed: number, datanodes = 4): Promise<FakeCluster> {
  const cluster = new FakeCluster(seed, datanodes);
  await cluster.sim.run(() => cluster.start());
  return cluster;
}

test.each([0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 70_000])(
  'writeFile, readFile: %i bytes come back',
  async (length) => {
    const cluster = await started(1);
    const client = cluster.client();
    await cluster.sim.run(async () => {
      await client.writeFile('/f', sample(length));
      expect((await client.readFile('/f')).equals(sample(length))).toBe(true);
      expect((await client.stat('/f')).size).toBe(length);
      await client.close();
    });
    expect(cluster.countOf('CommitVersion')).toBe(Math.ceil(length / CHUNK));
  },
);

test('writeFile: pieces of any size become the same chunks', async () => {
  const cluster = await started(2);
  const client = cluster.client();
  const data = sample(2 * CHUNK + 12_345);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0, size = 1; at < data.length; at += size, size = (size * 7) % 100_003) yield data.subarray(at, at + size);
  }
  await cluster.sim.run(async () => {
    await client.writeFile('/f', pieces());
    expect((await client.readFile('/f')).equals(data)).toBe(true);
  });
});

test('writeFile: a node that drops the write is left out of the next plan, and the chunk is written again at a new version', async () => {
  const cluster = await started(3);
  cluster.misdeeds.get('dn-1')!.dropWriteAfter = 2 * BLOCK_BYTES;
  const client = cluster.client();
  await cluster.sim.run(async () => {
    await client.writeFile('/f', sample(2 * CHUNK));
    expect((await client.readFile('/f')).equals(sample(2 * CHUNK))).toBe(true);
  });
  const [first, second] = cluster.files.get('/f')!.chunks;
  expect(first).toMatchObject({ committed: 2, nodeIds: ['dn-2', 'dn-3', 'dn-4'] });
  // Planned before the node failed the first one, or after it.
  expect(second!.committed).toBeLessThanOrEqual(2);
  expect(second).toMatchObject({ nodeIds: ['dn-2', 'dn-3', 'dn-4'] });
});

/** The index in its file of the chunk that a request commits; null for another request, or its answer. */
function committedIndex(cluster: FakeCluster, method: string, when: string, request: unknown): number | null {
  if (method !== 'CommitVersion' || when !== 'before') return null;
  const { chunkId } = request as CommitVersionRequest__Output;
  const chunks = [...cluster.byId.values()].flatMap((file) => file.chunks);
  return chunks.find((chunk) => chunk.chunkId === chunkId)?.index ?? null;
}

test('write: the next chunk is planned and sent while the one before it is committed; a third one waits', async () => {
  const cluster = await started(3);
  const client = cluster.client();
  const committing: number[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  cluster.hook = async (method, when, request) => {
    const index = committedIndex(cluster, method, when, request);
    if (index !== null) committing.push(index);
    if (index === 0) await held;
  };
  await cluster.sim.run(async () => {
    const writing = client.writeFile('/f', sample(3 * CHUNK));
    await cluster.sim.runUntil(() => committing.includes(0) && committing.includes(1));
    await cluster.sim.advance(100);
    expect(cluster.countOf('AssignChunk')).toBe(2);
    release();
    await writing;
    expect((await client.readFile('/f')).equals(sample(3 * CHUNK))).toBe(true);
  });
  expect(cluster.countOf('AssignChunk')).toBe(3);
});

test('write: a failure of the chunk before sends its data again, and none of the chunk that is under way', async () => {
  const cluster = await started(3);
  const client = cluster.client();
  let failures = 0;
  cluster.hook = (method, when, request) => {
    if (committedIndex(cluster, method, when, request) === 0 && ++failures === 1) {
      throw new DfsError('NOT_ENOUGH_REPLICAS', 'its nodes are gone');
    }
  };
  await cluster.sim.run(async () => {
    await client.writeFile('/f', sample(2 * CHUNK + 1));
    expect((await client.readFile('/f')).equals(sample(2 * CHUNK + 1))).toBe(true);
  });
  const chunks = [...cluster.files.get('/f')!.chunks].sort((a, b) => a.index - b.index);
  expect(chunks.map(({ committed }) => committed)).toEqual([2, 1, 1]);
});

test('write: a failure of the chunk before that no other plan avoids fails the file, and both uploads end', async () => {
  const cluster = await started(3);
  const client = cluster.client();
  cluster.hook = (method, when, request) => {
    if (committedIndex(cluster, method, when, request) === 0) throw new DfsError('LEASE_LOST', 'another writer has it');
  };
  await cluster.sim.run(async () => {
    await expect(client.writeFile('/f', sample(4 * CHUNK))).rejects.toMatchObject({ cause: { code: 'LEASE_LOST' } });
    await client.close();
  });
  expect(cluster.files.has('/f')).toBe(false);
});

test('writeFile: a silent node is given up after the stream timeout', async () => {
  const cluster = await started(4);
  cluster.misdeeds.get('dn-1')!.isSilent = true;
  const client = cluster.client();
  await cluster.sim.run(() => client.writeFile('/f', sample(100)));
  expect(cluster.files.get('/f')!.chunks[0]).toMatchObject({ committed: 2, nodeIds: ['dn-2', 'dn-3', 'dn-4'] });
  expect(cluster.sim.nowMs).toBeLessThan(5_000);
});

test('writeFile: blame inside an error frame goes to the node that it names, not to the first', async () => {
  const cluster = await started(5);
  cluster.misdeeds.get('dn-1')!.failWrite = new DfsError('CONNECTION_LOST', 'dn-3 is gone', { nodeId: 'dn-3' });
  const client = cluster.client();
  const written = cluster.sim.run(() => client.writeFile('/f', sample(CHUNK)));
  cluster.hook = (method, when) => {
    if (method === 'AssignChunk' && when === 'after' && cluster.countOf('AssignChunk') === 2) cluster.misdeeds.set('dn-1', {});
  };
  await written;
  expect(cluster.files.get('/f')!.chunks[0]).toMatchObject({ nodeIds: ['dn-1', 'dn-2', 'dn-4'] });
});

test('writeFile: a pipeline that blames the client twice loses its first node', async () => {
  const cluster = await started(6);
  cluster.misdeeds.get('dn-1')!.failWrite = new DfsError('DATA_CORRUPT', 'checksum does not match');
  const client = cluster.client();
  await cluster.sim.run(() => client.writeFile('/f', sample(CHUNK)));
  expect(cluster.files.get('/f')!.chunks[0]).toMatchObject({ committed: 3, nodeIds: ['dn-2', 'dn-3', 'dn-4'] });
});

test('writeFile: a node of the pipeline that is busy is waited for, and is not left out as one that failed', async () => {
  const cluster = await started(7);
  cluster.misdeeds.get('dn-1')!.failWrite = busyNode('dn-2', 'has 512 connections');
  const client = cluster.client();
  cluster.hook = (method, when) => {
    if (method === 'AssignChunk' && when === 'after' && cluster.countOf('AssignChunk') === 2) cluster.misdeeds.set('dn-1', {});
  };
  await cluster.sim.run(() => client.writeFile('/f', sample(CHUNK)));
  expect(cluster.files.get('/f')!.chunks[0]).toMatchObject({ committed: 2, nodeIds: ['dn-1', 'dn-2', 'dn-3'] });
});

test('writeFile: a node that stays busy is left out of the chunk after a few pipelines', async () => {
  const cluster = await started(8);
  cluster.misdeeds.get('dn-1')!.failWrite = busyNode('dn-1', 'has 512 connections');
  const client = cluster.client();
  await cluster.sim.run(() => client.writeFile('/f', sample(CHUNK)));
  expect(cluster.files.get('/f')!.chunks[0]).toMatchObject({ committed: 4, nodeIds: ['dn-2', 'dn-3', 'dn-4'] });
});

test('writeFile: when too few nodes are left, those that failed before are asked again', async () => {
  const cluster = await started(7, 2);
  cluster.misdeeds.get('dn-1')!.dropWriteAfter = BLOCK_BYTES;
  const client = cluster.client();
  cluster.hook = (method) => {
    if (method === 'AssignChunk' && cluster.countOf('AssignChunk') === 3) cluster.misdeeds.set('dn-1', {});
  };
  await cluster.sim.run(() => client.writeFile('/f', sample(CHUNK)));
  expect(cluster.files.get('/f')!.chunks[0]).toMatchObject({ nodeIds: ['dn-1', 'dn-2'] });
});

test('writeFile: a bounded number of pipelines, then an error, and the file is abandoned', async () => {
  const cluster = await started(8);
  for (const nodeId of cluster.nodeIds) cluster.misdeeds.get(nodeId)!.dropWriteAfter = 1;
  const client = cluster.client();
  await cluster.sim.run(async () => {
    await expect(client.writeFile('/f', sample(CHUNK))).rejects.toMatchObject({ dfsCode: 'CONNECTION_LOST', code: 'ECONNRESET' });
  });
  expect(cluster.countOf('AbandonFile')).toBe(1);
  expect(cluster.files.size).toBe(0);
});

test('writeFile: too few nodes for half of the patience is an error with the reasons', async () => {
  const cluster = await started(9, 1);
  const client = cluster.client();
  await cluster.sim.run(async () => {
    await expect(client.writeFile('/f', 'x')).rejects.toMatchObject({
      dfsCode: 'NOT_ENOUGH_REPLICAS',
      reason: expect.stringContaining('only 1 nodes') as string,
    });
  });
  expect(cluster.sim.nowMs).toBeGreaterThan(14_000);
  expect(cluster.sim.nowMs).toBeLessThan(17_000);
});

test('writeFile: a lost lease is final', async () => {
  const cluster = await started(10);
  const client = cluster.client();
  cluster.hook = (method, when) => {
    if (method === 'CommitVersion' && when === 'before') throw new DfsError('LEASE_LOST', 'another writer has it');
  };
  await cluster.sim.run(async () => {
    await expect(client.writeFile('/f', 'x')).rejects.toMatchObject({ dfsCode: 'LEASE_LOST', code: 'ESTALE' });
  });
  expect(cluster.countOf('AssignChunk')).toBe(1);
});

test('writeFile: a master that lacks replicas of the file when it is completed is asked again, with the same number, within the patience', async () => {
  const cluster = await started(12);
  const client = cluster.client({ masterPatienceMs: 3_000 });
  let refusals = 3;
  cluster.hook = (method, when) => {
    if (method !== 'CompleteFile' || when !== 'before' || refusals-- <= 0) return;
    throw new DfsError('NOT_ENOUGH_REPLICAS', 'of chunk 0 one replica is known, 2 are needed', { retriable: true });
  };
  await cluster.sim.run(async () => {
    await client.writeFile('/f', sample(10));
    const sequences = cluster.calls.flatMap(({ method, header }) => (method === 'CompleteFile' ? [header?.sequence] : []));
    expect(sequences).toHaveLength(4);
    expect(new Set(sequences).size).toBe(1);
    refusals = Infinity;
    await expect(client.writeFile('/g', sample(10))).rejects.toMatchObject({ dfsCode: 'NOT_ENOUGH_REPLICAS' });
    expect(cluster.carriedOut.at(-1)).toBe('AbandonFile');
  });
});

test('createWriteStream: finish comes after CompleteFile; destroyed before, it abandons', async () => {
  const cluster = await started(11);
  const client = cluster.client();
  await cluster.sim.run(async () => {
    const stream = client.createWriteStream('/f', { chunkSize: CHUNK });
    stream.write(sample(CHUNK + 5));
    stream.end('tail');
    await new Promise((resolve) => stream.once('finish', resolve));
    expect(cluster.files.get('/f')).toMatchObject({ length: CHUNK + 9, isComplete: true });

    const gone = client.createWriteStream('/g');
    gone.write(sample(CHUNK / 2));
    await new Promise((resolve) => setImmediate(resolve));
    gone.destroy();
    await new Promise((resolve) => gone.once('close', resolve));
  });
  expect(cluster.countOf('AbandonFile')).toBe(1);
  expect([...cluster.files.keys()]).toEqual(['/f']);
});

test('close: abandons what is being written and ends the session', async () => {
  const cluster = await started(12);
  const client = cluster.client();
  await cluster.sim.run(async () => {
    const stream = client.createWriteStream('/f');
    stream.on('error', () => undefined);
    stream.write(sample(CHUNK / 2));
    await cluster.sim.advance(100);
    await client.close();
    await client.close();
    await expect(client.stat('/f')).rejects.toMatchObject({ dfsCode: 'CANCELLED' });
  });
  expect(cluster.calls.slice(-2).map((call) => call.method)).toEqual(['AbandonFile', 'CloseSession']);
});

test('a writer that pauses keeps its pipeline and its session', async () => {
  const cluster = await started(13);
  const client = cluster.client();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield sample(BLOCK_BYTES);
    await cluster.sim.advance(10_000);
    yield sample(BLOCK_BYTES);
  }
  await cluster.sim.run(() => client.writeFile('/f', slow()));
  expect(cluster.countOf('RenewSession')).toBeGreaterThanOrEqual(8);
  expect(cluster.files.get('/f')!.chunks[0]).toMatchObject({ committed: 1 });
  expect(cluster.sim.nowMs).toBeGreaterThan(10_000);
});

/** A cluster whose masters plan the first chunk of a file with its creation. */
async function planning(seed: number): Promise<FakeCluster> {
  const cluster = await started(seed);
  cluster.plansFirstChunks = true;
  return cluster;
}

const steps = (cluster: FakeCluster): string[] =>
  cluster.calls.flatMap(({ method }) => (/^(Create|Assign|Commit|Complete|Abandon)/.test(method) ? [method] : []));

test('writeFile: a file of one chunk takes two calls of the master', async () => {
  const cluster = await planning(14);
  const client = cluster.client();
  await cluster.sim.run(async () => {
    await client.writeFile('/f', sample(100));
    expect((await client.readFile('/f')).equals(sample(100))).toBe(true);
  });
  expect(steps(cluster)).toEqual(['CreateFile', 'CompleteFile']);
  expect(cluster.files.get('/f')!.chunks[0]).toMatchObject({ committed: 1, length: 100, nodeIds: ['dn-1', 'dn-2', 'dn-3'] });
});

test('writeFile: of several chunks, only the plan of the first comes with the file; of an empty file, nothing is planned', async () => {
  const cluster = await planning(15);
  const client = cluster.client();
  await cluster.sim.run(() => client.writeFile('/f', sample(CHUNK + 1)));
  expect(steps(cluster)).toEqual(['CreateFile', 'AssignChunk', 'CommitVersion', 'CommitVersion', 'CompleteFile']);
  await cluster.sim.run(() => client.writeFile('/empty', ''));
  expect(steps(cluster).slice(5)).toEqual(['CreateFile', 'CompleteFile']);
  expect(cluster.files.get('/empty')!.chunks).toEqual([]);
});

test('writeFile: a first plan whose node fails is followed by another', async () => {
  const cluster = await planning(16);
  cluster.misdeeds.get('dn-1')!.dropWriteAfter = 0;
  const client = cluster.client();
  await cluster.sim.run(async () => {
    await client.writeFile('/f', sample(100));
    expect((await client.readFile('/f')).equals(sample(100))).toBe(true);
  });
  expect(steps(cluster)).toEqual(['CreateFile', 'AssignChunk', 'CompleteFile']);
  expect(cluster.files.get('/f')!.chunks[0]).toMatchObject({ committed: 2, nodeIds: ['dn-2', 'dn-3', 'dn-4'] });
});

test('writeFile: what is of unknown length holds no plan before it has data', async () => {
  const cluster = await planning(17);
  const client = cluster.client();
  await cluster.sim.run(() => client.writeFile('/f', [sample(100), sample(100)]));
  expect(steps(cluster)).toEqual(['CreateFile', 'AssignChunk', 'CommitVersion', 'CompleteFile']);
});

test('writeFile: a completion with its chunk that was not answered may have been carried out, and one that was refused was not', async () => {
  const cluster = await planning(18);
  const client = cluster.client();
  cluster.hook = (method) => {
    if (method === 'CompleteFile') throw new DfsError('VERSION_CONFLICT', 'another version is current');
  };
  const refused = cluster.sim.run(() => client.writeFile('/f', sample(100)));
  await expect(refused).rejects.toMatchObject({ dfsCode: 'VERSION_CONFLICT' });
  expect(steps(cluster)).toEqual(['CreateFile', 'CompleteFile', 'AbandonFile']);
  cluster.hook = (method, when) => {
    if (method === 'CompleteFile' && when === 'after') throw new DfsError('UNAVAILABLE', 'lost');
  };
  const lost = cluster.sim.run(() => client.writeFile('/g', sample(100)));
  await expect(lost).rejects.toMatchObject({ dfsCode: 'OUTCOME_UNKNOWN' });
});
