import { expect, test } from 'vitest';
import { DfsError } from '../../src/shared/errors.js';
import { timingsOf } from '../../src/shared/profile.js';
import { addressOf, FakeGroup } from './fake-group.js';

const TIMINGS = timingsOf('fast');
const THREE = ['m-1', 'm-2', 'm-3'];

async function started(seed: number, names: readonly string[] = THREE): Promise<FakeGroup> {
  const group = new FakeGroup(seed, names);
  await group.cluster.sim.run(() => group.start());
  return group;
}

/** Lets the next leader lead after `afterMs`; in between the followers first name the old one, then nobody. */
async function electLater(group: FakeGroup, name: string, afterMs: number): Promise<void> {
  const { sim } = group.cluster;
  await sim.advance(afterMs * 0.8);
  for (const other of group.names) group.hints.set(other, '');
  await sim.advance(afterMs * 0.2);
  group.elect(name);
}

test('a hint is followed at once, without a pause', async () => {
  const group = await started(1);
  group.elect('m-3');
  const client = group.client();
  await group.cluster.sim.run(() => client.mkdir('/a'));
  expect(group.asked.map(({ name }) => name)).toEqual(['m-1', 'm-3', 'm-3']);
  // A pause would be 10 ms at least.
  expect((group.asked[1]?.atMs ?? Infinity) - (group.asked[0]?.atMs ?? 0)).toBeLessThan(5);
});

test('masters that name each other are asked once in a round, and rounds are apart', async () => {
  const group = await started(2);
  group.leader = null;
  group.hints.set('m-1', 'm-2').set('m-2', 'm-1').set('m-3', 'm-1');
  const client = group.client();
  const { sim } = group.cluster;
  await sim.run(async () => {
    const made = client.mkdir('/a');
    await sim.advance(2_000);
    // Three a round; rounds are 50 to 100 ms apart once they have slowed down.
    expect(group.asked.length).toBeGreaterThan(3 * 15);
    expect(group.asked.length).toBeLessThan(3 * 50);
    group.elect('m-3');
    const electedMs = group.nowMs;
    await made;
    expect(group.nowMs - electedMs).toBeLessThan(120);
  });
});

test('a leader that is killed costs no more than the election and one pause', async () => {
  for (let seed = 10; seed < 40; seed++) {
    const group = await started(seed);
    const client = group.client();
    const electionMs = 250 + (seed - 10) * 8;
    await group.cluster.sim.run(async () => {
      await client.mkdir('/a');
      group.kill('m-1');
      const killedMs = group.nowMs;
      const made = client.mkdir('/b');
      await electLater(group, 'm-3', electionMs);
      await made;
      expect(group.nowMs - killedMs).toBeLessThan(electionMs + 120);
      const before = group.asked.length;
      await client.mkdir('/c');
      expect(group.asked.slice(before).map(({ name }) => name)).toEqual(['m-3']);
    });
  }
});

test('a leader that stalls in the middle of a call costs no more than a killed one', async () => {
  for (let seed = 50; seed < 70; seed++) {
    const group = await started(seed);
    const client = group.client();
    await group.cluster.sim.run(async () => {
      await client.mkdir('/a');
      group.stall('m-1');
      const stalledMs = group.nowMs;
      const made = Promise.all([client.mkdir('/b'), client.mkdir('/c'), client.stat('/none').catch(() => undefined)]);
      await electLater(group, 'm-2', 400);
      await made;
      expect(group.nowMs - stalledMs).toBeLessThan(700);
      expect(group.nowMs - stalledMs).toBeLessThan(TIMINGS.rpcDeadlineMs);
      const before = group.nowMs;
      await client.mkdir('/d');
      expect(group.nowMs - before).toBeLessThan(20);
    });
  }
});

test('a silent follower that is asked while nobody leads holds nothing up', async () => {
  const group = await started(3, ['m-1', 'm-2', 'm-3', 'm-4', 'm-5']);
  const client = group.client();
  const { sim } = group.cluster;
  await sim.run(async () => {
    await client.mkdir('/a');
    sim.machine('m-2').pause();
    group.kill('m-1');
    const killedMs = group.nowMs;
    const made = client.mkdir('/b');
    await electLater(group, 'm-5', 450);
    await made;
    expect(group.nowMs - killedMs).toBeLessThan(700);
  });
});

test('a master known to be silent is asked last, also long after', async () => {
  const group = await started(16, ['m-1', 'm-2', 'm-3']);
  const client = group.client();
  const { sim } = group.cluster;
  await sim.run(async () => {
    await client.mkdir('/a');
    sim.machine('m-2').pause();
    group.leader = null;
    group.hints.set('m-1', 'm-2').set('m-3', 'm-2');
    const made = client.mkdir('/b');
    await electLater(group, 'm-1', 400);
    await made;
    await sim.advance(5_000);
    group.kill('m-1');
    group.elect('m-3');
    const killedMs = group.nowMs;
    await client.mkdir('/c');
    expect(group.nowMs - killedMs).toBeLessThan(50);
  });
});

