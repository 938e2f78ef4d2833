/** What clients of a master see through its changes of role. */
import { expect, test } from 'vitest';
import { OPERATIONS } from '../../src/master/state/operations/operations.js';
import { ClusterService, NamespaceService } from '../../src/protocol/services.js';
import { DfsError } from '../../src/shared/errors.js';
import { SESSIONS_MAX } from '../../src/shared/limits.js';
import { ServicesRig } from './services-rig.js';

const refused = (code: string, text: string, leaderHint?: string) => ({
  code,
  retriable: true,
  message: expect.stringContaining(text) as string,
  leaderHint,
});

test('Office: a follower refuses clients and names the leader, changes nothing, and tells how it is', async () => {
  const rig = new ServicesRig(51);
  await rig.sim.run(async () => {
    await rig.start();
    expect(await rig.status('m-2')).toMatchObject({ role: 'follower', term: 0, leaderId: '', masterId: 'm-2', safeMode: false });
    await expect(rig.openSession('m-2')).rejects.toMatchObject(refused('NOT_LEADER', 'knows of no leader'));
    rig.group.elect('m-1');
    await rig.sim.advance(10);
    await rig.openSession('m-1');
    const logged = rig.group.log.length;
    const named = refused('NOT_LEADER', 'Master "m-2" does not lead: "m-1" at m-1:7000 leads in term 1', 'm-1:7000');
    const { header } = { header: rig.header() };
    const session = { clusterId: header.clusterId, sessionId: rig.sessionId };
    const calls = [
      rig.mkdir('m-2', '/d', header),
      rig.call('m-2', NamespaceService.CreateFile, { header, path: '/f' }),
      rig.assign('m-2', 1, header),
      rig.call('m-2', NamespaceService.OpenSession, { clientName: 'x' }),
      rig.call('m-2', NamespaceService.RenewSession, session),
      rig.call('m-2', NamespaceService.CloseSession, session),
      rig.call('m-2', NamespaceService.Delete, { header, path: '/d' }),
      rig.call('m-2', NamespaceService.GetFileInfo, { path: '/' }),
      rig.call('m-2', NamespaceService.ListDirectory, { path: '/' }),
      rig.call('m-2', NamespaceService.GetChunkLocation, { path: '/f' }),
      rig.call('m-2', NamespaceService.ReportBadReplica, { clusterId: header.clusterId, chunkId: 1 }),
      rig.call('m-2', ClusterService.ListChunks, {}),
    ];
    for (const outcome of await Promise.allSettled(calls)) expect(outcome).toMatchObject({ status: 'rejected', reason: named });
    expect(rig.group.log).toHaveLength(logged);
    // The refusal stands for nothing: the same request is carried out where it belongs.
    await rig.mkdir('m-1', '/d', header);
    const [leading, following] = [await rig.status('m-1'), await rig.status('m-2')];
    expect(leading).toMatchObject({ role: 'leader', term: 1, leaderId: 'm-1', directoryCount: 2 });
    expect(following).toMatchObject({ role: 'follower', term: 1, leaderId: 'm-1', directoryCount: 2 });
    expect(following.stateDigest).toBe(leading.stateDigest);
  });
});

test('Office: who is elected and not ready sends nobody elsewhere, itself least of all', async () => {
  const rig = new ServicesRig(52);
  await rig.sim.run(async () => {
    await rig.start();
    rig.group.elect('m-1', { isReady: false });
    await expect(rig.openSession('m-1')).rejects.toMatchObject(refused('UNAVAILABLE', 'just elected and is not ready yet'));
    await expect(rig.openSession('m-2')).rejects.toMatchObject({ code: 'NOT_LEADER', leaderHint: 'm-1:7000' });
    rig.services('m-1').onElected(1);
    await rig.openSession('m-1');
  });
});

test('Office.led: the first leader makes the cluster before it serves, and tries again when it is refused', async () => {
  const rig = new ServicesRig(53);
  await rig.sim.run(async () => {
    await rig.start();
    const first = rig.member('m-1');
    first.refusals.push(new DfsError('RESOURCE_EXHAUSTED', 'full'), new DfsError('RESOURCE_EXHAUSTED', 'full'));
    first.isHolding = true;
    rig.group.elect('m-1');
    await rig.sim.advance(5_000);
    expect(await rig.status('m-1')).toMatchObject({ role: 'leader', term: 1, safeMode: true, lastAppliedIndex: 0 });
    await expect(rig.openSession('m-1')).rejects.toMatchObject(refused('UNAVAILABLE', 'about to make the cluster'));
    first.release();
    await rig.sim.advance(1);
    await rig.openSession('m-1');
    expect(rig.group.operations).toEqual(['initCluster', 'openSession']);
    expect(await rig.status('m-1')).toMatchObject({ role: 'leader', safeMode: false, directoryCount: 1 });
    expect(first.machine.settings).toMatchObject({ defaultReplication: 2, minReplicas: 2 });
  });
});

