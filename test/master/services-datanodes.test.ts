/** What datanodes of a master see through its changes of role, and what it makes of what they say. */
import { expect, test } from 'vitest';
import { freeBytesOf, loadOf } from '../../src/master/datanodes/active-nodes.js';
import { OPERATIONS } from '../../src/master/state/operations/operations.js';
import { NamespaceService } from '../../src/protocol/services.js';
import { TIMINGS } from './master-rig.js';
import { ServicesRig } from './services-rig.js';
import type { PlayedNode } from './services-rig.js';
import { GIB } from './soft-fixtures.js';

const DELETE = { delete: { chunkId: 1, version: 1 } };

/** m-1 leads; the nodes are registered with the leader, then with m-2, and have reported these chunks to both. */
async function cluster(rig: ServicesRig, nodeIds: string[], files: string[] = []) {
  await rig.start();
  rig.group.elect('m-1');
  await rig.openSession('m-1');
  const nodes = nodeIds.map((id) => rig.node(id));
  for (const masterId of ['m-1', 'm-2']) for (const node of nodes) await rig.register(masterId, node);
  const chunkIds: number[] = [];
  for (const path of files) chunkIds.push(await rig.writeFile('m-1', path, nodeIds.slice(0, 2)));
  for (const masterId of ['m-1', 'm-2']) {
    for (const [i, node] of nodes.entries()) await rig.report(masterId, node, ...(i < 2 ? chunkIds : []));
  }
  return { nodes, chunkIds };
}

/** As a datanode does that hears of a new leader: accepts its term, registers again, and reports in full. */
async function follow(rig: ServicesRig, masterId: string, node: PlayedNode, ...chunkIds: number[]): Promise<void> {
  await rig.register(masterId, node);
  await rig.report(masterId, node, ...chunkIds);
}

/** Lets time pass with heartbeats of these nodes. @returns the orders that came back */
async function beat(rig: ServicesRig, masterId: string, ms: number, ...nodes: PlayedNode[]) {
  const commands = [];
  for (let passedMs = 0; passedMs < ms; passedMs += TIMINGS.heartbeatIntervalMs) {
    await rig.sim.advance(TIMINGS.heartbeatIntervalMs);
    for (const node of nodes) commands.push(...(await rig.heartbeat(masterId, node)).commands);
  }
  return commands;
}

test('DataNodeService: a follower listens, takes nodes as the log has them, and answers with term 0 and no orders', async () => {
  const rig = new ServicesRig(71);
  await rig.sim.run(async () => {
    await rig.start();
    rig.group.elect('m-1');
    await rig.sim.advance(1);
    const node = rig.node('dn-1');
    await expect(rig.register('m-2', node)).rejects.toMatchObject({
      code: 'NOT_LEADER',
      retriable: true,
      leaderHint: 'm-1:7000',
    });
    expect(rig.group.operations).toEqual(['initCluster']);
    expect(await rig.heartbeat('m-2', node)).toMatchObject({ term: 0, needsRegistration: true });
    expect(await rig.register('m-1', node)).toMatchObject({ term: 1 });
    // Elsewhere than the log says: the leader has to log that first.
    const moved = { ...node, address: 'dn-1:2' };
    await expect(rig.register('m-2', moved)).rejects.toMatchObject({ code: 'NOT_LEADER' });
    expect(await rig.register('m-2', node)).toMatchObject({ term: 0, heartbeatIntervalMs: TIMINGS.heartbeatIntervalMs });
    expect(await rig.heartbeat('m-2', node)).toMatchObject({
      term: 0,
      needsRegistration: false,
      needsFullReport: false,
      commands: [],
    });
    expect(await rig.report('m-2', node, 1)).toMatchObject({ term: 0, needsRegistration: false });
    expect(await rig.heartbeat('m-2', node)).toMatchObject({ needsFullReport: false });
    expect((await rig.status('m-2')).nodes).toMatchObject([{ nodeId: 'dn-1', state: 'LIVE', replicaCount: 1 }]);
    expect(rig.log.filter((line) => line.startsWith('error'))).toEqual([]);
    // Who has accepted a later term: fine for a follower, and the end of a leader.
    node.acceptedTerm = 9;
    expect(await rig.heartbeat('m-2', node)).toMatchObject({ term: 0 });
    await expect(rig.heartbeat('m-1', node)).rejects.toMatchObject({ code: 'STALE_TERM' });
    // A folder that took its place: what the old one held is gone here, too.
    await rig.sim.advance(TIMINGS.deadAfterMs + TIMINGS.maintenanceIntervalMs);
    const other = { ...rig.node('dn-1'), incarnation: 'another' };
    await rig.register('m-1', other);
    await rig.sim.advance(TIMINGS.maintenanceIntervalMs);
    expect((await rig.status('m-2')).nodes).toMatchObject([{ nodeId: 'dn-1', replicaCount: 0 }]);
    expect(await rig.heartbeat('m-2', node)).toMatchObject({ needsRegistration: true });
  });
});

