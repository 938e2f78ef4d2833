/** Peers that send what no peer may: they are refused with the field named, and the masters go on as before. */
import { expect, test } from 'vitest';
import { OPERATIONS } from '../../src/master/state/operations/operations.js';
import type { RaftMessage } from '../../src/protocol/generated/distrifs/v1/RaftMessage.js';
import { DataNodeService, MasterService, NamespaceService, RaftService } from '../../src/protocol/services.js';
import { MIB, REPORT_PART_REPLICAS } from '../../src/shared/limits.js';
import { GroupRig } from './group-rig.js';
import { MasterRig } from './master-rig.js';
import { statsOf } from './soft-fixtures.js';

const refusedFor = (field: string) => ({
  code: 'INVALID_ARGUMENT',
  retriable: false,
  message: expect.stringContaining(field) as unknown,
});

test('RegisterDataNode: an address of 1 MB is refused in few words, and the status still works', async () => {
  const rig = new MasterRig(41);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    const node = { nodeId: 'dn-1', incarnation: 'x' };
    const register = (over: object) => {
      return rig.call(DataNodeService.RegisterDataNode, { node, address: 'dn-1:1', rack: 'r', stats: statsOf(), ...over });
    };
    const long = 'x'.repeat(MIB);
    await expect(register({ address: `${long}:1` })).rejects.toMatchObject(refusedFor('RegisterDataNodeRequest.address'));
    await expect(register({ address: `${'x'.repeat(300)}:1` })).rejects.toMatchObject(
      refusedFor('RegisterDataNodeRequest.address'),
    );
    await expect(register({ rack: 'x'.repeat(300) })).rejects.toMatchObject(refusedFor('RegisterDataNodeRequest.rack'));
    await expect(register({ rack: 'a\nb' })).rejects.toMatchObject(refusedFor('control characters'));
    await expect(register({ node: { ...node, nodeId: '../x' } })).rejects.toMatchObject(refusedFor('node.nodeId'));
    const error: unknown = await register({ address: long }).catch((reason: unknown) => reason);
    expect((error as Error).message.length).toBeLessThan(500);
    expect((await rig.status()).nodes).toEqual([]);
    await rig.register('dn-1');
    // What was refused is not in the log either: a restart knows the one node.
    rig.machine.crash();
    await rig.start();
    expect((await rig.status()).nodes).toMatchObject([{ nodeId: 'dn-1', address: 'dn-1:1' }]);
    expect(rig.log.every((line) => line.length < 1_000)).toBe(true);
  });
});

test('BlockReport, ReportReplicas: more replicas than a part may have are refused, and the node is as before', async () => {
  const rig = new MasterRig(42);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    const node = await rig.register('dn-1');
    const replicasOf = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ chunkId: at + 1, version: 1, lengthBytes: 1, state: 'COMMITTED' as const }));
    const report = (count: number) =>
      rig.call(DataNodeService.BlockReport, { node, reportId: 1, parts: 1, replicas: replicasOf(count), stats: statsOf() });
    await expect(report(40_000)).rejects.toMatchObject(refusedFor('BlockReportRequest may have'));
    await expect(report(REPORT_PART_REPLICAS + 1)).rejects.toMatchObject(refusedFor('BlockReportRequest.replicas'));
    const changes = { node, reportId: 1, replicas: replicasOf(REPORT_PART_REPLICAS + 1) };
    await expect(rig.call(DataNodeService.ReportReplicas, changes)).rejects.toMatchObject(refusedFor('replicas'));
    expect((await rig.status()).nodes).toMatchObject([{ nodeId: 'dn-1', state: 'LIVE', replicaCount: 0 }]);
    expect(await report(REPORT_PART_REPLICAS)).toMatchObject({ needsRegistration: false });
    expect((await rig.status()).nodes).toMatchObject([{ replicaCount: REPORT_PART_REPLICAS }]);
  });
});

