import { expect, test } from 'vitest';
import { isConfirmed, isUsable, Locations } from '../../../src/master/datanodes/locations.js';
import { liveNodes, ManualClock } from '../soft-fixtures.js';

const committed = (chunkId: number, version = 1) => ({ chunkId, version, lengthBytes: 10, state: 'COMMITTED' as const });
const writing = (chunkId: number, version = 1) => ({ ...committed(chunkId, version), state: 'WRITING' as const });
const deleted = (chunkId: number, version = 1) => ({ ...committed(chunkId, version), state: 'DELETED' as const });

function rig() {
  const { nodes, node } = liveNodes(2, new ManualClock());
  const changed: number[] = [];
  const locations = new Locations(
    (chunkId) => changed.push(chunkId),
    () => undefined,
  );
  const nodesOf = (chunkId: number): string[] => locations.ofChunk(chunkId).map((record) => record.node.id);
  return { nodes, node, locations, changed, nodesOf };
}

test('Locations: a full report takes effect with its last part and replaces what the node had', () => {
  const { node, locations, nodesOf } = rig();
  locations.update(node(1), committed(1), true);
  locations.update(node(1), committed(2), true);
  const part = (at: number, ...replicas: ReturnType<typeof committed>[]) => ({ reportId: 5, part: at, parts: 2, replicas });
  expect(locations.reportPart(node(1), part(0, committed(2)), true, 0)).toBe('none');
  expect(nodesOf(1)).toEqual(['dn-1']);
  expect(locations.reportPart(node(1), part(1, committed(3)), true, 0)).toBe('confirmed');
  expect([nodesOf(1), nodesOf(2), nodesOf(3)]).toEqual([[], ['dn-1'], ['dn-1']]);
  expect(locations.replicaCount('dn-1')).toBe(2);
});

test('Locations: a report with a missing part has no effect', () => {
  const { node, locations, nodesOf } = rig();
  locations.update(node(1), committed(1), true);
  expect(locations.reportPart(node(1), { reportId: 5, part: 0, parts: 3, replicas: [] }, true, 0)).toBe('none');
  expect(locations.reportPart(node(1), { reportId: 5, part: 2, parts: 3, replicas: [] }, true, 0)).toBe('none');
  expect(locations.reportPart(node(1), { reportId: 6, part: 1, parts: 2, replicas: [] }, true, 0)).toBe('none');
  locations.reportPart(node(1), { reportId: 7, part: 0, parts: 2, replicas: [] }, true, 0);
  locations.dropPartialReport('dn-1');
  expect(locations.reportPart(node(1), { reportId: 7, part: 1, parts: 2, replicas: [] }, true, 0)).toBe('none');
  expect(nodesOf(1)).toEqual(['dn-1']);
});

test('Locations: changes reported while a full report is under way are newer than it', () => {
  const { node, locations, nodesOf } = rig();
  locations.update(node(1), committed(1), true);
  locations.reportPart(node(1), { reportId: 1, part: 0, parts: 2, replicas: [committed(1), committed(4)] }, true, 0);
  locations.update(node(1), deleted(1), true);
  locations.update(node(1), deleted(4), true);
  locations.update(node(1), committed(2), true);
  locations.update(node(1), committed(5, 3), true);
  expect(locations.reportPart(node(1), { reportId: 1, part: 1, parts: 2, replicas: [committed(5, 2)] }, true, 0)).toBe(
    'confirmed',
  );
  expect([nodesOf(1), nodesOf(2), nodesOf(4)]).toEqual([[], ['dn-1'], []]);
  expect(locations.find(5, 'dn-1')?.version).toBe(3);
});

test('Locations: an unchanged report changes nothing', () => {
  const { node, locations, changed } = rig();
  const report = { reportId: 1, part: 0, parts: 1, replicas: [committed(1), committed(2)] };
  locations.reportPart(node(1), report, true, 0);
  changed.length = 0;
  locations.reportPart(node(1), { ...report, reportId: 2 }, true, 0);
  expect(changed).toEqual([]);
});

test('Locations: an older version, or an unfinished one, does not displace a committed replica', () => {
  const { node, locations } = rig();
  locations.update(node(1), committed(1, 2), true);
  locations.update(node(1), committed(1, 1), true);
  locations.update(node(1), writing(1, 3), true);
  locations.update(node(1), deleted(1, 1), true);
  expect(locations.find(1, 'dn-1')).toMatchObject({ version: 2, state: 'committed' });
  locations.reportPart(node(1), { reportId: 1, part: 0, parts: 1, replicas: [committed(1, 2), writing(1, 3)] }, true, 0);
  expect(locations.find(1, 'dn-1')).toMatchObject({ version: 2, state: 'committed' });
  locations.update(node(1), deleted(1, 2), true);
  expect(locations.find(1, 'dn-1')).toBeUndefined();
});