test('PollOrders: waits at a follower, and ends at once when its master begins to lead and when it ends to', async () => {
  const rig = new ServicesRig(72);
  await rig.sim.run(async () => {
    const { nodes } = await cluster(rig, ['dn-1']);
    const [node] = nodes as [PlayedNode];
    const answered = async (poll: ReturnType<typeof rig.poll>) => {
      const reply = await poll;
      return { term: reply.term, commands: reply.commands, atMs: rig.sim.nowMs };
    };
    const [atLeader, atFollower] = [answered(rig.poll('m-1', node)), answered(rig.poll('m-2', node))];
    await rig.sim.advance(TIMINGS.orderPollMs / 2);
    const electedMs = rig.sim.nowMs;
    rig.group.elect('m-2');
    for (const [reply, term] of [[await atLeader, 0] as const, [await atFollower, 2] as const]) {
      expect(reply).toMatchObject({ term, commands: [] });
      expect(reply.atMs - electedMs).toBeLessThan(10);
    }
    // And a connection that breaks while the follower lets a poll wait is noticed as by a leader.
    const waiting = rig.poll('m-1', node).catch(() => undefined);
    await rig.sim.advance(100);
    rig.sim.machine('client of m-1').crash({ power: false });
    await rig.sim.advance(TIMINGS.lostAfterMs + 2 * TIMINGS.maintenanceIntervalMs);
    expect(rig.services('m-1').soft.nodes.get('dn-1')?.state).toBe('DEAD');
    void waiting;
  });
});

test('orders: those of a leader that is deposed reach nobody, and later ones carry term and index', async () => {
  const rig = new ServicesRig(73);
  await rig.sim.run(async () => {
    const { nodes } = await cluster(rig, ['dn-1', 'dn-2']);
    const [one, two] = nodes as [PlayedNode, PlayedNode];
    const old = rig.services('m-1').leader!;
    const poll = rig.poll('m-1', one);
    await rig.sim.advance(100);
    // The poll is woken by an order, and before it is answered, the leadership is over.
    old.leaderState.commands.give('dn-1', DELETE);
    old.leaderState.commands.give('dn-2', DELETE);
    rig.group.elect('m-2');
    expect(await poll).toMatchObject({ term: 0, commands: [] });
    expect(await rig.heartbeat('m-1', two)).toMatchObject({ term: 0, commands: [] });
    rig.group.elect('m-1');
    expect(old.leaderState.commands.give('dn-1', DELETE)).toBeNull();
    expect(await rig.heartbeat('m-1', two)).toMatchObject({ term: 3, commands: [] });
    rig.services('m-1').leader!.leaderState.commands.give('dn-2', DELETE);
    const index = rig.member('m-1').machine.state.appliedIndex;
    expect(index).toBeGreaterThan(3);
    expect((await rig.heartbeat('m-1', two)).commands).toMatchObject([{ term: 3, index, delete: { chunkId: 1 } }]);
  });
});