test('BlockReport, Heartbeat: an impossible part, a foreign state and an absent speaker are refused', async () => {
  const rig = new MasterRig(43);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    const node = await rig.register('dn-1');
    const report = (over: object) => rig.call(DataNodeService.BlockReport, { node, reportId: 1, part: 0, parts: 1, ...over });
    await expect(report({ parts: 5_001 })).rejects.toMatchObject(refusedFor('BlockReportRequest.parts'));
    await expect(report({ parts: 0 })).rejects.toMatchObject(refusedFor('BlockReportRequest.parts'));
    await expect(report({ part: 1 })).rejects.toMatchObject(refusedFor('no part 1'));
    await expect(report({ replicas: [{ chunkId: 1, version: 1 }] })).rejects.toMatchObject(refusedFor('replicas[0].state'));
    await expect(rig.call(DataNodeService.Heartbeat, {})).rejects.toMatchObject(refusedFor('HeartbeatRequest.node'));
  });
});

test('NamespaceService: what a request may not hold has the code that it had, and no place in the log', async () => {
  const rig = new MasterRig(44);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    const { lastAppliedIndex } = await rig.status();
    await expect(rig.mkdir(`/${'a/'.repeat(3_000)}b`)).rejects.toMatchObject({ code: 'NAME_TOO_LONG' });
    const create = (over: object) => rig.call(NamespaceService.CreateFile, { header: rig.header(), path: '/f', ...over });
    await expect(create({ mode: 0o10000 })).rejects.toMatchObject(refusedFor('CreateFileRequest.mode'));
    await expect(create({ replication: 17 })).rejects.toMatchObject(refusedFor('CreateFileRequest.replication'));
    await expect(create({ owner: 'x'.repeat(256) })).rejects.toMatchObject(refusedFor('CreateFileRequest.owner'));
    const clientName = 'x'.repeat(2_000);
    await expect(rig.call(NamespaceService.OpenSession, { clientName })).rejects.toMatchObject(refusedFor('clientName'));
    expect((await rig.status()).lastAppliedIndex).toBe(lastAppliedIndex);
  });
});

/** A group with a leader, and a way to speak to each member as another one does, with its life. */
async function group(rig: GroupRig) {
  await rig.found();
  await rig.openSession();
  const leader = await rig.untilLed();
  await rig.untilAgreed();
  const follower = rig.ids.find((id) => id !== leader)!;
  const status = (await rig.statusOf(leader))!;
  const { clusterId, term, lastIndex, members } = status;
  const addressed = (id: string) => ({ id, incarnation: members.find(({ masterId }) => masterId === id)!.incarnation });
  const say = (from: string, to: string, message: RaftMessage) => {
    const senderLife = members.find(({ masterId }) => masterId === from)!.life;
    const messages = [{ from: addressed(from), to: addressed(to), term, ...message }];
    return rig.callAt(to, RaftService.Step, { clusterId, senderLife, messages });
  };
  return { leader, follower, term, lastIndex, say };
}

/** All three are there, and agree on what is written now. */
async function expectAlive(rig: GroupRig, name: string): Promise<void> {
  await rig.mkdir(`/${name}`);
  expect(await rig.list()).toContain(name);
  await rig.untilAgreed();
  expect(rig.log.filter((line) => line.includes(' error '))).toEqual([]);
}

const FAR = 10 ** 12;