test('Office.led: a cluster is made once, whoever leads when its entry is committed', async () => {
  const rig = new ServicesRig(54);
  await rig.sim.run(async () => {
    await rig.start();
    const first = rig.member('m-1');
    first.isHolding = true;
    rig.group.elect('m-1');
    // Its entry was committed all the same, before the next leader's own.
    first.release();
    rig.group.elect('m-2');
    await rig.sim.advance(5_000);
    await rig.openSession('m-2');
    expect(rig.group.operations).toEqual(['initCluster', 'openSession']);
    expect(rig.failures).toEqual([]);
  });
});

test('Office.led: a cluster that another has made is as good; one that cannot be made ends the master', async () => {
  const rig = new ServicesRig(55, ['m-1']);
  await rig.sim.run(async () => {
    await rig.start();
    const member = rig.member('m-1');
    const propose = member.propose.bind(member);
    member.propose = async (data) => {
      const answer = await propose(data);
      if (answer.error !== undefined || rig.group.log.length > 1) return answer;
      return { error: { code: 'ALREADY_EXISTS', message: 'made', retriable: false, nodeId: '', leaderHint: '' } };
    };
    rig.group.elect('m-1');
    await rig.sim.advance(1);
    await rig.openSession('m-1');
    expect(rig.failures).toEqual([]);
  });
  const other = new ServicesRig(56, ['m-1']);
  await other.sim.run(async () => {
    await other.start();
    other.member('m-1').refusals.push(new DfsError('INVALID_ARGUMENT', 'too many founders'));
    other.group.elect('m-1');
    await other.sim.advance(1);
    expect(other.failures).toMatchObject([{ code: 'INVALID_ARGUMENT' }]);
  });
});

test('reads: answered only behind a barrier, and only by the leadership that was asked', async () => {
  const rig = new ServicesRig(57);
  await rig.sim.run(async () => {
    await rig.start();
    rig.group.elect('m-1');
    await rig.openSession('m-1');
    const member = rig.member('m-1');
    const reads = [
      () => rig.call('m-1', NamespaceService.GetFileInfo, { path: '/' }),
      () => rig.call('m-1', NamespaceService.ListDirectory, { path: '/' }),
      () => rig.call('m-1', NamespaceService.GetChunkLocation, { path: '/missing' }),
      () => rig.call('m-1', ClusterService.ListChunks, {}),
    ];
    for (const read of reads) {
      member.isHolding = true;
      let isAnswered = false;
      const reading = read()
        .catch((error: unknown) => error)
        .finally(() => (isAnswered = true));
      await rig.sim.advance(100);
      expect(isAnswered).toBe(false);
      // The barrier comes through just as the leadership ends, and this master leads again when the call goes on.
      member.release();
      rig.services('m-1').onDeposed();
      rig.services('m-1').onElected(rig.group.term);
      expect(await reading).toMatchObject({ code: 'NOT_LEADER', retriable: true });
    }
    expect((await rig.call('m-1', NamespaceService.ListDirectory, { path: '/' })).entries).toEqual([]);
  });
});

test('a leader that was replaced and does not know it shows nothing stale and acknowledges nothing', async () => {
  const rig = new ServicesRig(58);
  await rig.sim.run(async () => {
    await rig.start();
    rig.group.elect('m-1');
    await rig.openSession('m-1');
    const oldSession = rig.sessionId;
    const old = rig.member('m-1');
    old.isCut = true;
    rig.group.elect('m-2');
    await rig.openSession('m-2');
    await rig.mkdir('m-2', '/new');
    const session = { clusterId: rig.header().clusterId, sessionId: rig.sessionId };
    const calls = [
      rig.call('m-1', NamespaceService.ListDirectory, { path: '/' }),
      // The session was opened at the other: it must not be called expired here.
      rig.mkdir('m-1', '/more'),
      rig.call('m-1', NamespaceService.RenewSession, session),
      rig.call('m-1', NamespaceService.CloseSession, session),
      rig.call('m-1', NamespaceService.RenewSession, { ...session, sessionId: oldSession }),
      rig.mkdir('m-1', '/old', { ...rig.header(), sessionId: oldSession }),
    ];
    let answered = 0;
    const outcomes = Promise.allSettled(calls.map((call) => call.finally(() => (answered += 1))));
    await rig.sim.advance(1_000);
    expect(answered).toBe(0);
    old.isCut = false;
    old.leaderId = 'm-2';
    rig.services('m-1').onDeposed();
    old.lose();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE', retriable: true } });
    }
    const list = await rig.call('m-2', NamespaceService.ListDirectory, { path: '/' });
    expect(list.entries.map((entry) => entry.name)).toEqual(['new']);
  });
});

