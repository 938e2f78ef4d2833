/** Repair and garbage collection together, on a state machine and nodes that the test plays. */
import { expect, test } from 'vitest';
import { LeaderState } from '../../../src/master/leader/leader-state.js';
import { isUsable } from '../../../src/master/datanodes/locations.js';
import { KnownNode } from '../../../src/master/state/tables/known-node.js';
import { SoftState } from '../../../src/master/datanodes/soft-state.js';
import type { Command } from '../../../src/protocol/generated/distrifs/v1/Command.js';
import type { Runtime } from '../../../src/shared/runtime.js';
import { CHUNK, Script } from '../script.js';
import { collectLog, ManualClock, seededRandom, statsOf, timings } from '../soft-fixtures.js';

function rig(nodeCount: number) {
  const script = new Script();
  const clock = new ManualClock();
  const log = collectLog();
  // Only these parts of a runtime are used.
  const runtime = { clock, log, random: seededRandom(1) } as unknown as Runtime;
  const { state } = script.machine;
  const soft = new SoftState(state, runtime, timings);
  const leaderState = new LeaderState(1, state, soft, runtime, timings);
  const ids = Array.from({ length: nodeCount }, (_, i) => `dn-${i + 1}`);
  const register = (id: string): void => {
    const registration = { id, incarnation: id, address: `${id}:1`, rack: 'r', runId: '', acceptedTerm: 1, stats: statsOf() };
    state.putNode(new KnownNode(id, id, `${id}:1`, 'r'));
    soft.nodes.register(registration, clock.nowMs());
  };
  const node = (id: string) => soft.nodes.get(id)!;
  const report = (id: string, chunkId: number, version: number, state: 'COMMITTED' | 'DELETED' | 'CORRUPT' = 'COMMITTED'): void =>
    soft.replicaChanged(node(id), { chunkId, version, lengthBytes: CHUNK, state }, true);
  const fullReport = (id: string, ...chunkIds: number[]): void => {
    const replicas = chunkIds.map((chunkId) => ({ chunkId, version: 1, lengthBytes: CHUNK, state: 'COMMITTED' as const }));
    soft.locations.reportPart(node(id), { reportId: 1, part: 0, parts: 1, replicas }, true, clock.nowMs());
    node(id).hasReported = true;
  };
  /** Lets time pass with heartbeats of these nodes, and collects what was ordered. */
  const pass = (ms: number, ...alive: string[]): [string, Command][] => {
    const commands: [string, Command][] = [];
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      for (const id of alive) {
        const before = soft.nodes.heartbeat(node(id), 1, null, clock.nowMs());
        if (before === 'DEAD') soft.livenessChanged(node(id), before);
      }
      while (soft.tick());
      leaderState.safeMode.check();
      leaderState.mend();
      for (const id of ids) for (const command of leaderState.commands.take(id)) commands.push([id, command]);
    }
    return commands;
  };
  for (const id of ids) {
    register(id);
    fullReport(id);
  }
  leaderState.safeMode.check();
  return { script, clock, log, soft, leaderState, ids, register, node, report, fullReport, pass };
}

test('SoftState: a dead node’s chunks are copied from a good replica to a node without one', () => {
  const { script, soft, leaderState, ids, report, pass, log } = rig(4);
  script.write('/f');
  for (const id of ['dn-1', 'dn-2', 'dn-3']) report(id, 1, 1);
  expect(soft.health.totals().healthy).toBe(1);
  const alive = ['dn-1', 'dn-2', 'dn-4'];
  const commands = pass(timings.deadAfterMs + 1_000, ...alive);
  expect(ids).toHaveLength(4);
  expect(log.lines).toContain('warn Datanode dn-3 is dead: unheard for more than 3000 ms');
  expect(commands).toHaveLength(1);
  const [source, command] = commands[0]!;
  expect(['dn-1', 'dn-2']).toContain(source);
  expect(command).toMatchObject({
    term: 1,
    replicate: { chunkId: 1, version: 1, targets: [{ nodeId: 'dn-4', address: 'dn-4:1' }] },
  });
  expect(pass(1_000, ...alive)).toEqual([]);
  report('dn-4', 1, 1);
  expect(soft.health.totals()).toMatchObject({ healthy: 1, underReplicated: 0 });
  expect(leaderState.repairs.completed).toBe(1);
});