test('Locations.expect: a writer’s word is usable, and confirmed only by the node', () => {
  const { node, locations } = rig();
  locations.expect(node(1), 1, 1, 10);
  const record = locations.find(1, 'dn-1')!;
  expect([isUsable(record), isConfirmed(record)]).toEqual([true, false]);
  locations.update(node(1), committed(1), false);
  expect(isConfirmed(record)).toBe(false);
  locations.update(node(1), committed(1), true);
  expect(isConfirmed(record)).toBe(true);
  node(1).confirmEpoch += 1;
  expect(isConfirmed(record)).toBe(false);
});

test('Locations.markSuspect: cleared by a report that began later, not by one that was under way', () => {
  const { node, locations } = rig();
  locations.update(node(1), committed(1), true);
  const record = locations.find(1, 'dn-1')!;
  locations.reportPart(node(1), { reportId: 1, part: 0, parts: 2, replicas: [committed(1)] }, true, 100);
  locations.markSuspect(record, 150);
  locations.reportPart(node(1), { reportId: 1, part: 1, parts: 2, replicas: [] }, true, 200);
  expect(isUsable(record)).toBe(false);
  locations.reportPart(node(1), { reportId: 2, part: 0, parts: 1, replicas: [committed(1)] }, true, 300);
  expect(isUsable(record)).toBe(true);
});

test('Locations.dropNode forgets everything of a node that came back empty', () => {
  const { node, locations, nodesOf } = rig();
  for (let id = 1; id <= 3; id += 1) for (const i of [1, 2]) locations.update(node(i), committed(id), true);
  locations.dropNode('dn-1');
  expect([nodesOf(1), nodesOf(2), nodesOf(3)]).toEqual([['dn-2'], ['dn-2'], ['dn-2']]);
});

test('Locations: a report is confirmed when all its parts are, and nothing happened to the node meanwhile', () => {
  const { node, locations } = rig();
  const part = (reportId: number, at: number, chunkId: number) => ({
    reportId,
    part: at,
    parts: 2,
    replicas: [committed(chunkId)],
  });
  const confirmed = () => [1, 2].map((chunkId) => isConfirmed(locations.find(chunkId, 'dn-1')!));
  locations.reportPart(node(1), part(1, 0, 1), false, 0);
  expect(locations.reportPart(node(1), part(1, 1, 2), true, 0)).toBe('taken');
  expect(confirmed()).toEqual([false, false]);
  locations.reportPart(node(1), part(2, 0, 1), true, 0);
  node(1).confirmEpoch += 1;
  expect(locations.reportPart(node(1), part(2, 1, 2), true, 0)).toBe('taken');
  expect(confirmed()).toEqual([false, false]);
  locations.reportPart(node(1), part(3, 0, 1), true, 0);
  expect(locations.reportPart(node(1), part(3, 1, 2), true, 0)).toBe('confirmed');
  expect(confirmed()).toEqual([true, true]);
});

test('Locations: what a node confirmed of one version says nothing of the next, which a writer claims', () => {
  const { node, locations } = rig();
  locations.update(node(1), committed(1), true);
  locations.expect(node(1), 1, 2, 10);
  expect(locations.find(1, 'dn-1')).toMatchObject({ version: 2, state: 'committed', isReported: false });
  expect(isConfirmed(locations.find(1, 'dn-1')!)).toBe(false);
  locations.update(node(1), committed(1, 2), true);
  expect(isConfirmed(locations.find(1, 'dn-1')!)).toBe(true);
  // Said again under another term: as good as before.
  locations.update(node(1), committed(1, 2), false);
  expect(isConfirmed(locations.find(1, 'dn-1')!)).toBe(true);
});

test('Locations.markDeleteOrdered: lasts through a registration, and ends with the term it was ordered in', () => {
  const { nodes, node, locations } = rig();
  locations.update(node(1), committed(1), true);
  const record = locations.find(1, 'dn-1')!;
  locations.markDeleteOrdered(record);
  const { id, incarnation, address, rack } = node(1);
  nodes.register({ id, incarnation, address, rack, acceptedTerm: 1, runId: '', stats: null }, 0);
  locations.reportPart(node(1), { reportId: 1, part: 0, parts: 1, replicas: [committed(1)] }, true, 0);
  expect(isUsable(record)).toBe(false);
  nodes.beginTerm(2, 0);
  expect(isUsable(record)).toBe(true);
});

test('Locations: what is as it was is confirmed with its part, the rest with the last', () => {
  const { node, locations } = rig();
  for (const chunkId of [1, 2]) locations.update(node(1), committed(chunkId), false);
  locations.reportPart(node(1), { reportId: 1, part: 0, parts: 2, replicas: [committed(1), committed(2, 2)] }, true, 0);
  const confirmed = () => [1, 2].map((chunkId) => isConfirmed(locations.find(chunkId, 'dn-1')!));
  expect(confirmed()).toEqual([true, false]);
  locations.reportPart(node(1), { reportId: 1, part: 1, parts: 2, replicas: [] }, true, 0);
  expect(confirmed()).toEqual([true, true]);
});
