import { expect, test } from 'vitest';
import { ActiveNodes, freeBytesOf, loadOf } from '../../../src/master/datanodes/active-nodes.js';
import { GIB, liveNodes, ManualClock, statsOf, timings } from '../soft-fixtures.js';

test('ActiveNodes: live, stale after silence, dead after more, alive again with a full report due', () => {
  const clock = new ManualClock();
  const { nodes, node } = liveNodes(2, clock);
  clock.advance(timings.staleAfterMs);
  nodes.heartbeat(node(2), 1, statsOf(), clock.nowMs());
  expect(nodes.tick(clock.nowMs())).toEqual([]);
  clock.advance(1);
  expect(nodes.tick(clock.nowMs()).map((change) => [change.node.id, change.before, change.node.state])).toEqual([
    ['dn-1', 'LIVE', 'STALE'],
  ]);
  expect(nodes.heartbeat(node(1), 1, null, clock.nowMs())).toBe('STALE');
  expect(node(1)).toMatchObject({ state: 'LIVE', needsFullReport: false, hasReported: true });
  clock.advance(timings.deadAfterMs + 1);
  expect(nodes.tick(clock.nowMs())).toHaveLength(2);
  expect(nodes.count('DEAD')).toBe(2);
  const epoch = node(1).confirmEpoch;
  expect(nodes.heartbeat(node(1), 1, null, clock.nowMs())).toBe('DEAD');
  expect(node(1)).toMatchObject({ state: 'LIVE', needsFullReport: true, hasReported: false });
  expect(node(1).confirmEpoch).toBeGreaterThan(epoch);
});

test('ActiveNodes.hungUp: dead soon after its connection broke, unless a heartbeat takes that back', () => {
  const clock = new ManualClock();
  const { nodes, node } = liveNodes(2, clock);
  for (const i of [1, 2]) nodes.hungUp(node(i), clock.nowMs());
  clock.advance(timings.lostAfterMs);
  nodes.heartbeat(node(2), 1, null, clock.nowMs());
  expect(nodes.tick(clock.nowMs())).toEqual([]);
  clock.advance(1);
  expect(nodes.tick(clock.nowMs()).map((change) => [change.node.id, change.node.state])).toEqual([['dn-1', 'DEAD']]);
  expect(nodes.heartbeat(node(1), 1, null, clock.nowMs())).toBe('DEAD');
  expect(nodes.tick(clock.nowMs())).toEqual([]);
});

test('ActiveNodes: a node known from the log is stale until it registers, then dead', () => {
  const nodes = new ActiveNodes(2, timings);
  nodes.addKnown({ id: 'dn-9', incarnation: 'i', address: 'a:1', rack: 'r' }, 0);
  expect(nodes.tick(1)).toEqual([]);
  expect(nodes.get('dn-9')?.state).toBe('STALE');
  expect(nodes.registered('dn-9', 0)).toBeUndefined();
  nodes.tick(timings.deadAfterMs + 1);
  expect(nodes.get('dn-9')?.state).toBe('DEAD');
});

test('ActiveNodes: registrations of another term or an earlier one are unknown', () => {
  const clock = new ManualClock();
  const { nodes, node } = liveNodes(1, clock);
  const first = node(1).registrationId;
  expect(nodes.registered('dn-1', first)).toBe(node(1));
  nodes.register({ id: 'dn-1', incarnation: 'i-1', address: 'b:2', rack: 'r', acceptedTerm: 1, runId: '', stats: null }, 0);
  expect(nodes.registered('dn-1', first)).toBeUndefined();
  expect(new ActiveNodes(2, timings).registered('dn-1', first)).toBeUndefined();
});

test('ActiveNodes.hold: planned bytes count until the node reports the chunk or two heartbeats have passed', () => {
  const { nodes, node } = liveNodes(2, new ManualClock());
  const hold = nodes.hold(['dn-1', 'dn-2'], 1_000);
  hold.chunkId = 5;
  expect(freeBytesOf(node(1))).toBe(GIB - 1_000);
  expect(loadOf(node(1))).toBe(1);
  nodes.settle(node(1), 5);
  expect(freeBytesOf(node(1))).toBe(GIB);
  nodes.heartbeat(node(2), 1, statsOf(), 1);
  expect(freeBytesOf(node(2))).toBe(GIB - 1_000);
  nodes.heartbeat(node(2), 1, statsOf(), 2);
  expect(freeBytesOf(node(2))).toBe(GIB);
  const failed = nodes.hold(['dn-1', 'dn-2'], 10);
  nodes.release(failed);
  expect(freeBytesOf(node(1))).toBe(GIB);
});

test('ActiveNodes.beginTerm: who was heard of late is live, who was silent is stale and has time to speak, nobody is confirmed', () => {
  const clock = new ManualClock();
  const { nodes, node } = liveNodes(4, clock);
  nodes.addKnown({ id: 'dn-9', incarnation: 'i', address: 'a:1', rack: 'r' }, clock.nowMs());
  const [epoch, registrationId] = [node(1).confirmEpoch, node(1).registrationId];
  clock.advance(timings.deadAfterMs + 1);
  nodes.hungUp(node(2), clock.nowMs());
  nodes.hold(['dn-1', 'dn-4'], 10);
  for (const i of [1, 4]) nodes.heartbeat(node(i), 1, null, clock.nowMs());
  nodes.tick(clock.nowMs());
  expect([2, 3].map((i) => node(i).state)).toEqual(['DEAD', 'DEAD']);
  nodes.beginTerm(7, clock.nowMs());
  const states = () => [1, 2, 3, 4, 9].map((i) => nodes.get(`dn-${i}`)?.state);
  expect(states()).toEqual(['LIVE', 'STALE', 'STALE', 'LIVE', 'STALE']);
  expect(node(1)).toMatchObject({ hasReported: false, needsFullReport: true, registrationId, ledTerm: 7 });
  expect(node(1).confirmEpoch).toBeGreaterThan(epoch);
  expect(freeBytesOf(node(1))).toBe(GIB);
  expect(nodes.get('dn-9')).toMatchObject({ needsFullReport: false });
  clock.advance(timings.lostAfterMs);
  nodes.heartbeat(node(1), 7, null, clock.nowMs());
  nodes.tick(clock.nowMs());
  expect(states()).toEqual(['LIVE', 'STALE', 'STALE', 'LIVE', 'STALE']);
  clock.advance(1);
  nodes.tick(clock.nowMs());
  expect(states()).toEqual(['LIVE', 'DEAD', 'STALE', 'LIVE', 'STALE']);
  // It spoke before its time was up.
  clock.advance(timings.deadAfterMs - timings.staleAfterMs - timings.lostAfterMs - 2);
  nodes.heartbeat(node(3), 7, null, clock.nowMs());
  clock.advance(timings.staleAfterMs);
  nodes.tick(clock.nowMs());
  expect(states()).toEqual(['STALE', 'DEAD', 'LIVE', 'STALE', 'STALE']);
});
