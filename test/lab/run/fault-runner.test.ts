import { expect, test } from 'vitest';
import { nodeClock } from '../../../src/runtime/node/node-clock.js';
import { KIB, MIB } from '../../../src/shared/limits.js';
import type { PlannedAction, PlannedFault } from '../../../src/supervisor/api/fault.js';
import { FaultRunner } from '../../../src/lab/run/fault-runner.js';
import { FakeCluster } from '../scenario/fake-world.js';
import type { FaultRecord } from '../../../src/lab/run/fault-runner.js';
import type { SimWorld } from '../simulation/fault-world.js';
import { withCluster } from '../simulation/fault-world.js';

const BOTH = { direction: 'both' } as const;
const DATANODES = ['dn-1', 'dn-2', 'dn-3', 'dn-4'];
const content = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => (i * 7) & 0xff);

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

interface Rig extends SimWorld {
  readonly runner: FaultRunner;
  readonly told: readonly FaultRecord[];
  /** Carries one fault out. */
  readonly run: (action: PlannedAction, nodes: readonly string[], more?: Partial<PlannedFault>) => Promise<PlannedFault>;
  /** The final record of a fault. */
  readonly record: (fault: PlannedFault) => FaultRecord | undefined;
  readonly isServing: () => Promise<boolean>;
}

function withRunner(body: (rig: Rig) => Promise<void>, datanodes = 4): Promise<void> {
  return withCluster({ datanodes }, async (world) => {
    const { cluster } = world;
    const told: FaultRecord[] = [];
    const runner = new FaultRunner({ control: cluster, clock: cluster.clock }, (record) => told.push(record));
    let lastId = 0;
    const rig = Object.assign(world, {
      runner,
      told,
      run: async (action: PlannedAction, nodes: readonly string[], more: Partial<PlannedFault> = {}): Promise<PlannedFault> => {
        const fault = { ...action, id: ++lastId, atMs: 0, nodes, source: 'step', choiceSeed: 17, ...more } as PlannedFault;
        await runner.execute(fault);
        return fault;
      },
      record: (fault: PlannedFault) => runner.records.find((record) => record.fault === fault),
      isServing: async () => (await cluster.status()).nodes.every((node) => node.state === 'live' && !node.partitioned),
    });
    await body(rig);
    runner.close();
  });
}

test('FaultRunner: a wipe with force may have lost what was acknowledged, one without may not', () =>
  withRunner(async (rig) => {
    const client = rig.client();
    await client.writeFile('/a', content(10));
    const all = ['dn-1', 'dn-2', 'dn-3', 'dn-4'];
    const refused = await rig.run({ action: 'wipe' }, all);
    expect(rig.record(refused)).toMatchObject({ effect: 'none', refused: true });
    expect([rig.runner.mayHaveLost, rig.goodCopies().size]).toEqual([false, 1]);
    const forced = await rig.run({ action: 'wipe', force: 'yes' }, all);
    expect(rig.record(forced)).toMatchObject({ effect: 'seen', effects: 4 });
    expect([rig.runner.mayHaveLost, rig.runner.mayHaveSplit, rig.goodCopies().size]).toEqual([true, false, 0]);
    await client.close();
  }));

test('FaultRunner: a folder is put back after a backup only, and may have lost what was acknowledged', () =>
  withRunner(async (rig) => {
    const early = await rig.run({ action: 'restore-old' }, ['m-1']);
    expect(rig.record(early)).toMatchObject({ effect: 'none', evidence: 'm-1 has no backup' });
    const backup = await rig.run({ action: 'backup' }, ['m-1', 'dn-1']);
    expect(rig.record(backup)).toMatchObject({ effect: 'seen', effects: 2, evidence: 'folder copied' });
    expect(rig.runner.mayHaveLost).toBe(false);
    await rig.run({ action: 'restore-old' }, ['dn-1']);
    expect([rig.runner.mayHaveLost, rig.runner.mayHaveSplit]).toEqual([true, false]);
    const restored = await rig.run({ action: 'restore-old' }, ['m-1']);
    expect(rig.record(restored)).toMatchObject({ effect: 'seen', effects: 1 });
    expect(rig.runner.mayHaveSplit).toBe(true);
    expect(await rig.state('m-1')).toBe('stopped');
    const part = await rig.run({ action: 'refound' }, ['dn-1']);
    expect(rig.record(part)).toMatchObject({ effect: 'none' });
  }));