test('what one call learns, others use before it has ended', async () => {
  const group = await started(17);
  const client = group.client();
  const { sim } = group.cluster;
  await sim.run(async () => {
    await client.mkdir('/a');
    group.elect('m-2');
    group.beforeCall = () => sim.advance(100);
    const made = client.mkdir('/b');
    await sim.advance(50);
    const before = group.asked.length;
    await Promise.all([made, client.mkdir('/c')]);
    expect(group.asked.slice(before).map(({ name }) => name)).toEqual(['m-2']);
  });
});

test('a slow leader is waited for: its attempt is neither given up nor repeated, and followers are not asked often', async () => {
  const group = await started(4);
  const { sim } = group.cluster;
  group.beforeCall = async (_name, method) => {
    if (method === 'MakeDirectory') await sim.advance(1_500);
  };
  const client = group.client();
  await sim.run(() => client.mkdir('/a'));
  expect(group.countOf('MakeDirectory', 'm-1')).toBe(1);
  const followers = group.countOf('MakeDirectory') - 1;
  expect(followers).toBeGreaterThanOrEqual(2);
  expect(followers).toBeLessThanOrEqual(10);
});

test('a mutation that the old leader carried out and did not answer gets its first answer from the new one', async () => {
  const group = await started(5);
  const { cluster } = group;
  const client = group.client();
  await cluster.sim.run(async () => {
    await client.mkdir('/a');
    cluster.hook = (method, when) => {
      if (method !== 'CreateFile' || when !== 'after' || group.leader !== 'm-1') return undefined;
      group.kill('m-1');
      void electLater(group, 'm-2', 300);
      return new Promise<void>(() => undefined);
    };
    await client.writeFile('/f', 'text', { flag: 'wx' });
    expect(await client.readFile('/f', 'utf8')).toBe('text');
  });
  const creates = cluster.calls.filter(({ method }) => method === 'CreateFile');
  expect(creates).toHaveLength(2);
  expect(creates[1]?.header).toEqual(creates[0]?.header);
  expect(cluster.carriedOut.filter((method) => method === 'CreateFile')).toHaveLength(1);
});

test('nobody leads: the error says which masters were asked and what each said; nothing can have happened', async () => {
  const group = await started(6, ['m-1', 'm-2', 'm-3']);
  const client = group.client();
  await group.cluster.sim.run(async () => {
    await client.mkdir('/a');
    group.leader = null;
    group.hints.set('m-1', '').set('m-2', '').set('m-3', '');
    const startedMs = group.nowMs;
    const failure: unknown = await client.mkdir('/b').catch((error: unknown) => error);
    expect(failure).toMatchObject({ dfsCode: 'NOT_LEADER', code: 'EAGAIN', retriable: true });
    for (const name of group.names) expect(String(failure)).toContain(`${addressOf(name)}: NOT_LEADER (${name} follows)`);
    expect(String(failure)).toContain('majority');
    expect(group.nowMs - startedMs).toBeGreaterThan(TIMINGS.masterPatienceMs - 200);
    expect(group.nowMs - startedMs).toBeLessThan(TIMINGS.masterPatienceMs + 10);
  });
});

test('all masters down: known within the patience, and every one is named with its reason', async () => {
  const group = new FakeGroup(7, THREE);
  const client = group.client();
  await group.cluster.sim.run(async () => {
    const failure: unknown = await client.stat('/a').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ECONNREFUSED' });
    for (const name of THREE) expect(String(failure)).toContain(`${addressOf(name)}: UNAVAILABLE`);
  });
  expect(group.nowMs).toBeLessThan(TIMINGS.masterPatienceMs + 10);
});

