import { expect, test } from 'vitest';
import { DfsError } from '../../src/shared/errors.js';
import { FakeCluster, MASTER } from './fake-cluster.js';

async function started(seed: number): Promise<FakeCluster> {
  const cluster = new FakeCluster(seed, 3);
  await cluster.sim.run(() => cluster.start());
  return cluster;
}

test('mutate: every retry carries the same header, and the next mutation acknowledges it', async () => {
  const cluster = await started(1);
  let losses = 3;
  cluster.hook = (method, when) => {
    if (method === 'MakeDirectory' && when === 'after' && losses-- > 0) throw new DfsError('UNAVAILABLE', 'answer lost');
  };
  const client = cluster.client();
  await cluster.sim.run(async () => {
    await client.mkdir('/a');
    await client.mkdir('/b');
  });
  const headers = cluster.calls.filter((call) => call.method === 'MakeDirectory').map((call) => call.header);
  expect(headers).toHaveLength(5);
  for (const header of headers.slice(0, 4)) expect(header).toEqual(headers[0]);
  expect(headers[0]).toMatchObject({ sequence: 1, ackedBelow: 1 });
  expect(headers[4]).toMatchObject({ sequence: 2, ackedBelow: 2 });
});

test('mutate: an expired session on the only attempt is replaced by a new one', async () => {
  const cluster = await started(2);
  const client = cluster.client();
  await cluster.sim.run(async () => {
    await client.mkdir('/a');
    cluster.sessions.clear();
    await client.mkdir('/b');
  });
  expect(cluster.countOf('OpenSession')).toBe(2);
});

test('mutate: an expired session after a lost answer leaves the outcome unknown', async () => {
  const cluster = await started(3);
  cluster.hook = (method, when) => {
    if (method !== 'MakeDirectory' || when !== 'after') return;
    cluster.sessions.clear();
    throw new DfsError('UNAVAILABLE', 'answer lost');
  };
  const client = cluster.client();
  await cluster.sim.run(async () => {
    await expect(client.mkdir('/a')).rejects.toMatchObject({ dfsCode: 'OUTCOME_UNKNOWN', code: 'EIO', syscall: 'mkdir' });
  });
  expect(cluster.countOf('MakeDirectory')).toBe(2);
});

test('mutate: patience at its end: unknown after lost answers, the refusal itself when nothing can have run', async () => {
  const cluster = await started(4);
  const client = cluster.client();
  cluster.hook = (method, when) => {
    if (method === 'MakeDirectory' && when === 'before') throw new DfsError('SAFE_MODE', '3 of 9 chunks reported');
  };
  await cluster.sim.run(async () => {
    await expect(client.mkdir('/a')).rejects.toMatchObject({
      dfsCode: 'SAFE_MODE',
      reason: expect.stringContaining('3 of 9') as string,
    });
    cluster.hook = (method, when) => {
      if (method === 'MakeDirectory' && when === 'after') throw new DfsError('UNAVAILABLE', 'answer lost');
    };
    await expect(client.mkdir('/b')).rejects.toMatchObject({ dfsCode: 'OUTCOME_UNKNOWN' });
  });
  expect(cluster.sim.nowMs).toBeGreaterThan(58_000);
  expect(cluster.sim.nowMs).toBeLessThan(63_000);
});

test('call: an answer that is an error is not retried', async () => {
  const cluster = await started(5);
  const client = cluster.client();
  await cluster.sim.run(() => expect(client.stat('/none')).rejects.toMatchObject({ code: 'ENOENT' }));
  expect(cluster.countOf('GetFileInfo')).toBe(1);
});

test('call: a leader hint is followed, and remembered', async () => {
  const cluster = await started(6);
  const follower = cluster.sim.machine('m-2').boot();
  let asked = 0;
  const { bindService, NamespaceService } = await import('../../src/protocol/services.js');
  const refuse = async (): Promise<never> => {
    asked++;
    throw new DfsError('NOT_LEADER', 'not me', { leaderHint: MASTER });
  };
  const handlers = Object.fromEntries(Object.keys(NamespaceService).map((name) => [name, refuse]));
  await cluster.sim.run(() => follower.rpc.serve('m-2:7000', bindService(NamespaceService, handlers as never)));
  const client = cluster.client({}, ['m-2:7000', 'm-3:7000']);
  await cluster.sim.run(async () => {
    await client.mkdir('/a');
    await client.mkdir('/b');
  });
  expect(asked).toBe(1);
  expect(cluster.countOf('MakeDirectory')).toBe(2);
});

test('call: masters that are down are passed over', async () => {
  const cluster = await started(7);
  const client = cluster.client({}, ['m-8:7000', 'm-9:7000', MASTER]);
  await cluster.sim.run(() => client.mkdir('/a'));
  expect(cluster.countOf('MakeDirectory')).toBe(1);
});

test('call: no master at all is an error within the patience, and names the masters', async () => {
  const cluster = new FakeCluster(8);
  const client = cluster.client();
  await cluster.sim.run(() =>
    expect(client.mkdir('/a')).rejects.toMatchObject({ code: 'ECONNREFUSED', reason: expect.stringContaining(MASTER) as string }),
  );
  expect(cluster.sim.nowMs).toBeLessThan(31_000);
});

test('mutate: many at once stay within the span of remembered answers', async () => {
  const cluster = await started(9);
  cluster.hook = async (method, when) => {
    if (method === 'MakeDirectory' && when === 'before') await cluster.sim.advance(5);
  };
  const client = cluster.client();
  await cluster.sim.run(() => Promise.all(Array.from({ length: 600 }, (_, i) => client.mkdir(`/${i}`))));
  const spans = cluster.calls.flatMap(({ header }) => (header === null ? [] : [header.sequence - header.ackedBelow]));
  expect(Math.max(...spans)).toBeLessThan(256);
  expect(new Set(cluster.calls.flatMap(({ header }) => (header === null ? [] : [header.sequence]))).size).toBe(600);
});

test('an idle client keeps no timer: nothing happens after its last call', async () => {
  const cluster = await started(10);
  const client = cluster.client();
  await cluster.sim.run(() => client.mkdir('/a'));
  await cluster.sim.advance(60_000);
  expect(cluster.countOf('RenewSession')).toBe(0);
});