test.each(['kill', 'powercut', 'stop', 'wipe'] as const)('FaultRunner: %s is seen, and its undo restarts', (action) =>
  withRunner(async (rig) => {
    const fault = await rig.run({ action }, ['dn-1']);
    expect(rig.record(fault)).toMatchObject({ effect: 'seen', effects: 1 });
    expect(await rig.state('dn-1')).toBe('stopped');
    const again = await rig.run({ action }, ['dn-1']);
    expect(rig.record(again)).toMatchObject({ effect: 'none', effects: 0, evidence: 'dn-1 had no process' });
    const byChance = await rig.run({ action }, ['dn-1'], { source: 'nemesis' });
    expect(rig.record(byChance)).toMatchObject({ effect: 'passed' });
    const undo = await rig.run({ action: 'restart' }, ['dn-1'], { source: 'undo' });
    expect(rig.record(undo)).toMatchObject({ effect: 'seen', evidence: 'new process' });
    await rig.reaches('dn-1', 'live');
    const { pid } = rig.cluster.datanodes()[0]!;
    const late = await rig.run({ action: 'restart' }, ['dn-1'], { source: 'undo' });
    expect(rig.record(late)).toMatchObject({ effect: 'passed', evidence: 'runs already' });
    expect(rig.cluster.datanodes()[0]?.pid).toBe(pid);
    expect(rig.runner.surprises).toEqual([]);
  }),
);

test('FaultRunner: pause and resume are seen on the process itself', () =>
  withRunner(async (rig) => {
    expect(rig.record(await rig.run({ action: 'pause' }, ['dn-1', 'dn-2']))).toMatchObject({ effect: 'seen', effects: 2 });
    expect(rig.record(await rig.run({ action: 'resume' }, ['dn-1', 'dn-2'], { source: 'undo' }))).toMatchObject({
      effect: 'seen',
    });
    await rig.until(rig.isServing, 'all serve');
  }));

test('FaultRunner: a pause of what is paused, and a resume of what runs, have no effect', () =>
  withRunner(async (rig) => {
    const run = async (action: 'pause' | 'resume', nodes: readonly string[], source: PlannedFault['source'] = 'step') =>
      rig.record(await rig.run({ action }, nodes, { source }));
    await run('pause', ['dn-1']);
    expect(await run('pause', ['dn-1'])).toMatchObject({ effect: 'none', effects: 0, evidence: 'dn-1 is paused already' });
    expect(await run('pause', ['dn-1'], 'nemesis')).toMatchObject({ effect: 'passed' });
    expect(await run('pause', ['dn-1', 'dn-2'])).toMatchObject({
      effect: 'seen',
      effects: 1,
      evidence: 'process suspended; dn-1 is paused already',
    });
    expect(await run('resume', ['dn-2', 'dn-3'])).toMatchObject({
      effect: 'seen',
      effects: 1,
      evidence: 'process runs; dn-3 runs already',
    });
    expect(await run('resume', ['dn-2', 'dn-3'])).toMatchObject({ effect: 'none', evidence: 'dn-2, dn-3 run already' });
    // Between two slices of a slow CPU nothing is paused.
    await rig.run({ action: 'slow-cpu', percent: 90 }, ['dn-4']);
    expect(await run('resume', ['dn-4'])).toMatchObject({ effect: 'none', evidence: 'dn-4 runs already' });
    expect(await run('pause', ['dn-4'])).toMatchObject({ effect: 'seen', effects: 1 });
    await rig.runner.healAll();
    await rig.until(rig.isServing, 'all serve');
  }));

test('FaultRunner: the end of a pause is harmless where somebody resumed, killed or restarted the node before', () =>
  withRunner(async (rig) => {
    for (const { actions, evidence } of [
      { actions: ['resume'], evidence: 'dn-1 runs already' },
      { actions: ['kill'], evidence: 'dn-1 had no process' },
      { actions: ['restart'], evidence: 'dn-1 runs already' },
    ] as const) {
      await rig.run({ action: 'restart' }, ['dn-1'], { source: 'undo' });
      await rig.run({ action: 'pause' }, ['dn-1']);
      for (const action of actions) await rig.run({ action }, ['dn-1']);
      const undo = await rig.run({ action: 'resume' }, ['dn-1'], { source: 'undo' });
      expect(rig.record(undo)).toMatchObject({ effect: 'passed', effects: 0, evidence });
    }
  }));