test('all masters stalled: known a deadline after the patience', async () => {
  const group = await started(8);
  const client = group.client();
  await group.cluster.sim.run(async () => {
    for (const name of THREE) group.stall(name);
    await expect(client.stat('/a')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });
  expect(group.nowMs).toBeLessThan(TIMINGS.masterPatienceMs + TIMINGS.rpcDeadlineMs + 10);
});

test('a session that is gone while another master may still carry the call out leaves the outcome unknown', async () => {
  const group = await started(9);
  const client = group.client();
  await group.cluster.sim.run(async () => {
    await client.mkdir('/a');
    group.stall('m-1');
    group.elect('m-2');
    group.cluster.sessions.clear();
    await expect(client.mkdir('/b')).rejects.toMatchObject({ dfsCode: 'OUTCOME_UNKNOWN' });
    // The next one begins with a new session.
    await client.mkdir('/c');
  });
});

test('a session that is gone after masters that only said NOT_LEADER is replaced: nothing was carried out', async () => {
  const group = await started(10);
  const client = group.client();
  await group.cluster.sim.run(async () => {
    await client.mkdir('/a');
    group.elect('m-2');
    group.cluster.sessions.clear();
    await client.mkdir('/b');
  });
  expect(group.countOf('OpenSession', 'm-2')).toBe(1);
});

test('a master known by a hint alone stays known when all that were given are gone', async () => {
  const group = new FakeGroup(11, ['m-1', 'm-4', 'm-5']);
  const { sim } = group.cluster;
  await sim.run(() => group.start());
  group.elect('m-4');
  const client = group.client({}, ['m-1']);
  await sim.run(async () => {
    await client.mkdir('/a');
    group.kill('m-1');
    group.elect('m-5');
    await client.mkdir('/b');
    expect(group.asked.at(-1)?.name).toBe('m-5');
    // m-5 dies before it could name anybody: m-4 is still known.
    group.kill('m-5');
    group.elect('m-4');
    const killedMs = group.nowMs;
    await client.mkdir('/c');
    expect(group.nowMs - killedMs).toBeLessThan(50);
  });
});

test('leases are renewed at the next leader, well before they lapse', async () => {
  const group = await started(12);
  const { sim } = group.cluster;
  const client = group.client();
  await sim.run(async () => {
    const stream = client.createWriteStream('/f');
    await new Promise((resolve) => stream.write('x', resolve));
    const renewed: number[] = [];
    group.cluster.hook = (method, when) => {
      if (method === 'RenewSession' && when === 'before') renewed.push(sim.nowMs);
    };
    await sim.advance(2_500);
    group.kill('m-1');
    // A renewal gives up a second after it began, at 4,000, and the next one does not wait for another second.
    await electLater(group, 'm-2', 1_850);
    const electedMs = sim.nowMs;
    await sim.advance(4_000);
    expect(renewed.length).toBeGreaterThan(4);
    expect((renewed.find((ms) => ms > electedMs) ?? Infinity) - electedMs).toBeLessThan(120);
    stream.destroy();
    await client.close();
  });
});

test('the session ends at the leader of the time, and closing with no leader takes no longer than two elections', async () => {
  const group = await started(13);
  const { sim } = group.cluster;
  await sim.run(async () => {
    const client = group.client();
    await client.mkdir('/a');
    group.elect('m-2');
    await client.close();
    expect(group.cluster.countOf('CloseSession')).toBe(1);
    const other = group.client();
    await other.mkdir('/b');
    group.kill('m-1');
    group.kill('m-2');
    const closedMs = group.nowMs;
    await other.close();
    expect(group.nowMs - closedMs).toBeLessThan(1_010);
  });
});

test('a master that cannot serve is passed over; when none can, that is the answer at once', async () => {
  const group = new FakeGroup(14, THREE);
  const { sim } = group.cluster;
  await sim.run(() => group.start(['m-3']));
  group.elect('m-3');
  const { bindService, NamespaceService } = await import('../../src/protocol/services.js');
  const refuse = async (): Promise<never> => {
    throw new DfsError('NOT_INITIALIZED', 'waits for an invitation');
  };
  const handlers = Object.fromEntries(Object.keys(NamespaceService).map((name) => [name, refuse]));
  await sim.run(async () => {
    for (const name of ['m-1', 'm-2']) {
      await sim
        .machine(name)
        .boot()
        .rpc.serve(addressOf(name), bindService(NamespaceService, handlers as never));
    }
    await group.client().mkdir('/a');
    const startedMs = group.nowMs;
    await expect(group.client({}, ['m-1', 'm-2']).stat('/a')).rejects.toMatchObject({ dfsCode: 'NOT_INITIALIZED' });
    expect(group.nowMs - startedMs).toBeLessThan(20);
  });
});

test('df asks the leader, although every master answers', async () => {
  const { bindService, ClusterService } = await import('../../src/protocol/services.js');
  const group = new FakeGroup(15, ['m-1', 'm-2']);
  const { sim } = group.cluster;
  await sim.run(async () => {
    for (const [name, role, fileCount] of [
      ['m-1', 'follower', 1],
      ['m-2', 'leader', 2],
    ] as const) {
      const ListChunks = async () => ({});
      const GetClusterStatus = async () => ({ role, fileCount, masterId: name });
      const { rpc } = sim.machine(name).boot();
      await rpc.serve(addressOf(name), bindService(ClusterService, { GetClusterStatus, ListChunks, RemoveDataNode: ListChunks }));
    }
    expect(await group.client().df()).toMatchObject({ files: 2 });
  });
});

test('who waits for longer than elections take is told why, once; an ordinary failover says nothing', async () => {
  const group = await started(18);
  const client = group.client();
  const { sim, logged } = group.cluster;
  await sim.run(async () => {
    await client.mkdir('/a');
    group.kill('m-1');
    const made = client.mkdir('/b');
    await electLater(group, 'm-2', 500);
    await made;
    expect(logged).toEqual([]);
    group.beforeCall = () => {
      throw new DfsError('SAFE_MODE', '3 of 9 chunks');
    };
    const waiting = client.mkdir('/c');
    await sim.advance(5_000);
    group.beforeCall = () => undefined;
    await waiting;
    expect(logged).toEqual(['warn Cannot make directory "/c" yet: still trying']);
  });
});