test('SoftState: a repair that fails or shows no result is ordered again, elsewhere', () => {
  const { script, leaderState, report, pass } = rig(5);
  script.write('/f');
  for (const id of ['dn-1', 'dn-2', 'dn-3']) report(id, 1, 1);
  report('dn-3', 1, 1, 'DELETED');
  const all = ['dn-1', 'dn-2', 'dn-3', 'dn-4', 'dn-5'];
  const [[source, command]] = pass(1_000, ...all) as [[string, Command]];
  const target = command.replicate?.targets?.[0]?.nodeId ?? '';
  const error = { code: 'NO_SPACE', message: 'full', retriable: true, nodeId: target, leaderHint: '' };
  leaderState.repairs.commandFailed(source, { commandId: Number(command.commandId), error });
  const [[, second]] = pass(300, ...all) as [[string, Command]];
  const other = second.replicate?.targets?.[0]?.nodeId;
  expect(other).not.toBe(target);
  const [cancelled, ordered, ...rest] = pass(timings.repairTimeoutMs + 500, ...all);
  expect(cancelled?.[1].cancel).toEqual({ commandId: second.commandId });
  expect(ordered?.[1].replicate?.targets?.[0]?.nodeId).not.toBe(other);
  expect(rest).toEqual([]);
});

test('SoftState: a copy that gets further is not ordered again, however long it takes; one that does not is cancelled first', () => {
  const { script, leaderState, report, pass } = rig(5);
  const { repairs } = leaderState;
  script.write('/f');
  for (const id of ['dn-1', 'dn-2', 'dn-3']) report(id, 1, 1);
  report('dn-3', 1, 1, 'DELETED');
  const all = ['dn-1', 'dn-2', 'dn-3', 'dn-4', 'dn-5'];
  const [[source, command]] = pass(1_000, ...all) as [[string, Command]];
  const commandId = Number(command.commandId);
  const named = (ackedBytes: number) => repairs.copiesNamed(source, [{ term: 1, commandId, chunkId: 1, ackedBytes }]);
  for (let ackedBytes = 0; ackedBytes < 20; ackedBytes++) {
    named(ackedBytes);
    expect(pass(0.9 * timings.repairTimeoutMs, ...all)).toEqual([]);
  }
  const [cancelled, ...rest] = pass(3 * timings.repairTimeoutMs, ...all);
  expect(cancelled).toMatchObject([source, { cancel: { commandId } }]);
  expect(rest).toEqual([]);
  // Named once more, as a copy that this leader does not know any more.
  named(20);
  expect(pass(1_000, ...all)).toMatchObject([[source, { cancel: { commandId } }]]);
  const error = { code: 'CANCELLED', message: 'ended', retriable: false, nodeId: source, leaderHint: '' };
  repairs.commandFailed(source, { commandId, error });
  expect(pass(1_000, ...all)).toMatchObject([[expect.any(String), { replicate: { chunkId: 1 } }]]);
});

test('SoftState: a copy that an earlier leader commanded keeps others of its chunk from being ordered until it has ended', () => {
  const { script, leaderState, report, pass } = rig(5);
  script.write('/f');
  for (const id of ['dn-1', 'dn-2', 'dn-3']) report(id, 1, 1);
  report('dn-3', 1, 1, 'DELETED');
  const all = ['dn-1', 'dn-2', 'dn-3', 'dn-4', 'dn-5'];
  leaderState.repairs.copiesNamed('dn-1', [{ term: 0, commandId: 7, chunkId: 1, ackedBytes: 5 }]);
  expect(pass(2 * timings.repairTimeoutMs, ...all)).toEqual([]);
  leaderState.repairs.copiesNamed('dn-1', []);
  expect(pass(1_000, ...all)).toHaveLength(1);
});

test('SoftState: a node that comes back makes a surplus, of which one goes when all are confirmed', () => {
  const { script, soft, report, fullReport, pass } = rig(4);
  script.write('/f');
  for (const id of ['dn-1', 'dn-2', 'dn-3']) report(id, 1, 1);
  pass(timings.deadAfterMs + 1_000, 'dn-1', 'dn-2', 'dn-4');
  report('dn-4', 1, 1);
  const all = ['dn-1', 'dn-2', 'dn-3', 'dn-4'];
  // Back, and not yet confirmed by a report of its own: nothing is deleted.
  expect(pass(timings.blockReportIntervalMs + 1_000, ...all)).toEqual([]);
  fullReport('dn-3', 1);
  const commands = pass(timings.blockReportIntervalMs + 1_000, ...all);
  expect(commands).toHaveLength(1);
  const [gone, command] = commands[0]!;
  expect(command).toMatchObject({ delete: { chunkId: 1, version: 1 } });
  expect(soft.health.totals().healthy).toBe(1);
  report(gone, 1, 1, 'DELETED');
  expect(soft.locations.ofChunk(1)).toHaveLength(3);
  expect(pass(5_000, ...all)).toEqual([]);
});

