import { expect, test } from 'vitest';
import { DfsError } from '../../../src/shared/errors.js';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import type { Runtime } from '../../../src/shared/runtime.js';
import type { FakeMaster } from '../fake-master.js';
import { CLUSTER, dataFile, patternBytes, TIMINGS, uuidOf, World } from '../fixtures.js';

const DATA = patternBytes(BLOCK_BYTES + 5);
const MASTERS = ['m-1:7000', 'm-2:7000', 'm-3:7000'];

interface Group {
  readonly world: World;
  readonly masters: readonly [FakeMaster, FakeMaster, FakeMaster];
  readonly logs: { readonly level: string; readonly message: string; readonly fields: Record<string, unknown> }[];
}

/** Three masters of which m-1 leads in term 3. */
async function grouped(seed: number): Promise<Group> {
  const logs: Group['logs'] = [];
  const world = new World(seed, (line) => logs.push(line as Group['logs'][number]));
  world.master.term = 3;
  return world.sim.run(async () => {
    await world.master.serve('m-1:7000');
    return { world, masters: [world.master, await world.addMaster('m-2'), await world.addMaster('m-3')], logs };
  });
}

/** Starts a node with all three, and waits until each has its full report. */
async function join(group: Group, name: string, wrap?: (runtime: Runtime) => Runtime): Promise<void> {
  await group.world.startNode(name, { masters: MASTERS }, wrap);
  await group.world.sim.runUntil(() => group.masters.every((master) => master.believes.has(name)));
}

const acceptedTerm = (world: World): unknown => {
  const { acceptedTerm: term } = JSON.parse(
    new TextDecoder().decode(world.sim.machine('dn-1').disk.readFile('identity.json')),
  ) as { acceptedTerm: number };
  return term;
};

test('masters that do not lead get registration, heartbeats, reports and polls, and change no term', async () => {
  const group = await grouped(1);
  const { world, masters } = group;
  await world.sim.run(async () => {
    await join(group, 'dn-1');
    await world.writeChunk(7, 3, ['dn-1'], DATA);
    await world.sim.runUntil(() => masters.every((master) => master.believes.get('dn-1')?.get(7) === 3), { limitMs: 200 });
    const before = masters.map(({ heartbeats, polls }) => ({ heartbeats, polls }));
    await world.sim.advance(10 * TIMINGS.heartbeatIntervalMs);
    masters.forEach((master, i) => {
      expect(master.heartbeats - (before[i]?.heartbeats ?? 0)).toBeGreaterThanOrEqual(9);
      expect(master.polls).toBeGreaterThan(before[i]?.polls ?? 0);
      expect(master.registrations).toBe(1);
      expect(master.termOf('dn-1')).toBe(3);
    });
    expect(acceptedTerm(world)).toBe(3);
  });
});

test('a master that comes to lead is heard within milliseconds: only its link registers again, and reports under the new term', async () => {
  const group = await grouped(2);
  const { world, masters } = group;
  const [first, second, third] = masters;
  await world.sim.run(async () => {
    await join(group, 'dn-1');
    await world.writeChunk(7, 1, ['dn-1'], DATA);
    await world.sim.advance(1_000);
    for (const master of masters) master.reports.length = 0;
    first.leads = false;
    second.lead(4);
    const startedMs = world.sim.nowMs;
    await world.sim.runUntil(() => second.reports.some(({ kind, term }) => kind === 'full' && term === 4), { limitMs: 50 });
    expect(world.sim.nowMs - startedMs).toBeLessThan(50);
    expect(acceptedTerm(world)).toBe(4);
    // Nothing that was gathered before went to it under the new term.
    expect(second.reports[0]).toMatchObject({ kind: 'full', term: 4 });
    expect(second.believes.get('dn-1')?.get(7)).toBe(1);
    await world.sim.advance(2 * TIMINGS.heartbeatIntervalMs);
    expect(masters.map(({ registrations }) => registrations)).toEqual([1, 2, 1]);
    // The others hear of it.
    expect([first.termOf('dn-1'), third.termOf('dn-1')]).toEqual([4, 4]);
  });
});