test('a warm leader is out of safe mode at once, and counts only what is reported under its term', async () => {
  const rig = new ServicesRig(74);
  await rig.sim.run(async () => {
    const { nodes, chunkIds } = await cluster(rig, ['dn-1', 'dn-2'], ['/a', '/b']);
    const [one, two] = nodes as [PlayedNode, PlayedNode];
    expect((await rig.status('m-1')).chunks).toMatchObject({ total: 2, healthy: 2 });
    rig.group.elect('m-2');
    expect(await rig.status('m-2')).toMatchObject({
      safeMode: false,
      chunks: { total: 2, healthy: 0, missing: 0, unreported: 2 },
    });
    await rig.mkdir('m-2', '/d');
    expect(await rig.heartbeat('m-2', one)).toMatchObject({ term: 2, needsFullReport: true });
    // Made before the term was accepted.
    await rig.report('m-2', one, ...chunkIds);
    expect((await rig.status('m-2')).chunks).toMatchObject({ unreported: 2 });
    expect(await rig.heartbeat('m-2', one)).toMatchObject({ needsFullReport: true });
    await follow(rig, 'm-2', one, ...chunkIds);
    expect((await rig.status('m-2')).chunks).toMatchObject({ underReplicated: 2, unreported: 0 });
    await follow(rig, 'm-2', two, ...chunkIds);
    expect((await rig.status('m-2')).chunks).toMatchObject({ healthy: 2 });
    // The first leader again: what it was told in its own first term has lost its worth.
    rig.group.elect('m-1');
    expect(await rig.status('m-1')).toMatchObject({
      safeMode: false,
      chunks: { total: 2, healthy: 0, missing: 0, unreported: 2 },
    });
  });
});

test('GetClusterStatus: chunks are unreported while a living node may still report them, and missing after that', async () => {
  const rig = new ServicesRig(82);
  await rig.sim.run(async () => {
    const { nodes, chunkIds } = await cluster(rig, ['dn-1', 'dn-2', 'dn-3'], ['/a']);
    const [one, two, three] = nodes as [PlayedNode, PlayedNode, PlayedNode];
    rig.group.elect('m-2');
    const counts = async () => (await rig.status('m-2')).chunks;
    // One that has reported and has nothing says nothing of the others.
    await follow(rig, 'm-2', three);
    expect(await counts()).toMatchObject({ missing: 0, unreported: 1 });
    await beat(rig, 'm-2', TIMINGS.deadAfterMs + 1_000, three);
    expect(await counts()).toMatchObject({ missing: 1, unreported: 0 });
    for (const node of [one, two]) await follow(rig, 'm-2', node, ...chunkIds);
    expect(await counts()).toMatchObject({ healthy: 1, missing: 0, unreported: 0 });
    // One that lives and does not report hides nothing for ever.
    rig.group.elect('m-1');
    await follow(rig, 'm-1', three);
    await beat(rig, 'm-1', TIMINGS.safeModeGraceMs - 1_000, ...nodes);
    expect((await rig.status('m-1')).chunks).toMatchObject({ missing: 0, unreported: 1 });
    await beat(rig, 'm-1', 2_000, ...nodes);
    expect((await rig.status('m-1')).chunks).toMatchObject({ missing: 1, unreported: 0 });
  });
});

