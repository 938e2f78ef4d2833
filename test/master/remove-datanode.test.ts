/** Datanodes that leave for good: their removal by an operator, and what is kept of those that are only dead. */
import { expect, test } from 'vitest';
import { ClusterService } from '../../src/protocol/services.js';
import { TIMINGS } from './master-rig.js';
import { ServicesRig } from './services-rig.js';
import type { PlayedNode } from './services-rig.js';

const LONG_DEAD_MS = TIMINGS.deadAfterMs + TIMINGS.orphanDelayMs;

/** m-1 leads these nodes, and has a file of one chunk on the first two. @returns its chunk's id */
async function cluster(rig: ServicesRig, nodeIds: string[]): Promise<{ nodes: PlayedNode[]; chunkId: number }> {
  await rig.start();
  rig.group.elect('m-1');
  await rig.openSession('m-1');
  const nodes = nodeIds.map((id) => rig.node(id));
  for (const node of nodes) await rig.register('m-1', node);
  const chunkId = await rig.writeFile('m-1', '/a', nodeIds.slice(0, 2));
  for (const [i, node] of nodes.entries()) await rig.report('m-1', node, ...(i < 2 ? [chunkId] : []));
  return { nodes, chunkId };
}

async function beat(rig: ServicesRig, ms: number, ...nodes: PlayedNode[]) {
  const commands = [];
  for (let passedMs = 0; passedMs < ms; passedMs += TIMINGS.heartbeatIntervalMs) {
    await rig.sim.advance(TIMINGS.heartbeatIntervalMs);
    for (const node of nodes) commands.push(...(await rig.heartbeat('m-1', node)).commands);
  }
  return commands;
}

const remove = (rig: ServicesRig, nodeId: string, force = false, masterId = 'm-1') =>
  rig.call(masterId, ClusterService.RemoveDataNode, { nodeId, force });

test('RemoveDataNode: forgets a dead node on every master, and takes it for a new one when it returns', async () => {
  const rig = new ServicesRig(91);
  await rig.sim.run(async () => {
    const { nodes, chunkId } = await cluster(rig, ['dn-1', 'dn-2', 'dn-3']);
    const [one, two, three] = nodes as [PlayedNode, PlayedNode, PlayedNode];
    await expect(remove(rig, 'dn-9')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(remove(rig, 'dn-1', false, 'm-2')).rejects.toMatchObject({ code: 'NOT_LEADER' });
    await beat(rig, TIMINGS.deadAfterMs + 1_000, two, three);
    expect(await remove(rig, 'dn-1')).toEqual({ lostChunks: 0, wasLive: false });
    await rig.sim.advance(2 * TIMINGS.maintenanceIntervalMs);
    for (const masterId of ['m-1', 'm-2']) {
      expect((await rig.status(masterId)).nodes.map(({ nodeId }) => nodeId)).toEqual(['dn-2', 'dn-3']);
    }
    expect(rig.services('m-1').soft.locations.ofChunk(chunkId)).toHaveLength(1);
    expect((await rig.status('m-1')).stateDigest).toBe((await rig.status('m-2')).stateDigest);
    expect(await rig.heartbeat('m-1', one)).toMatchObject({ needsRegistration: true });
    expect(await rig.register('m-1', one)).toMatchObject({ wasUnknown: true });
    expect(await rig.register('m-1', one)).toMatchObject({ wasUnknown: false });
    await rig.report('m-1', one, chunkId);
    expect((await rig.status('m-1')).chunks).toMatchObject({ healthy: 1 });
  });
});

test('RemoveDataNode: a dead node that has the only good replica goes by force alone, and a live one not even so', async () => {
  const rig = new ServicesRig(92);
  await rig.sim.run(async () => {
    const { nodes, chunkId } = await cluster(rig, ['dn-1', 'dn-2', 'dn-3']);
    const [one, two, three] = nodes as [PlayedNode, PlayedNode, PlayedNode];
    expect(await remove(rig, 'dn-3')).toEqual({ lostChunks: 0, wasLive: true });
    await rig.register('m-1', three);
    await rig.report('m-1', three);
    await rig.report('m-1', two);
    const needed = { code: 'NOT_ENOUGH_REPLICAS', retriable: false, message: expect.stringContaining('1 chunk has') as string };
    for (const force of [false, true]) await expect(remove(rig, 'dn-1', force)).rejects.toMatchObject(needed);
    await beat(rig, LONG_DEAD_MS + TIMINGS.blockReportIntervalMs, two, three);
    expect(rig.services('m-1').soft.locations.find(chunkId, one.nodeId)).toBeDefined();
    await expect(remove(rig, 'dn-1')).rejects.toMatchObject(needed);
    expect(await remove(rig, 'dn-1', true)).toEqual({ lostChunks: 1, wasLive: false });
    expect((await rig.status('m-1')).chunks).toMatchObject({ missing: 1 });
  });
});

test('RemoveDataNode: a dead node whose replicas were forgotten is needed where others have damaged ones only', async () => {
  const rig = new ServicesRig(97);
  await rig.sim.run(async () => {
    const { nodes, chunkId } = await cluster(rig, ['dn-1', 'dn-2', 'dn-3']);
    const [, two, three] = nodes as [PlayedNode, PlayedNode, PlayedNode];
    await beat(rig, LONG_DEAD_MS + TIMINGS.deadAfterMs, two, three);
    const { locations } = rig.services('m-1').soft;
    expect(locations.replicaCount('dn-1')).toBe(0);
    const { node, version, lengthBytes } = locations.find(chunkId, 'dn-2')!;
    locations.update(node, { chunkId, version, lengthBytes, state: 'CORRUPT' }, true);
    await expect(remove(rig, 'dn-1')).rejects.toMatchObject({ code: 'NOT_ENOUGH_REPLICAS' });
    expect(await remove(rig, 'dn-1', true)).toMatchObject({ lostChunks: 1 });
  });
});

test('RemoveDataNode: a leader that has not heard all nodes removes none', async () => {
  const rig = new ServicesRig(93);
  await rig.sim.run(async () => {
    const { nodes, chunkId } = await cluster(rig, ['dn-1', 'dn-2', 'dn-3']);
    for (const node of nodes) await rig.register('m-2', node);
    await rig.report('m-2', nodes[0]!, chunkId);
    rig.group.elect('m-2');
    await expect(remove(rig, 'dn-1', true, 'm-2')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('yet: "dn-1", "dn-2", "dn-3" did not report') as string,
    });
    for (const [i, node] of nodes.entries()) {
      await rig.register('m-2', node);
      await rig.report('m-2', node, ...(i < 2 ? [chunkId] : []));
    }
    expect(await remove(rig, 'dn-1', false, 'm-2')).toMatchObject({ lostChunks: 0 });
  });
});