test('mutations: a retry at the next leader gets the first answer, whether the first took effect or not', async () => {
  const rig = new ServicesRig(59);
  await rig.sim.run(async () => {
    await rig.start();
    rig.group.elect('m-1');
    await rig.openSession('m-1');
    const [done, undone] = [rig.header(), rig.header()];
    const create = (masterId: string, header: typeof done, path: string) =>
      rig.call(masterId, NamespaceService.CreateFile, { header, path });
    const { fileId } = await create('m-1', done, '/done');
    rig.member('m-1').isHolding = true;
    const lost = create('m-1', undone, '/undone');
    const joined = create('m-1', undone, '/undone');
    await rig.sim.advance(10);
    rig.group.elect('m-2');
    for (const call of [lost, joined]) await expect(call).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true });
    await expect(create('m-1', undone, '/undone')).rejects.toMatchObject({ code: 'NOT_LEADER', leaderHint: 'm-2:7000' });
    expect(await create('m-2', done, '/done')).toMatchObject({ fileId });
    const second = await create('m-2', undone, '/undone');
    expect(second.fileId).not.toBe(fileId);
    rig.member('m-1').isHolding = false;
    rig.group.elect('m-1');
    expect(await create('m-1', undone, '/undone')).toEqual(second);
    expect(await rig.status('m-1')).toMatchObject({ pendingFileCount: 2 });
  });
});

test('Proposer: log time goes on from the last entry under each leader', async () => {
  const rig = new ServicesRig(60);
  await rig.sim.run(async () => {
    await rig.start();
    const { state } = rig.member('m-3').machine;
    rig.group.elect('m-1');
    await rig.sim.advance(10_000);
    await rig.openSession('m-1');
    const before = state.logTimeMs;
    expect(before).toBeGreaterThanOrEqual(10_000);
    await rig.sim.advance(50_000);
    rig.group.elect('m-2');
    await rig.sim.advance(1_000);
    await rig.openSession('m-2');
    expect(state.logTimeMs - before).toBeGreaterThanOrEqual(1_000);
    expect(state.logTimeMs - before).toBeLessThan(2_000);
  });
});

test('OpenSession: near the limit, a session takes the place of an idle one; far from it, the log has what older masters know', async () => {
  const rig = new ServicesRig(61, ['m-1']);
  await rig.sim.run(async () => {
    await rig.start();
    rig.group.elect('m-1');
    await rig.openSession('m-1');
    expect(rig.group.operations.at(-1)).toBe('openSession');
    const { sessions, logTimeMs } = rig.member('m-1').machine.state;
    while (!sessions.isFull) sessions.open('crowd', logTimeMs, 0);
    const sessionId = await rig.openSession('m-1');
    expect(rig.group.operations.at(-1)).toBe('replaceSession');
    expect([sessions.get(sessionId)?.clientName, sessions.size]).toEqual(['rig', SESSIONS_MAX]);
    // Near the limit, and with a master that does not know the other operation: there is room still.
    sessions.close(sessions.get(sessionId)!);
    rig.member('m-1').highestOperation = OPERATIONS.openSession.code;
    await rig.openSession('m-1');
    expect(rig.group.operations.at(-1)).toBe('openSession');
  });
});

test('OpenSession: a session of the part of a log that was lost is no session of the log that went on without it', async () => {
  const rigs = [new ServicesRig(62, ['m-1']), new ServicesRig(63, ['m-1'])] as const;
  const clients: ReturnType<ServicesRig['header']>[] = [];
  for (const rig of rigs) {
    await rig.sim.run(async () => {
      await rig.start();
      rig.group.elect('m-1');
      await rig.openSession('m-1');
      // The same log in both up to here; each goes on with a client of its own.
      const header = rig.header();
      clients.push(header);
      await rig.mkdir('m-1', '/by-client', header);
    });
  }
  const [lost] = clients;
  const [, restored] = rigs;
  await restored.sim.run(async () => {
    await expect(restored.mkdir('m-1', '/of-lost', lost)).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
  });
});