test('a cold leader is in safe mode until the replicas are reported under its term', async () => {
  const rig = new ServicesRig(75);
  await rig.sim.run(async () => {
    const { nodes, chunkIds } = await cluster(rig, ['dn-1', 'dn-2'], ['/a', '/b']);
    const [one, two] = nodes as [PlayedNode, PlayedNode];
    rig.group.elect('m-3');
    expect(await rig.status('m-3')).toMatchObject({ safeMode: true });
    await expect(rig.mkdir('m-3', '/d')).rejects.toMatchObject({ code: 'SAFE_MODE' });
    await rig.register('m-3', one);
    await rig.report('m-3', { ...one, acceptedTerm: 1 }, ...chunkIds);
    expect(await rig.status('m-3')).toMatchObject({ safeMode: true });
    await rig.report('m-3', one, ...chunkIds);
    expect(await rig.status('m-3')).toMatchObject({ safeMode: false });
    // Registered with m-2, and its replicas dead there: as good as unknown.
    await rig.sim.advance(TIMINGS.deadAfterMs + 1_000);
    rig.group.elect('m-2');
    expect(await rig.status('m-2')).toMatchObject({ safeMode: true });
    await follow(rig, 'm-2', two, ...chunkIds);
    expect(await rig.status('m-2')).toMatchObject({ safeMode: false });
  });
});

test('a new leader deletes nothing before every node has reported under its term, or is dead', async () => {
  for (const isSilent of [false, true]) {
    const rig = new ServicesRig(76);
    await rig.sim.run(async () => {
      const { nodes, chunkIds } = await cluster(rig, ['dn-1', 'dn-2', 'dn-3'], ['/a']);
      const [one, two, three] = nodes as [PlayedNode, PlayedNode, PlayedNode];
      await rig.call('m-1', NamespaceService.Delete, { header: rig.header(), path: '/a' });
      await beat(rig, 'm-2', 2 * TIMINGS.orphanDelayMs, ...nodes);
      expect((await rig.status('m-2')).orphanReplicas).toBe(2);
      rig.group.elect('m-2');
      for (const node of [one, two]) await follow(rig, 'm-2', node, ...chunkIds);
      if (isSilent) {
        expect(await beat(rig, 'm-2', TIMINGS.orphanDelayMs + 1_000, one, two)).toHaveLength(2);
        return;
      }
      expect(await beat(rig, 'm-2', 2 * TIMINGS.orphanDelayMs, one, two, three)).toEqual([]);
      await follow(rig, 'm-2', three);
      const commands = await beat(rig, 'm-2', 1_000, one, two, three);
      expect(commands).toHaveLength(2);
      for (const command of commands)
        expect(command).toMatchObject({ term: 2, delete: { chunkId: chunkIds[0], version: rig.versionOf(chunkIds[0] ?? 0) } });
    });
  }
});

test('a new leader, however long it has known an orphan as follower, gives it the whole delay', async () => {
  const rig = new ServicesRig(81);
  await rig.sim.run(async () => {
    const { nodes, chunkIds } = await cluster(rig, ['dn-1', 'dn-2'], ['/a']);
    await rig.call('m-1', NamespaceService.Delete, { header: rig.header(), path: '/a' });
    await beat(rig, 'm-2', 2 * TIMINGS.orphanDelayMs, ...nodes);
    rig.group.elect('m-2');
    for (const node of nodes) await follow(rig, 'm-2', node, ...chunkIds);
    expect(await beat(rig, 'm-2', TIMINGS.orphanDelayMs - TIMINGS.heartbeatIntervalMs, ...nodes)).toEqual([]);
    expect(await beat(rig, 'm-2', 1_000, ...nodes)).toHaveLength(2);
  });
});

test('a new leader repairs nothing before every node has reported, but does not wait for one for ever', async () => {
  const rig = new ServicesRig(78);
  await rig.sim.run(async () => {
    const { nodes, chunkIds } = await cluster(rig, ['dn-1', 'dn-2', 'dn-3'], ['/a']);
    const [one, two, three] = nodes as [PlayedNode, PlayedNode, PlayedNode];
    rig.group.elect('m-2');
    await follow(rig, 'm-2', one, ...chunkIds);
    await follow(rig, 'm-2', two);
    expect(await beat(rig, 'm-2', TIMINGS.safeModeGraceMs - 1_000, one, two, three)).toEqual([]);
    expect(await beat(rig, 'm-2', 2_000, one, two, three)).toMatchObject([{ term: 2, replicate: { chunkId: chunkIds[0] } }]);
    expect(rig.log.join('\n')).toContain('Repairs begin without a report from dn-3');
  });
});