test('RaftService: a term or an index beyond all bounds is refused, one that leaps is dropped with a warning', async () => {
  const rig = new GroupRig(45);
  await rig.sim.run(async () => {
    const { leader, follower, term, lastIndex, say } = await group(rig);
    const timeoutNow = {};
    await expect(say(leader, follower, { term: 2 ** 53 - 1, timeoutNow })).rejects.toMatchObject(refusedFor('messages[0].term'));
    await expect(say(leader, follower, { heartbeat: { commit: 2 ** 53 - 1 } })).rejects.toMatchObject(
      refusedFor('heartbeat.commit'),
    );
    const entry = { index: lastIndex + 1, term, data: Uint8Array.of(OPERATIONS.rename.code) };
    const append = { previous: { index: lastIndex, term: 2 ** 53 - 1 }, entries: [entry], commit: 0 };
    await expect(say(leader, follower, { append })).rejects.toMatchObject(refusedFor('append.previous.term'));
    for (const to of rig.ids) {
      const from = to === leader ? follower : leader;
      await say(from, to, { term: term + 2 ** 41, heartbeatReply: {} });
      await say(from, to, { term: term + 2 ** 41, vote: { last: { index: FAR, term }, isForced: true } });
    }
    expect(
      rig.log.filter((line) => /warn A message ".*" of master ".*" is dropped: its term .* is too far/.test(line)),
    ).toHaveLength(3);
    expect(await rig.leader()).toBe(leader);
    expect((await rig.statusOf(leader))!.term).toBe(term);
    await expectAlive(rig, 'a');
  });
});

test('RaftService: a heartbeat that commits what is not there ends no member, in this term or the next', async () => {
  const rig = new GroupRig(46);
  await rig.sim.run(async () => {
    const { leader, follower, term, say } = await group(rig);
    await say(leader, follower, { heartbeat: { commit: FAR, round: 1 } });
    await say(leader, follower, { term: term + 1, heartbeat: { commit: FAR, round: 1 } });
    expect(rig.log.some((line) => line.startsWith(`${follower} warn`) && line.includes('commit index 1000000000000'))).toBe(true);
    expect((await rig.statusOf(follower))!.commitIndex).toBeLessThan(FAR);
    expect(await rig.leader()).toBe(leader);
    await expectAlive(rig, 'a');
  });
});

test('RaftService: false answers to a leader, false entries and pieces of no snapshot end no member', async () => {
  const rig = new GroupRig(47);
  await rig.sim.run(async () => {
    const { leader, follower, term, lastIndex, say } = await group(rig);
    await say(follower, leader, { appendAccepted: { match: FAR } });
    await say(follower, leader, { appendRejected: { rejected: FAR, hint: { index: FAR, term } } });
    await say(follower, leader, { heartbeatReply: { round: FAR, isBound: true } });
    await say(follower, leader, { snapshotReply: { snapshotId: 'x', offset: FAR } });
    const previous = { index: lastIndex, term };
    const noOperation = { previous, entries: [{ index: lastIndex + 1, term, data: Uint8Array.of(255, 1) }], commit: 0 };
    await expect(say(leader, follower, { append: noOperation })).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
    const last = { index: FAR, term: term + 1 };
    await say(leader, follower, { snapshot: { snapshot: { last, id: 'x', members: { members: [] } }, isLast: false } });
    expect(await rig.leader()).toBe(leader);
    await expectAlive(rig, 'a');
  });
});

test('RaftService: a term that is far ahead and not too far deposes the leader, and the group elects one beyond it', async () => {
  const rig = new GroupRig(48);
  await rig.sim.run(async () => {
    const { leader, follower, term, say } = await group(rig);
    await say(follower, leader, { term: term + 2 ** 39, heartbeatReply: {} });
    await rig.until(async () => {
      const now = await rig.leader();
      return now !== null && (await rig.statusOf(now))!.term > term + 2 ** 39 ? now : null;
    });
    await expectAlive(rig, 'a');
  });
});

test('MasterService: ids and addresses of masters are checked before anything is done', async () => {
  const rig = new GroupRig(49);
  await rig.sim.run(async () => {
    await rig.found();
    await rig.openSession();
    const add = (masterId: string, address: string) => rig.call(MasterService.AddMaster, { masterId, address });
    await expect(add('m 4', 'm-4:7000')).rejects.toMatchObject(refusedFor('AddMasterRequest.masterId'));
    await expect(add('m-4', 'm-4')).rejects.toMatchObject(refusedFor('AddMasterRequest.address must be host:port'));
    await expectAlive(rig, 'a');
  });
});