test('SoftState: an orphan goes after its delay, a stale replica once enough others are confirmed', () => {
  const { script, report, pass } = rig(4);
  const all = ['dn-1', 'dn-2', 'dn-3', 'dn-4'];
  const fileId = script.create('/f').createFile!.fileId;
  const first = script.assign(fileId, 0).assignChunk!;
  script.commit(fileId, first);
  report('dn-1', 1, 1);
  const second = script.assign(fileId, 0).assignChunk!;
  script.commit(fileId, second, CHUNK, ['dn-2', 'dn-3', 'dn-4']);
  script.complete(fileId, CHUNK, 1);
  expect(pass(timings.orphanDelayMs, ...all)).toEqual([]);
  for (const id of ['dn-2', 'dn-3']) report(id, 1, 2);
  expect(pass(timings.orphanDelayMs, ...all)).toEqual([]);
  report('dn-4', 1, 2);
  expect(pass(500, ...all)).toMatchObject([['dn-1', { delete: { chunkId: 1, version: 1 } }]]);
  report('dn-1', 1, 1, 'DELETED');
  script.delete('/f');
  expect(pass(timings.orphanDelayMs - 500, ...all)).toEqual([]);
  const commands = pass(1_000, ...all);
  expect(commands.map(([id]) => id).sort()).toEqual(['dn-2', 'dn-3', 'dn-4']);
});

test('SoftState: nothing is deleted on a node that has not reported, and a deletion without result is ordered again', () => {
  const { script, report, pass, register, fullReport } = rig(1);
  script.write('/f');
  report('dn-1', 1, 1);
  script.delete('/f');
  register('dn-1');
  expect(pass(2 * timings.orphanDelayMs, 'dn-1')).toEqual([]);
  fullReport('dn-1', 1);
  expect(pass(500, 'dn-1')).toHaveLength(1);
  expect(pass(timings.repairTimeoutMs + 500, 'dn-1')).toHaveLength(1);
});

test('SoftState: a corrupt replica is named in the log and replaced', () => {
  const { script, soft, report, pass, log } = rig(4);
  script.write('/f');
  for (const id of ['dn-1', 'dn-2', 'dn-3']) report(id, 1, 1);
  report('dn-2', 1, 1, 'CORRUPT');
  expect(log.lines).toContain('warn Replica of chunk 01234567-89ab-8000-8000-000000000001 on dn-2 is corrupt');
  expect(soft.health.totals().underReplicated).toBe(1);
  expect(pass(1_000, 'dn-1', 'dn-2', 'dn-3', 'dn-4')).toHaveLength(1);
});

test('SoftState: a damaged replica is deleted only when enough good ones are confirmed, and its copy in place counts again', () => {
  const { script, soft, report, pass } = rig(4);
  script.write('/f');
  for (const id of ['dn-1', 'dn-2', 'dn-3']) report(id, 1, 1);
  report('dn-2', 1, 1, 'CORRUPT');
  const kinds = (commands: [string, Command][]): string[] =>
    commands.map(([id, { replicate }]) => `${id} ${replicate ? 'copy' : 'delete'}`);
  const long = timings.orphanDelayMs;
  expect(kinds(pass(long, 'dn-1', 'dn-2', 'dn-3', 'dn-4')).filter((kind) => kind.includes('delete'))).toEqual([]);
  report('dn-4', 1, 1);
  expect(kinds(pass(long, 'dn-1', 'dn-2', 'dn-3', 'dn-4'))).toEqual(['dn-2 delete']);
  report('dn-2', 1, 1, 'DELETED');
  expect(soft.health.garbage.size).toBe(0);
  report('dn-1', 1, 1, 'CORRUPT');
  report('dn-1', 1, 1);
  expect(soft.health.totals()).toMatchObject({ healthy: 1, underReplicated: 0 });
  expect(soft.health.garbage.size).toBe(0);
});