test('FaultRunner: a resume takes a pause that was ordered just now and does not show yet', async () => {
  const fake = new FakeCluster('', 1, {});
  const runner = new FaultRunner({ control: fake, clock: nodeClock }, () => undefined);
  await fake.pause('dn-1');
  fake.suspended.clear();
  await runner.execute({ action: 'resume', id: 1, atMs: 0, nodes: ['dn-1'], source: 'step', choiceSeed: 0 });
  runner.close();
  expect(runner.records).toMatchObject([{ effect: 'seen', effects: 1 }]);
  expect(fake.calls.at(-1)).toEqual({ action: 'resume', nodes: ['dn-1'] });
});

test('FaultRunner: a short cut that held messages has had its effect, one that held none has not', () =>
  withRunner(async (rig) => {
    const { sim } = rig;
    const short = await rig.run({ action: 'isolate', kind: 'stall', ...BOTH }, ['dn-1']);
    expect(rig.told.at(-1)).toMatchObject({ fault: short, effect: 'watching' });
    await sim.advance(400);
    const lift = await rig.run({ action: 'lift', of: short.id }, ['dn-1'], { source: 'undo' });
    expect(rig.record(short)).toMatchObject({ effect: 'seen', evidence: matching(/^\d+ connections held$/) });
    expect(rig.record(short)?.effects).toBeGreaterThan(0);
    expect(rig.record(lift)).toMatchObject({ effect: 'seen', evidence: 'lifted' });
    expect(rig.record(await rig.run({ action: 'lift', of: short.id }, ['dn-1'], { source: 'undo' }))).toMatchObject({
      effect: 'passed',
    });
    for (const source of ['step', 'nemesis'] as const) {
      // Nothing is sent between two datanodes while nobody writes.
      const idle = await rig.run({ action: 'partition', kind: 'stall', ...BOTH }, ['dn-1'], { targets: ['dn-2'], source });
      await rig.run({ action: 'lift', of: idle.id }, ['dn-1'], { source: 'undo' });
      expect(rig.record(idle)).toMatchObject({
        effect: source === 'step' ? 'none' : 'passed',
        effects: 0,
        evidence: '0 connections held',
      });
    }
    const long = await rig.run({ action: 'isolate', kind: 'stall', ...BOTH }, ['dn-2']);
    await rig.reaches('dn-2', 'stale', 'dead');
    await rig.run({ action: 'lift', of: long.id }, ['dn-2'], { source: 'undo' });
    expect(rig.record(long)?.evidence).toMatch(/^\d+ connections held; dn-2 went stale$/);
    await rig.until(rig.isServing, 'all serve');
  }));

test('FaultRunner: heal ends network faults when all of their nodes were healed, and nothing else', () =>
  withRunner(async (rig) => {
    const cut = await rig.run({ action: 'partition', kind: 'reset', ...BOTH }, ['dn-1', 'dn-2']);
    const slow = await rig.run({ action: 'slow', delayMs: 5 }, ['dn-1']);
    await rig.sim.advance(500);
    expect(rig.record(await rig.run({ action: 'heal' }, ['dn-1']))).toMatchObject({ evidence: 'another fault of links stands' });
    expect(rig.record(cut)).toBeUndefined();
    expect(rig.record(await rig.run({ action: 'heal' }, ['dn-2']))).toMatchObject({ effect: 'seen', evidence: 'links open' });
    expect(rig.record(cut)).toMatchObject({ effect: 'seen' });
    const delay = await rig.run({ action: 'delay', delayMs: 10, jitterMs: 0, ...BOTH }, ['dn-3']);
    await rig.sim.advance(1_000);
    expect(rig.record(await rig.run({ action: 'heal' }, []))).toMatchObject({ effect: 'seen', effects: 5 });
    expect(rig.record(delay)).toMatchObject({ effect: 'seen' });
    expect(rig.record(slow)).toBeUndefined();
    await rig.runner.healAll();
    await rig.until(rig.isServing, 'all serve');
  }));