test('RegisterDataNode: a registration that began under one leadership does nothing for the next', async () => {
  const rig = new ServicesRig(79);
  await rig.sim.run(async () => {
    await cluster(rig, ['dn-1']);
    const node = rig.node('dn-9');
    rig.member('m-1').isHolding = true;
    const registering = rig.register('m-1', node);
    await rig.sim.advance(10);
    // It is logged and applied, and before the call goes on, this master has lost its term and leads in another.
    rig.member('m-1').release();
    rig.group.elect('m-2');
    rig.group.elect('m-1');
    await expect(registering).rejects.toMatchObject({ code: 'NOT_LEADER', retriable: true });
    expect(rig.services('m-1').soft.nodes.get('dn-9')).toMatchObject({ registrationId: 0, state: 'STALE' });
    expect(await rig.register('m-1', node)).toMatchObject({ term: 3 });
  });
});

test('RegisterDataNode: of two processes on copies of one folder the first stays while it lives, then the other may take over', async () => {
  const rig = new ServicesRig(83);
  await rig.sim.run(async () => {
    await rig.start();
    rig.group.elect('m-1');
    await rig.sim.advance(1);
    const original = { ...rig.node('dn-1'), runId: 'run-1' };
    const copy = { ...original, runId: 'run-2', address: 'elsewhere:1' };
    await rig.register('m-1', original);
    const refused = {
      code: 'ALREADY_EXISTS',
      retriable: true,
      message: expect.stringMatching(/"dn-1" at elsewhere:1 is refused while datanode "dn-1" at dn-1:1 lives/) as string,
    };
    for (let beats = 0; beats < 20; beats += 1) {
      await expect(rig.register('m-1', copy)).rejects.toMatchObject(refused);
      expect(await beat(rig, 'm-1', TIMINGS.heartbeatIntervalMs, original)).toEqual([]);
      expect(await rig.heartbeat('m-1', original)).toMatchObject({ needsRegistration: false });
    }
    expect(rig.group.operations.filter((name) => name === 'registerNode')).toHaveLength(1);
    // The same process registers again as often as it needs to.
    await rig.register('m-1', original);
    await rig.sim.advance(2 * TIMINGS.heartbeatIntervalMs + 1);
    expect(await rig.register('m-1', copy)).toMatchObject({ wasUnknown: false });
    await expect(rig.register('m-1', original)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    // Its connection breaks: what starts on the folder then need not wait, where it was; elsewhere it may be another copy.
    const waiting = rig.poll('m-1', copy).catch(() => undefined);
    await rig.sim.advance(100);
    rig.sim.machine('client of m-1').crash({ power: false });
    await rig.sim.advance(100);
    rig.reconnect('m-1');
    await expect(rig.register('m-1', { ...original, runId: 'run-3' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(await rig.register('m-1', { ...copy, runId: 'run-3' })).toMatchObject({ term: 1 });
    void waiting;
  });
});

test('Office.restored: soft state is made anew, polls end, and every node registers again', async () => {
  const rig = new ServicesRig(80);
  await rig.sim.run(async () => {
    const { nodes, chunkIds } = await cluster(rig, ['dn-1', 'dn-2'], ['/a']);
    const [one] = nodes as [PlayedNode];
    const poll = rig.poll('m-2', one);
    await rig.sim.advance(100);
    const before = rig.sim.nowMs;
    const { soft } = rig.services('m-2');
    rig.services('m-2').restored();
    expect(await poll).toMatchObject({ term: 0, commands: [] });
    expect(rig.sim.nowMs - before).toBeLessThan(10);
    expect(rig.services('m-2').soft).not.toBe(soft);
    expect(rig.member('m-2').machine.state.chunks.listener).toBe(rig.services('m-2').soft);
    expect(await rig.heartbeat('m-2', one)).toMatchObject({ term: 0, needsRegistration: true });
    expect((await rig.status('m-2')).nodes).toMatchObject([{ replicaCount: 0 }, { replicaCount: 0 }]);
    await rig.register('m-2', one);
    await rig.report('m-2', one, ...chunkIds);
    rig.group.elect('m-2');
    expect(await rig.status('m-2')).toMatchObject({ safeMode: false });
  });
});

test('SpaceHold: what was planned under a leadership that ended holds no space', async () => {
  const rig = new ServicesRig(77);
  await rig.sim.run(async () => {
    const { nodes } = await cluster(rig, ['dn-1', 'dn-2']);
    const { fileId } = await rig.call('m-1', NamespaceService.CreateFile, {
      header: rig.header(),
      path: '/f',
    });
    const planned = rig.services('m-1').soft.nodes.get('dn-1')!;
    rig.member('m-1').isHolding = true;
    const assigning = rig.assign('m-1', fileId);
    await rig.sim.advance(10);
    expect(freeBytesOf(planned)).toBe(GIB - 100);
    rig.group.elect('m-2');
    expect([freeBytesOf(planned), loadOf(planned)]).toEqual([GIB, 0]);
    await expect(assigning).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(nodes).toHaveLength(2);
  });
});

const planning = (rig: ServicesRig, path: string) => {
  const request = { path, replication: 2, firstChunk: { localNodeId: 'dn-2', expectedBytes: 100 } };
  return rig.call('m-1', NamespaceService.CreateFile, { header: rig.header(), ...request });
};

test('CreateFile: plans the first chunk where it is asked for; CompleteFile commits it', async () => {
  const rig = new ServicesRig(78);
  await rig.sim.run(async () => {
    await cluster(rig, ['dn-1', 'dn-2']);
    const { fileId, firstChunk } = await planning(rig, '/f');
    expect(firstChunk).toMatchObject({ chunkId: 1, fromVersion: 0, term: 1 });
    expect(firstChunk?.pipeline.map(({ nodeId }) => nodeId)).toEqual(['dn-2', 'dn-1']);
    expect(freeBytesOf(rig.services('m-1').soft.nodes.get('dn-1')!)).toBe(GIB - 100);
    const onlyChunk = { chunkId: 1, fromVersion: 0, toVersion: firstChunk!.version, nodeIds: ['dn-1', 'dn-2'] };
    const complete = { header: rig.header(), fileId, lengthBytes: 100, chunkCount: 1, onlyChunk };
    const file = { path: '/f', lengthBytes: 100, chunkCount: 1 };
    expect(await rig.call('m-1', NamespaceService.CompleteFile, complete)).toMatchObject({ file });
    // A retry gets the same answer.
    expect(await rig.call('m-1', NamespaceService.CompleteFile, complete)).toMatchObject({ file });
    expect(rig.group.operations.slice(-2)).toEqual(['createPlanned', 'completeWritten']);
  });
});

test('CreateFile: where the first chunk has no place, or a master does not know the entry, it creates the file alone', async () => {
  const rig = new ServicesRig(79);
  await rig.sim.run(async () => {
    const { nodes } = await cluster(rig, ['dn-1']);
    expect((await planning(rig, '/no-place')).firstChunk).toBeNull();
    await rig.register('m-1', rig.node('dn-2'));
    rig.member('m-3').highestOperation = OPERATIONS.createPlanned.code - 1;
    expect((await planning(rig, '/older')).firstChunk).toBeNull();
    expect(loadOf(rig.services('m-1').soft.nodes.get(nodes[0]!.nodeId)!)).toBe(0);
    expect(rig.group.operations.slice(-3)).toEqual(['createFile', 'registerNode', 'createFile']);
  });
});