test('a report of the new term waits for a deletion that the old leader ordered and that is under way', async () => {
  const group = await grouped(3);
  const { world, masters } = group;
  let isDeleting = false;
  /** Removing chunk 7 takes long. */
  const slowToRemove = (runtime: Runtime): Runtime => {
    const disk = new Proxy(runtime.disk, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== 'function') return value;
        if (property !== 'remove') return value.bind(target) as unknown;
        return async (path: string) => {
          if (path.includes(uuidOf(7))) {
            isDeleting = true;
            await runtime.clock.sleep(800);
          }
          await target.remove(path);
        };
      },
    });
    return { ...runtime, disk };
  };
  await world.sim.run(async () => {
    await join(group, 'dn-1', slowToRemove);
    await world.writeChunk(7, 1, ['dn-1'], DATA);
    masters[0].commands.set('dn-1', [{ commandId: 1, term: 3, index: 9, delete: { chunkId: 7, version: 1 } }]);
    await world.sim.runUntil(() => isDeleting);
    masters[0].leads = false;
    masters[1].lead(4);
    await world.sim.runUntil(() => masters[2].termOf('dn-1') === 4, { limitMs: 500 });
    expect(world.files('dn-1')).toContain(dataFile(7));
    // Accepted, and still deleting: what changes now is not told under the new term either.
    await world.writeChunk(8, 1, ['dn-1'], DATA);
    await world.sim.runUntil(() => masters[1].reports.some(({ kind, term }) => kind === 'full' && term === 4));
    const underNewTerm = masters[1].reports.filter(({ term }) => term === 4);
    expect(underNewTerm.map(({ kind }) => kind)).toEqual(['full']);
    const reported = underNewTerm.flatMap(({ replicas }) => replicas);
    expect(reported.filter(({ chunkId, state }) => chunkId === 7 && state === 'COMMITTED')).toEqual([]);
    expect(world.files('dn-1')).not.toContain(dataFile(7));
  });
});

test('orders of a master that does not lead, or not any more, are refused, and logged once a minute with term and index', async () => {
  const group = await grouped(4);
  const { world, masters, logs } = group;
  const [first, second, third] = masters;
  await world.sim.run(async () => {
    await join(group, 'dn-1');
    await world.writeChunk(7, 1, ['dn-1'], DATA);
    first.leads = false;
    second.lead(5);
    await world.sim.runUntil(() => third.termOf('dn-1') === 5);
    // Deposed, and it does not know; a follower that gives orders of the right term; a leader that hands on an old one.
    first.leads = true;
    first.commands.set('dn-1', [{ commandId: 1, term: 3, index: 41, delete: { chunkId: 7, version: 1 } }]);
    third.commands.set('dn-1', [{ commandId: 2, term: 5, index: 42, delete: { chunkId: 7, version: 1 } }]);
    second.commands.set('dn-1', [{ commandId: 3, term: 4, index: 43, delete: { chunkId: 7, version: 1 } }]);
    await world.sim.advance(50_000);
    expect(world.files('dn-1')).toContain(dataFile(7));
    const refusals = logs.filter(({ message }) => message.includes('command was refused'));
    expect(refusals.map(({ fields }) => [fields['master'], fields['term'], fields['index']]).sort()).toEqual([
      ['m-1:7000', 3, 41],
      ['m-2:7000', 4, 43],
      ['m-3:7000', 5, 42],
    ]);
    await world.sim.advance(20_000);
    expect(logs.filter(({ message }) => message.includes('command was refused'))).toHaveLength(6);
    // None of them was registered with again because of that.
    expect(masters.map(({ registrations }) => registrations)).toEqual([1, 2, 1]);
    // And the leader's own are carried out.
    second.commands.set('dn-1', [{ commandId: 4, term: 5, index: 44, delete: { chunkId: 7, version: 1 } }]);
    await world.sim.runUntil(() => !world.files('dn-1').includes(dataFile(7)), { limitMs: 1_000 });
  });
});

test('a deposed master is served at the usual pace, whatever it says, until it leads again', async () => {
  const group = await grouped(5);
  const { world, masters } = group;
  const [first, second] = masters;
  await world.sim.run(async () => {
    await join(group, 'dn-1');
    first.leads = false;
    second.lead(5);
    await world.sim.runUntil(() => first.termOf('dn-1') === 5);
    // It still says 3; it refuses whoever has accepted more; it forgets the node with every call.
    first.leads = true;
    first.isHasty = true;
    for (const complaint of [null, new DfsError('STALE_TERM', 'it is at 3'), new DfsError('NOT_LEADER', 'not me')]) {
      first.complaint = complaint;
      const { heartbeats, polls, registrations } = first;
      await world.sim.advance(20 * TIMINGS.heartbeatIntervalMs);
      expect(first.heartbeats - heartbeats).toBeLessThanOrEqual(21);
      expect(first.polls - polls).toBeLessThan(40);
      expect(first.registrations).toBe(registrations);
    }
    first.complaint = null;
    first.isHasty = false;
    second.leads = false;
    first.lead(6);
    await world.sim.runUntil(() => first.reports.some(({ kind, term }) => kind === 'full' && term === 6));
    expect(acceptedTerm(world)).toBe(6);
  });
});

