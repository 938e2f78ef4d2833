import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import type { DistriFSClient } from '../../src/client/distrifs-client.js';
import { FakeCluster, sample } from './fake-cluster.js';

const aborted = { name: 'AbortError', code: 'ABORT_ERR' };

async function started(seed: number): Promise<{ cluster: FakeCluster; client: DistriFSClient }> {
  const cluster = new FakeCluster(seed);
  await cluster.sim.run(() => cluster.start());
  return { cluster, client: cluster.client() };
}

/** Makes a call of this method wait for ever, and `fire` when it has arrived. */
function stall(cluster: FakeCluster, stalled: string, fire: () => void): void {
  cluster.hook = (method, when) => {
    if (method !== stalled || when !== 'before') return undefined;
    fire();
    return new Promise(() => undefined);
  };
}

const CALLS: readonly [string, string, (client: DistriFSClient, signal: AbortSignal) => Promise<unknown>][] = [
  ['writeFile', 'OpenSession', (client, signal) => client.writeFile('/f', 'x', { signal })],
  ['writeFile', 'CreateFile', (client, signal) => client.writeFile('/f', 'x', { signal })],
  ['writeFile', 'AssignChunk', (client, signal) => client.writeFile('/f', sample(100_000), { signal })],
  ['readFile', 'GetChunkLocation', (client, signal) => client.readFile('/f', { signal })],
  ['stat', 'GetFileInfo', (client, signal) => client.stat('/f', { signal })],
  ['exists', 'GetFileInfo', (client, signal) => client.exists('/f', { signal })],
  ['locate', 'GetChunkLocation', (client, signal) => client.locate('/f', { signal })],
  ['rm', 'GetFileInfo', (client, signal) => client.rm('/f', { signal })],
  ['createReadStream', 'GetChunkLocation', (client, signal) => finished(client.createReadStream('/f', { signal }).resume())],
  ['createWriteStream', 'CreateFile', (client, signal) => finished(client.createWriteStream('/f', { signal }))],
];

/** Calls that end while the masters are asked to change what others see. */
const UNKNOWN: typeof CALLS = [
  ['writeFile', 'CompleteFile', (client, signal) => client.writeFile('/f', '', { signal })],
  ['createWriteStream', 'CompleteFile', (client, signal) => finished(client.createWriteStream('/f', { signal }).end())],
  ['mkdir', 'MakeDirectory', (client, signal) => client.mkdir('/d', { signal })],
  ['rename', 'Rename', (client, signal) => client.rename('/f', '/g', { signal })],
  ['rm', 'Delete', (client, signal) => client.rm('/f', { signal, recursive: true })],
];

test.each(CALLS)('%s: its signal ends it at once while the masters do not answer %s', async (_name, stalled, call) => {
  const { cluster, client } = await started(1);
  const cut = new AbortController();
  const reason = new Error('why');
  const from = cluster.sim.nowMs;
  stall(cluster, stalled, () => cut.abort(reason));
  await cluster.sim.run(async () => {
    await expect(call(client, cut.signal)).rejects.toMatchObject({ ...aborted, cause: reason });
  });
  expect(cluster.sim.nowMs - from).toBeLessThan(1_000);
  expect(cluster.files.size).toBe(0);
});

test.each(UNKNOWN)('%s: after its signal the outcome of a %s that was sent is unknown', async (_name, stalled, call) => {
  const { cluster, client } = await started(6);
  const cut = new AbortController();
  const from = cluster.sim.nowMs;
  stall(cluster, stalled, () => cut.abort());
  await cluster.sim.run(async () => {
    await expect(call(client, cut.signal)).rejects.toMatchObject({ name: 'DistriFSError', dfsCode: 'OUTCOME_UNKNOWN' });
  });
  expect(cluster.sim.nowMs - from).toBeLessThan(1_000);
});

test('createWriteStream: destroyed while it is being completed, its error says that the outcome is unknown', async () => {
  const { cluster, client } = await started(7);
  const stream = client.createWriteStream('/f');
  stall(cluster, 'CompleteFile', () => stream.destroy());
  await cluster.sim.run(async () => {
    await expect(finished(stream.end())).rejects.toMatchObject({ dfsCode: 'OUTCOME_UNKNOWN' });
  });
  expect(cluster.carriedOut.at(-1)).toBe('AbandonFile');
});

test('close: what is under way then may have taken effect, and says so', async () => {
  const { cluster, client } = await started(8);
  stall(cluster, 'MakeDirectory', () => void client.close());
  await cluster.sim.run(async () => {
    await expect(client.mkdir('/d')).rejects.toMatchObject({ dfsCode: 'OUTCOME_UNKNOWN' });
  });
});

test.each([...CALLS, ...UNKNOWN])('%s: sends nothing after the signal (%s)', async (_name, _stalled, call) => {
  const { cluster, client } = await started(2);
  await cluster.sim.run(async () => {
    await expect(call(client, AbortSignal.abort())).rejects.toMatchObject(aborted);
  });
  expect(cluster.calls).toEqual([]);
});

test('writeFile: the signal ends it while its source delivers nothing; the file is abandoned, and the source destroyed', async () => {
  const { cluster, client } = await started(3);
  const cut = new AbortController();
  const source = new Readable({ read: () => undefined });
  source.push('first piece');
  cluster.hook = (method, when) => {
    if (method === 'CreateFile' && when === 'after') cut.abort();
  };
  await cluster.sim.run(async () => {
    await expect(client.writeFile('/f', source, { signal: cut.signal })).rejects.toMatchObject(aborted);
  });
  expect(source.destroyed).toBe(true);
  expect(cluster.files.size).toBe(0);
});

test('writeFile, createWriteStream: a file that is created after the signal is abandoned, so that its path is free', async () => {
  for (const write of [
    (client: DistriFSClient, signal: AbortSignal) => client.writeFile('/f', 'x', { signal }),
    (client: DistriFSClient, signal: AbortSignal) => finished(client.createWriteStream('/f', { signal })),
  ]) {
    const { cluster, client } = await started(5);
    const cut = new AbortController();
    let answer = (): void => undefined;
    cluster.hook = (method, when) => {
      if (method !== 'CreateFile' || when !== 'before') return undefined;
      cut.abort();
      return new Promise((resolve) => (answer = resolve));
    };
    await cluster.sim.run(async () => {
      await expect(write(client, cut.signal)).rejects.toMatchObject(aborted);
      expect(cluster.countOf('AbandonFile')).toBe(0);
      answer();
      await cluster.sim.advance(100);
    });
    expect(cluster.carriedOut.slice(-2)).toEqual(['CreateFile', 'AbandonFile']);
  }
});

test('signals: a call that has ended leaves no listener', async () => {
  const { cluster, client } = await started(4);
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners.add(args[1]);
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners.delete(args[1]);
    remove(...args);
  };
  await cluster.sim.run(async () => {
    await client.writeFile('/f', sample(100_000), { signal });
    await client.readFile('/f', { signal });
    await client.stat('/f', { signal });
    await client.mkdir('/d', { signal });
  });
  expect(listeners.size).toBe(0);
});