test('removeNode: the removal of a node whose folder was replaced meanwhile leaves the new one alone', async () => {
  const rig = new ServicesRig(94);
  await rig.sim.run(async () => {
    await cluster(rig, ['dn-1', 'dn-2']);
    const { proposer } = rig.services('m-1').leader!;
    const answer = await proposer.propose({ operation: 'removeNode', removeNode: { nodeId: 'dn-1', incarnation: 'older' } });
    expect(answer.error).toMatchObject({ code: 'NOT_FOUND' });
    expect(rig.member('m-1').machine.state.nodes.has('dn-1')).toBe(true);
  });
});

test('GarbageCollector: a dead node that may hold a replica keeps no surplus one alive', async () => {
  const rig = new ServicesRig(95);
  await rig.sim.run(async () => {
    const { nodes, chunkId } = await cluster(rig, ['dn-1', 'dn-2', 'dn-3', 'dn-4']);
    const [, two, three, four] = nodes as [PlayedNode, PlayedNode, PlayedNode, PlayedNode];
    await beat(rig, TIMINGS.deadAfterMs + 1_000, two, three, four);
    for (const node of [three, four]) await rig.report('m-1', node, chunkId);
    // One on a disk that fails is no replica for which a good one is given up.
    four.disk = 'FAILING';
    expect(await beat(rig, TIMINGS.blockReportIntervalMs + 1_000, two, three, four)).toEqual([]);
    four.disk = 'WRITABLE';
    const commands = await beat(rig, TIMINGS.blockReportIntervalMs + 1_000, two, three, four);
    expect(commands).toMatchObject([{ delete: { chunkId } }]);
  });
});

test('DeadReplicas: what a node that is long dead holds is forgotten when other nodes have it', async () => {
  const rig = new ServicesRig(96);
  await rig.sim.run(async () => {
    const { nodes, chunkId } = await cluster(rig, ['dn-1', 'dn-2', 'dn-3']);
    const [one, two, three] = nodes as [PlayedNode, PlayedNode, PlayedNode];
    await rig.report('m-1', three, chunkId);
    await beat(rig, TIMINGS.deadAfterMs + 1_000, two, three);
    expect(rig.services('m-1').soft.locations.replicaCount('dn-1')).toBe(1);
    await beat(rig, LONG_DEAD_MS, two, three);
    expect(rig.services('m-1').soft.locations.replicaCount('dn-1')).toBe(0);
    // It is back: all that it has is asked for.
    expect(await rig.heartbeat('m-1', one)).toMatchObject({ needsRegistration: false, needsFullReport: true });
    await rig.report('m-1', one, chunkId);
    expect(rig.services('m-1').soft.locations.replicaCount('dn-1')).toBe(1);
  });
});