test('SoftState: with damaged replicas alone a chunk is missing, keeps them, and one is copied over the others with their help', () => {
  const { script, soft, report, fullReport, pass } = rig(3);
  script.write('/f');
  for (const id of ['dn-1', 'dn-2', 'dn-3']) report(id, 1, 1);
  for (const id of ['dn-1', 'dn-2', 'dn-3']) report(id, 1, 1, 'CORRUPT');
  expect(soft.health.totals()).toEqual({ total: 1, healthy: 0, underReplicated: 0, missing: 1 });
  expect(soft.health.unreportedCount).toBe(0);
  const commands = pass(1_000, 'dn-1', 'dn-2', 'dn-3');
  expect(commands).toHaveLength(1);
  const [[source, { replicate }] = ['', {} as Command]] = commands;
  const others = ['dn-1', 'dn-2', 'dn-3'].filter((id) => id !== source);
  expect(replicate?.targets?.map((target) => target.nodeId).sort()).toEqual(others);
  expect(replicate?.sources?.map((target) => target.nodeId)).toEqual(others);
  // A target that was damaged is not taken for one that has the copy.
  for (const id of others) report(id, 1, 1);
  expect(soft.health.totals()).toMatchObject({ underReplicated: 1, missing: 0 });
  const next = pass(2_000, 'dn-1', 'dn-2', 'dn-3');
  expect(next.map(([, command]) => command.replicate?.targets?.map((target) => target.nodeId))).toEqual([[source]]);
  // A full report that does not name a replica any more says that it is gone, damaged or not.
  fullReport(source);
  expect(soft.locations.find(1, source)).toBeUndefined();
});

test('SoftState: fresh commits are not repaired while their reports are on the way', () => {
  const { script, soft, pass } = rig(5);
  script.write('/f');
  expect(soft.health.totals().missing).toBe(1);
  expect(pass(timings.heartbeatIntervalMs * 3, 'dn-1', 'dn-2', 'dn-3', 'dn-4', 'dn-5')).toEqual([]);
});

test('SoftState: at a start and at a new term, the health of many chunks is looked at in slices, and not judged before', () => {
  const { script, clock, leaderState, log } = rig(0);
  const count = 3_000;
  const { chunks } = script.machine.state;
  // Those that the first slice sees are of files under way: nothing of them is missing.
  for (let i = 0; i < 500 + count; i += 1) {
    const chunk = chunks.create(9, i, 1);
    chunks.reserve(chunk, 0);
    chunks.commit(chunk, 1, 10, []);
    if (i >= 500) chunks.show(chunk);
  }
  leaderState.end();
  // Only these parts of a runtime are used.
  const runtime = { clock, log, random: seededRandom(2) } as unknown as Runtime;
  const fresh = new SoftState(script.machine.state, runtime, timings);
  const begin = (term: number) => new LeaderState(term, script.machine.state, fresh, runtime, timings);
  const ticksToCount = (): number => {
    let ticks = 0;
    for (; !fresh.isCounted; ticks += 1) {
      expect(fresh.health.totals().missing).toBeLessThan(count);
      fresh.tick();
    }
    return ticks;
  };
  expect(fresh.health.totals().missing).toBe(0);
  expect(begin(2).safeMode.active).toBe(true);
  expect(ticksToCount()).toBe(6);
  expect(fresh.health.totals().missing).toBe(count);
  expect(fresh.health.unreportedCount).toBe(count);
  script.machine.state.putNode(new KnownNode('dn-1', 'i', 'a:1', 'r'));
  const node = fresh.nodes.register(
    { id: 'dn-1', incarnation: 'i', address: 'a:1', rack: 'r', runId: '', acceptedTerm: 2, stats: null },
    0,
  );
  for (const { id } of chunks.values()) {
    fresh.locations.update(node, { chunkId: id, version: 1, lengthBytes: 10, state: 'COMMITTED' }, true);
  }
  expect(fresh.health.totals().healthy).toBe(count);
  const again = begin(3);
  expect(again.safeMode.active).toBe(false);
  node.hasReported = true;
  again.mend();
  expect(ticksToCount()).toBe(6);
  expect(fresh.health.totals()).toMatchObject({ healthy: 0, missing: count });
});

test('SoftState: a replica whose deletion another leadership ordered counts again', () => {
  const { script, soft, leaderState, report, pass, fullReport, log, clock } = rig(4);
  script.write('/f');
  for (const id of ['dn-1', 'dn-2', 'dn-3', 'dn-4']) report(id, 1, 1);
  const all = ['dn-1', 'dn-2', 'dn-3', 'dn-4'];
  expect(pass(timings.blockReportIntervalMs + 1_000, ...all)).toHaveLength(1);
  expect(soft.locations.ofChunk(1).filter(isUsable)).toHaveLength(3);
  leaderState.end();
  // Only these parts of a runtime are used.
  const runtime = { clock, log, random: seededRandom(2) } as unknown as Runtime;
  const next = new LeaderState(2, script.machine.state, soft, runtime, timings);
  for (const id of all) fullReport(id, 1);
  expect(soft.locations.ofChunk(1).filter(isUsable)).toHaveLength(4);
  expect(soft.health.totals().healthy).toBe(1);
  expect([...soft.health.surplus.keys()]).toEqual([1]);
  expect(next.commands.take('dn-1')).toEqual([]);
});