test('a master that forgets the node as often as it is told does not make a busy loop', async () => {
  const group = await grouped(6);
  const { world, masters } = group;
  await world.sim.run(async () => {
    await join(group, 'dn-1');
    const [, second] = masters;
    second.forgetsAll = true;
    const { registrations } = second;
    await world.sim.advance(10_000);
    expect(second.registrations - registrations).toBeLessThan(60);
    second.forgetsAll = false;
    second.believes.clear();
    await world.sim.runUntil(() => second.believes.has('dn-1'), { limitMs: 2_000 });
  });
});

test('a follower that does not know the node is asked quietly, and soon after the leader has taken the node in', async () => {
  const group = await grouped(7);
  const { world, masters, logs } = group;
  const [first, second, third] = masters;
  const unknown = new DfsError('NOT_LEADER', 'this node is not in my log yet', { leaderHint: 'm-1:7000' });
  await world.sim.run(async () => {
    for (const master of [second, third]) master.refusal = unknown;
    first.refusal = new DfsError('UNAVAILABLE', 'still starting');
    await world.startNode('dn-1', { masters: MASTERS });
    await world.sim.advance(10_000);
    // The pace of heartbeats: neither more often nor given up.
    expect(second.attempts.length).toBeGreaterThan(25);
    expect(second.attempts.length).toBeLessThan(80);
    first.refusal = null;
    await world.sim.runUntil(() => first.registrations === 1);
    const registeredMs = world.sim.nowMs;
    await world.sim.advance(30);
    for (const master of [second, third]) master.refusal = null;
    await world.sim.runUntil(() => masters.every((master) => master.registrations === 1));
    // The third attempt after the leader's answer at the latest: 10 to 20, then 20 to 40, then 40 to 80 ms apart.
    expect(world.sim.nowMs - registeredMs).toBeLessThan(100);
    const warnings = logs.filter(({ level, fields }) => level === 'warn' && fields['master'] === 'm-2:7000');
    expect(warnings.length).toBe(1);
  });
});

test('a master of another cluster among others is left alone, loudly; the node serves the others', async () => {
  const logs: Group['logs'] = [];
  const world = new World(8, (line) => logs.push(line as Group['logs'][number]));
  await world.sim.run(async () => {
    await world.up('dn-1');
    await world.nodes.get('dn-1')?.stop();
    const foreign = await world.addMaster('m-2', '11111111-2222-4333-8444-555555555555');
    world.master.believes.clear();
    const node = await world.startNode('dn-1', { masters: ['m-1:7000', 'm-2:7000'] });
    let failure: Error | null = null;
    void node.failed.then((error) => {
      failure = error;
    });
    await world.sim.advance(130_000);
    expect(world.master.believes.has('dn-1')).toBe(true);
    expect(failure).toBeNull();
    const said = logs.filter(({ level, message }) => level === 'error' && message.includes('another cluster'));
    expect(said).toHaveLength(3);
    expect(said[0]?.message).toContain('m-2:7000');
    expect(foreign.attempts.length).toBeGreaterThan(5);
    expect(foreign.attempts.length).toBeLessThan(50);
    // Set right, it is served without a restart.
    foreign.clusterId = CLUSTER;
    await world.sim.runUntil(() => foreign.believes.has('dn-1'), { limitMs: 10_000 });
  });
});

test('a node that every master calls foreign ends, with advice', async () => {
  const world = new World(9);
  await world.sim.run(async () => {
    await world.up('dn-1');
    await world.nodes.get('dn-1')?.stop();
    for (const name of ['m-2', 'm-3']) await world.addMaster(name, '11111111-2222-4333-8444-555555555555');
    const node = await world.startNode('dn-1', { masters: ['m-2:7000', 'm-3:7000'] });
    const failure = await node.failed;
    expect(failure).toMatchObject({ code: 'FOREIGN_CLUSTER' });
    expect(failure.message).toContain('empty data folder');
  });
});