test('FaultRunner: damage is counted, and what finds nothing is "none" for a step and "passed" for chance', () =>
  withRunner(async (rig) => {
    const fault = { action: 'bitflip', file: 'chunk' } as const;
    expect(rig.record(await rig.run(fault, ['dn-1']))).toMatchObject({
      effect: 'none',
      evidence: matching(/dn-1 holds no good replica/),
    });
    expect(rig.record(await rig.run(fault, ['dn-1'], { source: 'nemesis' }))).toMatchObject({ effect: 'passed' });
    const client = rig.client();
    await client.writeFile('/a', content(10));
    expect(rig.record(await rig.run(fault, ['dn-1']))).toMatchObject({
      effect: 'seen',
      effects: 1,
      evidence: matching(/^1 bits flipped: dn-1/),
    });
    expect(rig.record(await rig.run({ action: 'wipe' }, ['dn-2']))).toMatchObject({
      effect: 'none',
      evidence: matching(/fewer than 2 good/),
    });
    expect(rig.record(await rig.run({ action: 'wipe' }, ['dn-2'], { source: 'nemesis' }))).toMatchObject({ effect: 'passed' });
    expect(await rig.state('dn-2')).toBe('live');
    await client.close();
  }, 3));

test('FaultRunner: a node that its disk brought down is no surprise, and runs again once the fault is lifted', () =>
  withRunner(async (rig) => {
    const { cluster } = rig;
    const client = rig.client();
    await client.mkdir('/before');
    const fault = await rig.run({ action: 'eio', calls: 'sync', percent: 100 }, ['m-1']);
    await expect(client.mkdir('/during')).rejects.toThrow();
    expect(cluster.masters()[0]?.pid).toBeNull();
    expect(rig.record(await rig.run({ action: 'kill' }, ['m-1'], { source: 'nemesis' }))).toMatchObject({ effect: 'passed' });
    expect(rig.record(await rig.run({ action: 'restart' }, ['m-1'], { source: 'undo' }))).toMatchObject({ effect: 'passed' });
    expect(rig.record(await rig.run({ action: 'restart' }, ['m-1']))).toMatchObject({ effect: 'none' });
    const lift = await rig.run({ action: 'lift', of: fault.id }, ['m-1'], { source: 'undo' });
    expect(rig.record(fault)).toMatchObject({
      effect: 'seen',
      evidence: matching(/^\d+ disk calls failed; m-1 ended by itself \(code 1\)/),
    });
    expect(rig.record(lift)).toMatchObject({ effect: 'seen', evidence: 'lifted' });
    await client.mkdir('/after');
    expect(rig.runner.surprises).toEqual([]);
    await client.close();
  }));

test('FaultRunner: a fault is lifted in the middle of a restart that it makes slow', () =>
  withRunner(async (rig) => {
    const { sim } = rig;
    const fault = await rig.run({ action: 'slow', delayMs: 2_000 }, ['dn-1']);
    await rig.run({ action: 'kill' }, ['dn-1']);
    const restarting = rig.run({ action: 'restart' }, ['dn-1'], { source: 'undo' });
    const liftedMs = await rig.timed(() => rig.run({ action: 'lift', of: fault.id }, ['dn-1'], { source: 'undo' }));
    expect(liftedMs).toBe(0);
    const beganMs = sim.nowMs;
    expect(rig.record(await restarting)).toMatchObject({ effect: 'seen' });
    // The call that was under way keeps its delay.
    expect(sim.nowMs - beganMs).toBeLessThan(2_200);
    await rig.reaches('dn-1', 'live');
  }));

test('FaultRunner: a node that ends by itself without such a fault is a surprise', () =>
  withRunner(async (rig) => {
    const fault = await rig.run({ action: 'eio', calls: 'sync', percent: 100 }, ['dn-1']);
    await rig.run({ action: 'lift', of: fault.id }, ['dn-1'], { source: 'undo' });
    expect(rig.record(fault)).toMatchObject({ effect: 'none', evidence: '0 disk calls failed' });
    rig.sim.machine('dn-3').crash();
    expect(rig.runner.surprises).toEqual(['dn-3 ended by itself (SIGKILL)']);
  }));

