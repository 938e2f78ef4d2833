import { expect, test } from 'vitest';
import { COPIES_PER_NODE_MAX, planRepair, planSurplus } from '../../../src/master/leader/repair.js';
import type { RepairChunk, RepairNode, RepairReplica } from '../../../src/master/leader/repair.js';
import { placementNode, seededRandom } from '../soft-fixtures.js';

const node = (id: string, overrides: Partial<RepairNode> = {}): RepairNode => ({
  ...placementNode(id),
  sending: 0,
  receiving: 0,
  ...overrides,
});
const good = (nodeId: string): RepairReplica => ({
  nodeId,
  rack: 'r',
  isSource: true,
  isDamaged: false,
  counts: true,
  isReplaceable: false,
});
const bad = (nodeId: string): RepairReplica => ({ ...good(nodeId), isSource: false, counts: false });
const old = (nodeId: string): RepairReplica => ({ ...bad(nodeId), isReplaceable: true });
const damaged = (nodeId: string): RepairReplica => ({ ...old(nodeId), isSource: true, isDamaged: true });
const chunk = (...replicas: RepairReplica[]): RepairChunk => ({ chunkId: 1, lengthBytes: 1_000, replication: 3, replicas });
const nobody = new Set<string>();
const random = seededRandom(1);

test('planRepair copies what is lacking, from a good replica to nodes without any', () => {
  const nodes = [1, 2, 3, 4, 5].map((i) => node(`dn-${i}`));
  const plan = planRepair(chunk(good('dn-1'), bad('dn-2')), nodes, nobody, random);
  expect(plan?.source).toBe('dn-1');
  expect(plan?.targets).toHaveLength(2);
  for (const target of plan?.targets ?? []) expect(['dn-3', 'dn-4', 'dn-5']).toContain(target.id);
});

test('planRepair does nothing when enough replicas count, when no source is left, or nobody can take a copy', () => {
  const nodes = [1, 2, 3, 4].map((i) => node(`dn-${i}`));
  expect(planRepair(chunk(good('dn-1'), good('dn-2'), good('dn-3')), nodes, nobody, random)).toBeNull();
  expect(planRepair(chunk(bad('dn-1')), nodes, nobody, random)).toBeNull();
  expect(planRepair(chunk(good('dn-1')), nodes.slice(0, 1), nobody, random)).toBeNull();
  const unconfirmed = { ...good('dn-2'), isSource: false };
  expect(planRepair(chunk(good('dn-1'), unconfirmed, unconfirmed), nodes, nobody, random)).toBeNull();
});

// Found by lab sim examples/nemesis.yaml, seed 8586: with old versions on all other nodes the third copy was never made.
test('planRepair replaces an outdated replica where no other node is left, and only there', () => {
  const nodes = [1, 2, 3, 4, 5].map((i) => node(`dn-${i}`));
  const stuck = chunk(good('dn-1'), good('dn-2'), old('dn-3'), old('dn-4'), bad('dn-5'));
  const targets = planRepair(stuck, nodes, nobody, random)?.targets.map(({ id }) => id);
  expect(targets).toHaveLength(1);
  expect(['dn-3', 'dn-4']).toContain(targets?.[0]);
  expect(planRepair(chunk(good('dn-1'), good('dn-2'), old('dn-3'), old('dn-4')), nodes, nobody, random)?.targets).toMatchObject([
    { id: 'dn-5' },
  ]);
  expect(planRepair(chunk(good('dn-1'), old('dn-3'), old('dn-4'), bad('dn-5')), nodes, nobody, random)?.targets).toHaveLength(2);
});

test('planRepair copies from a whole replica where there is one, and names the other holders for blocks that are bad there', () => {
  const nodes = [1, 2, 3, 4].map((i) => node(`dn-${i}`));
  const plan = planRepair(chunk(damaged('dn-1'), good('dn-2'), good('dn-3')), nodes, nobody, random);
  expect(plan).toMatchObject({ isLastResort: false, targets: [{ id: 'dn-4' }] });
  expect(plan?.others.at(-1)?.id).toBe('dn-1');
  expect([plan?.source, plan?.others[0]?.id].sort()).toEqual(['dn-2', 'dn-3']);
});

test('planRepair has a damaged replica copied to the others when no whole one is left, and replaces them', () => {
  const nodes = [1, 2, 3].map((i) => node(`dn-${i}`));
  const plan = planRepair(chunk(damaged('dn-1'), damaged('dn-2'), damaged('dn-3')), nodes, nobody, random);
  expect(plan?.isLastResort).toBe(true);
  const others = nodes.map(({ id }) => id).filter((id) => id !== plan?.source);
  expect(plan?.targets.map(({ id }) => id).sort()).toEqual(others);
  expect(plan?.others.map(({ id }) => id)).toEqual(others);
  const unconfirmed = { ...good('dn-4'), isSource: false };
  expect(planRepair(chunk(damaged('dn-1'), unconfirmed), [...nodes, node('dn-4')], nobody, random)).toBeNull();
});

test('planRepair keeps to the limits of each node, prefers idle sources, and does as much as it can', () => {
  const busy = COPIES_PER_NODE_MAX;
  const nodes = [node('dn-1', { sending: 2 }), node('dn-2'), node('dn-3', { receiving: busy }), node('dn-4')];
  const plan = planRepair({ ...chunk(good('dn-1'), good('dn-2')), replication: 4 }, nodes, nobody, random);
  expect(plan).toMatchObject({ source: 'dn-2', targets: [{ id: 'dn-4' }] });
  const saturated = nodes.map((each) => ({ ...each, sending: busy }));
  expect(planRepair(chunk(good('dn-1'), good('dn-2')), saturated, nobody, random)).toBeNull();
});

test('planRepair goes elsewhere after a failure, and never from or to nodes that are not live', () => {
  const nodes = [node('dn-1'), node('dn-2', { state: 'STALE' }), node('dn-3'), node('dn-4', { state: 'DEAD' }), node('dn-5')];
  const plan = planRepair(chunk(good('dn-1'), good('dn-2')), nodes, new Set(['dn-3']), random);
  expect(plan).toMatchObject({ source: 'dn-1', targets: [{ id: 'dn-5' }] });
  expect(planRepair(chunk(good('dn-1'), good('dn-2')), nodes, new Set(['dn-1']), random)).toBeNull();
});

test('planSurplus takes from crowded racks, there from the fullest nodes, and never below the replication', () => {
  const replica = (nodeId: string, rack: string, fullness: number) => ({ nodeId, rack, fullness });
  const four = [replica('dn-1', 'a', 0.1), replica('dn-2', 'a', 0.5), replica('dn-3', 'b', 0.9), replica('dn-4', 'c', 0.2)];
  expect(planSurplus(four, 3)).toEqual(['dn-2']);
  expect(planSurplus(four, 4)).toEqual([]);
  expect(planSurplus(four, 2)).toEqual(['dn-2', 'dn-3']);
  expect(planSurplus(four.slice(0, 1), 0)).toEqual([]);
});