test('FaultRunner.healAll ends every fault, counts each, and brings back what is down or paused', () =>
  withRunner(async (rig) => {
    const client = rig.client();
    const lasting = [
      await rig.run({ action: 'isolate', kind: 'stall', direction: 'to' }, ['dn-1']),
      await rig.run({ action: 'delay', delayMs: 20, jitterMs: 5, ...BOTH }, ['m-1']),
      await rig.run({ action: 'eio', calls: 'any', percent: 100 }, ['dn-2']),
      await rig.run({ action: 'fill', freeBytes: MIB }, ['dn-3']),
      await rig.run({ action: 'slow', delayMs: 3 }, DATANODES),
      await rig.run({ action: 'jump', offsetMs: -5_000 }, ['m-1']),
    ];
    await client.mkdir('/a');
    await rig.sim.advance(5_000);
    await rig.run({ action: 'kill' }, ['dn-3']);
    await rig.run({ action: 'pause' }, ['dn-4']);
    await rig.run({ action: 'kill' }, ['m-1']);
    await rig.run({ action: 'restart' }, ['dn-2'], { source: 'undo' });
    await rig.runner.healAll();
    expect(lasting.map((fault) => [fault.action, rig.record(fault)?.effect])).toEqual(
      lasting.map((fault) => [fault.action, 'seen']),
    );
    expect([...rig.cluster.masters(), ...rig.cluster.datanodes()].every((node) => node.pid !== null)).toBe(true);
    await rig.until(rig.isServing, 'all serve');
    await client.writeFile('/b', content(200 * KIB));
    expect(rig.runner.surprises).toEqual([]);
    await client.close();
  }));

test('FaultRunner: faults of one node follow one another, one on several nodes waits for all of them', () =>
  withRunner(async (rig) => {
    const order: string[] = [];
    const note = (text: string) => () => void order.push(text);
    const kill = rig.run({ action: 'kill' }, ['dn-1']).then(note('kill dn-1'));
    const pause = rig.run({ action: 'pause' }, ['dn-2']).then(note('pause dn-2'));
    const both = rig.run({ action: 'restart' }, ['dn-1', 'dn-2']).then(note('restart both'));
    const resume = rig.run({ action: 'stop' }, ['dn-2']).then(note('stop dn-2'));
    await Promise.all([kill, pause, both, resume]);
    expect(order).toEqual(['pause dn-2', 'kill dn-1', 'restart both', 'stop dn-2']);
    expect(rig.runner.records.map((record) => record.effect)).toEqual(['seen', 'seen', 'seen', 'seen']);
    await rig.runner.healAll();
  }));

test('FaultRunner: a fault without a node, or with fewer than were asked for, proves nothing', () =>
  withRunner(async (rig) => {
    const shortfall = 'line 3 asks for 2, and 1 fit then';
    expect(rig.record(await rig.run({ action: 'kill' }, [], { shortfall }))).toMatchObject({
      effect: 'none',
      evidence: shortfall,
    });
    expect(rig.record(await rig.run({ action: 'kill' }, [], { source: 'nemesis' }))).toMatchObject({ effect: 'passed' });
    expect(rig.record(await rig.run({ action: 'heal' }, [], { shortfall }))).toMatchObject({ effect: 'none' });
    expect(rig.record(await rig.run({ action: 'kill' }, ['dn-1'], { shortfall }))).toMatchObject({
      effect: 'none',
      effects: 1,
      evidence: shortfall,
    });
    await rig.runner.healAll();
  }));

test('FaultRunner: a master that ends after its log was damaged is explained, until it was started again', async () => {
  const cluster = new FakeCluster('', 3, {}, 3);
  const clock = { nowMs: () => 0, sleep: () => Promise.resolve() };
  const runner = new FaultRunner({ control: cluster, clock }, () => undefined);
  const common = { atMs: 0, source: 'step', choiceSeed: 17 } as const;
  await runner.execute({ ...common, action: 'remove', file: 'log', id: 1, nodes: ['m-2'] });
  cluster.crash('m-2', null, 1);
  expect(runner.surprises).toEqual([]);
  await runner.execute({ ...common, action: 'restart', id: 2, nodes: ['m-2'] });
  cluster.crash('m-2', null, 1);
  await runner.execute({ ...common, action: 'remove', file: 'chunk', id: 3, nodes: ['dn-1'] });
  cluster.crash('dn-1', null, 1);
  expect(runner.surprises).toEqual(['m-2 ended by itself (code 1)', 'dn-1 ended by itself (code 1)']);
  runner.close();
});

test('FaultRunner: a wipe that would take the last copy was refused, and says why', () =>
  withRunner(async (rig) => {
    const fault = await rig.run({ action: 'wipe' }, ['m-1']);
    const record = rig.record(fault);
    expect(record).toMatchObject({ effect: 'none', refused: true, evidence: matching(/only master/) });
    expect(await rig.state('m-1')).toBe('live');
    const killed = await rig.run({ action: 'kill' }, ['dn-1']);
    expect(rig.record(killed)?.refused).toBeUndefined();
  }));
