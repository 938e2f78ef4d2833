import { expect, test } from 'vitest';
import { nodeClock } from '../../../src/runtime/node/node-clock.js';
import { MIB } from '../../../src/shared/limits.js';
import { LiveFaults } from '../../../src/lab/live/live-faults.js';
import type { LiveFaultsOptions } from '../../../src/lab/live/live-faults.js';
import type { FaultAnswer } from '../../../src/supervisor/api/lab-faults.js';
import { NothingToDamage } from '../../../src/supervisor/api/fault.js';
import type { ScenarioCluster } from '../../../src/lab/scenario/model/scenario.js';
import type { ClusterEvent } from '../../../src/supervisor/api/cluster-events.js';
import type { SimWorld } from '../simulation/fault-world.js';
import { withCluster } from '../simulation/fault-world.js';
import { FakeCluster } from '../scenario/fake-world.js';
import type { Sabotage } from '../scenario/fake-world.js';

const SHAPE: ScenarioCluster = { masters: 1, datanodes: 4, racks: 1, replication: 3, chunkSizeBytes: 4 * MIB, profile: 'fast' };

interface LiveWorld extends SimWorld {
  readonly faults: LiveFaults;
  readonly told: ClusterEvent[];
}

/** On a simulated cluster of one master and four datanodes. */
const withFaults = (body: (world: LiveWorld) => Promise<void>): Promise<void> =>
  withCluster({}, async (world) => {
    const told: ClusterEvent[] = [];
    const { cluster } = world;
    const emit = (event: ClusterEvent): void => void told.push(event);
    const faults = new LiveFaults({ control: cluster, cluster: () => SHAPE, clock: cluster.clock, emit });
    await body(Object.assign(world, { faults, told }));
    await faults.close();
  });

/** On a cluster that only pretends, with three masters. */
async function withFake(
  sabotage: Sabotage,
  body: (faults: LiveFaults, fake: FakeCluster) => Promise<void>,
  clock: LiveFaultsOptions['clock'] = nodeClock,
): Promise<void> {
  const fake = new FakeCluster('/nowhere', 4, sabotage, 3);
  const emit = (): void => undefined;
  const faults = new LiveFaults({ control: fake, cluster: () => ({ ...SHAPE, masters: 3 }), clock, emit });
  try {
    await body(faults, fake);
  } finally {
    await faults.close();
    expect(fake.listenerCount).toBe(0);
    await fake.close();
  }
}

test('LiveFaults: a partition is in force with its counter until it is lifted, and felt only until then', () =>
  withFaults(async (world) => {
    const { faults, told } = world;
    const answer = await faults.order('partition dn-1 dn-2');
    expect(answer).toMatchObject({ id: 1, text: 'partition dn-1 dn-2', nodes: ['dn-1', 'dn-2'], effect: 'watching' });
    await world.reaches('dn-1', 'stale', 'dead');
    const [fault, ...others] = await faults.list();
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ id: 1, text: 'partition dn-1 dn-2', action: 'partition', nodes: ['dn-1', 'dn-2'] });
    expect(fault?.effects).toBeGreaterThan(0);
    expect(fault).not.toHaveProperty('untilMs');
    const ended = await faults.lift(1);
    expect(ended).toMatchObject({ id: 1, effect: 'seen' });
    expect(ended.effects).toBeGreaterThanOrEqual(fault?.effects ?? Infinity);
    expect(await faults.list()).toEqual([]);
    await world.reaches('dn-1', 'live');
    expect(told.map(({ event }) => event)).toEqual(['fault-begin', 'fault-end']);
    expect(told[1]).toMatchObject({ id: 1, text: 'partition dn-1 dn-2', effects: ended.effects });
    await expect(faults.lift(1)).rejects.toThrow('No fault #1 is active: there is none');
  }));

test('LiveFaults: what has a duration ends by itself, a kill by a restart', () =>
  withFaults(async (world) => {
    const { faults, told, sim } = world;
    const slow = await faults.order('slow dn-3 delay=5ms duration=2s');
    expect(slow.untilMs).toBeGreaterThan(0);
    const [listed] = await faults.list();
    expect(listed).toMatchObject({ text: 'slow dn-3 delay=5ms duration=2s', untilMs: slow.untilMs });
    expect(listed?.leftMs).toBeLessThanOrEqual(2_000);
    const kill = await faults.order('kill dn-1 duration=3s');
    expect(kill).toMatchObject({ effect: 'seen', effects: 1, evidence: 'process gone by SIGKILL' });
    expect(await world.state('dn-1')).toBe('stopped');
    expect(await faults.list()).toHaveLength(2);
    await world.until(async () => (await faults.list()).length === 0, 'both are over');
    await world.reaches('dn-1', 'live');
    expect(told.filter(({ event }) => event === 'fault-end').map((event) => 'id' in event && event.id)).toEqual([1, 2]);
    expect(told.at(-1)).toMatchObject({ event: 'fault-end', evidence: 'undone: new process' });
    // A pause that was ended before its time is not ended again.
    await faults.order('pause dn-2 duration=1s');
    const [paused] = await faults.list();
    await faults.lift(paused?.id ?? 0);
    const count = told.length;
    await sim.advance(3_000);
    expect(told).toHaveLength(count);
    expect(await world.state('dn-2')).toBe('live');
  }));

test('LiveFaults: heal ends all, or what concerns only the given nodes', () =>
  withFaults(async (world) => {
    const { faults } = world;
    await faults.order('eio dn-1 calls=read');
    await faults.order('delay dn-1 dn-2 delay=20ms jitter=5ms');
    await faults.order('skew dn-1 dn-3 by=1h');
    await faults.order('isolate dn-4 kind=reset');
    const some = await faults.heal(['dn-1']);
    expect(some.effect).toBe('seen');
    expect(some.evidence).toContain('ended: #1');
    expect(some.evidence).toContain('also on other nodes, and still active: #2, #3');
    expect((await faults.list()).map(({ id }) => id)).toEqual([2, 3, 4]);
    // The delay was on both, and both are healed by now.
    await faults.order('heal dn-2');
    expect((await faults.list()).map(({ id }) => id)).toEqual([3, 4]);
    expect(await faults.order('heal')).toMatchObject({ text: 'heal', effect: 'seen' });
    expect(await faults.list()).toEqual([]);
    await world.until(async () => (await world.cluster.status()).nodes.every((node) => !node.partitioned), 'no link is cut');
    await expect(faults.heal(['dn-9'])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  }));

test('LiveFaults: selectors and modes choose on the cluster as it is', () =>
  withFaults(async (world) => {
    const { faults } = world;
    const client = world.client();
    await client.writeFile('/held', new Uint8Array(1_000).fill(7));
    const holders = await world.cluster.holders('/held');
    expect((await faults.order('bitflip holds=/held mode=one')).nodes).toHaveLength(1);
    const struck = await faults.order('pause holds=/held');
    expect([...struck.nodes].sort()).toEqual([...holders].sort());
    expect((await faults.order('resume state=paused')).nodes).toHaveLength(holders.length);
    expect(await faults.order('resume role=datanode')).toMatchObject({
      effect: 'none',
      evidence: 'no datanode is paused',
    });
    for (const [command, evidence] of [
      ['kill holds=/nope', 'no datanode holds /nope'],
      ['resume state=paused', 'no node is paused'],
      ['resume is=leader', 'no master that leads is paused'],
      ['kill state=stopped', 'no node is stopped'],
    ] as const) {
      expect(await faults.order(command)).toMatchObject({ effect: 'none', evidence });
    }
    const killed = await faults.order('kill role=datanode mode=fixed value=2');
    expect(killed).toMatchObject({ effect: 'seen', effects: 2 });
    // Those that are down are not chosen again.
    const rest = await faults.order('kill role=datanode mode=all');
    expect(rest.nodes).toEqual(['dn-1', 'dn-2', 'dn-3', 'dn-4'].filter((name) => !killed.nodes.includes(name)));
    expect(await faults.order(`kill ${killed.nodes[0]}`)).toMatchObject({
      effect: 'none',
      evidence: expect.stringContaining('had no process') as unknown,
    });
    await client.close();
  }));

test('LiveFaults: a pause or resume of nodes that are so already has no effect; the end of a pause is harmless then', () =>
  withFaults(async (world) => {
    const { faults, told } = world;
    expect(await faults.order('resume dn-2')).toMatchObject({ effect: 'none', evidence: 'dn-2 runs already' });
    expect(await faults.order('pause dn-3 duration=2s')).toMatchObject({ effect: 'seen', effects: 1 });
    expect(await faults.order('pause dn-3 duration=1h')).toMatchObject({ effect: 'none', evidence: 'dn-3 is paused already' });
    expect(await faults.list()).toHaveLength(1);
    expect(await faults.order('resume dn-3')).toMatchObject({ effect: 'seen', effects: 1 });
    await world.until(async () => (await faults.list()).length === 0, 'its time is over');
    expect(told.at(-1)).toMatchObject({ event: 'fault-end', evidence: 'undone: dn-3 runs already' });
    expect(await world.state('dn-3')).toBe('live');
    await faults.order('pause role=datanode');
    expect(await faults.order('pause role=datanode')).toMatchObject({
      effect: 'none',
      evidence: 'no datanode can be paused: each is down, or paused already',
    });
  }));

test('LiveFaults: followers are paused, and the leader is not', () =>
  withFake({}, async (faults, fake) => {
    fake.leader = 'm-2';
    expect(await faults.order('pause is=follower')).toMatchObject({ nodes: ['m-1', 'm-3'], effect: 'seen', effects: 2 });
    expect(await faults.order('resume m-1 m-3')).toMatchObject({ effect: 'seen' });
    expect((await faults.order('isolate is=leader target-is=follower')).targets).toEqual(['m-1', 'm-3']);
  }));

test('LiveFaults: a fault without effect says so, when it is ordered or when it ends', () =>
  withFake({ ignore: 'kill' }, async (faults, fake) => {
    expect(await faults.order('kill dn-1')).toMatchObject({
      effect: 'none',
      evidence: expect.stringContaining('not seen on dn-1') as unknown,
    });
    const { id } = await faults.order('partition dn-1');
    // Before the node went stale.
    expect(await faults.lift(id)).toMatchObject({ id, effect: 'none', effects: 0 });
    fake.sabotage.spare = 'wipe';
    expect(await faults.order('wipe dn-1')).toMatchObject({ effect: 'none', evidence: 'nothing for wipe to strike' });
  }));

test('LiveFaults: wrong commands are refused with their column, and nothing is done', () =>
  withFake({}, async (faults, fake) => {
    await expect(faults.order('kil dn-1')).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/column 1: .*did you mean "kill"/) as unknown,
    });
    expect(await faults.check('kill dn-9')).toMatchObject({ column: 6, message: expect.stringContaining('dn-9') as unknown });
    expect(await faults.check('delay dn-1 delay=50')).toMatchObject({ column: 18 });
    expect(await faults.check('delay dn-1')).not.toBeNull();
    expect(await faults.check('bitflip dn-1 duration=5s')).not.toBeNull();
    expect(await faults.check('')).not.toBeNull();
    expect(await faults.check(`kill ${'x'.repeat(10_000)}`)).not.toBeNull();
    expect(await faults.check('delay dn-1 delay=50ms jitter=10ms direction=to target=m-1,m-2 duration=10s')).toBeNull();
    await expect(faults.orderStep({ at: '5s', node: { action: 'kill', selector: { name: 'dn-1' } } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(faults.orderStep({ when: 'missing > 0', node: { action: 'kill', selector: { name: 'dn-1' } } })).rejects.toThrow(
      'omit "at" and "when"',
    );
    await expect(faults.orderStep({ node: { action: 'kill', selector: { name: 'dn-9' } } })).rejects.toThrow(
      'unknown node "dn-9"',
    );
    await expect(faults.orderStep({ node: { action: 'add', value: 47 } })).rejects.toThrow(
      'the cluster would then have 51 datanodes: 50 at most',
    );
    expect(await faults.check('add value=47')).toMatchObject({ column: 11 });
    expect(await faults.check('add value=46')).toBeNull();
    expect(fake.calls).toEqual([]);
    expect(await faults.orderStep({ node: { action: 'kill', selector: { name: 'dn-1' } }, duration: '1h' })).toMatchObject({
      text: 'kill dn-1 duration=3600s',
      effect: 'seen',
    });
  }));

test('LiveFaults: no more than 64 are in force, and none outlives the lab', async () => {
  await withFake({}, async (faults, fake) => {
    for (let count = 0; count < 64; count++) await faults.order('enospc dn-1 duration=1h');
    for (const word of ['enospc dn-1', 'kill dn-1 duration=1h']) {
      await expect(faults.order(word)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    }
    // What ends faults, and what is over at once, is not counted among them.
    expect(await faults.order('restart dn-4')).toMatchObject({ effect: 'seen' });
    expect(await faults.order('heal')).toMatchObject({ evidence: expect.stringContaining('ended') as unknown });
    expect(await faults.list()).toEqual([]);
    for (let count = 0; count < 64; count++) await faults.order('enospc dn-1 duration=1h');
    await expect(faults.order('enospc dn-1')).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    await faults.lift((await faults.list())[0]?.id ?? 0);
    await faults.order('enospc dn-2');
    fake.calls.length = 0;
    await faults.close();
    expect(fake.calls.filter(({ action }) => action === 'lift')).toHaveLength(64);
    expect(await faults.list()).toEqual([]);
    await expect(faults.order('kill dn-1')).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

test('LiveFaults: a node that does not answer keeps nobody from the list', () =>
  withFake({}, async (faults, fake) => {
    const inject = fake.inject.bind(fake);
    let isSilent = false;
    fake.inject = async (fault, ids) => {
      const injection = await inject(fault, ids);
      return { ...injection, effects: () => (isSilent ? new Promise(() => undefined) : injection.effects()) };
    };
    await faults.order('slow dn-1 delay=5ms');
    expect(await faults.list()).toMatchObject([{ effects: 1 }]);
    isSilent = true;
    expect(await faults.list()).toMatchObject([{ effects: 1 }]);
  }));

test('LiveFaults: what is ordered at once is chosen and carried out in turn', () =>
  withFake({}, async (faults, fake) => {
    const kill = fake.kill.bind(fake);
    // Another master leads once the leader is gone.
    fake.kill = async (...ids) => {
      await kill(...ids);
      fake.leader = `m-${Number(fake.leader?.slice(2)) + 1}`;
    };
    const [first, second, third] = await Promise.all([
      faults.order('kill is=leader'),
      faults.orderStep({ node: { action: 'kill', selector: { is: 'leader' } } }),
      faults.order('restart m-1 m-2'),
    ]);
    expect([first, second].map(({ nodes }) => nodes)).toEqual([['m-1'], ['m-2']]);
    expect([first, second, third].map(({ id, effect }) => [id, effect])).toEqual([
      [1, 'seen'],
      [2, 'seen'],
      [3, 'seen'],
    ]);
    expect(third).toMatchObject({ effects: 2, evidence: 'new process' });
  }));

/** A hundred times as fast as it is. */
const FAST_CLOCK: LiveFaultsOptions['clock'] = {
  nowMs: () => nodeClock.nowMs() * 100,
  wallMs: () => nodeClock.wallMs(),
  sleep: (ms, signal) => nodeClock.sleep(ms / 100, signal),
};

/** Injections into dn-1 do not return until they are let go. */
function hangOnFirst(fake: FakeCluster): { readonly letGo: () => void; readonly began: Promise<void> } {
  const inject = fake.inject.bind(fake);
  let begin: () => void = () => undefined;
  const began = new Promise<void>((resolve) => (begin = resolve));
  let letGo: () => void = () => undefined;
  const hung = new Promise<void>((resolve) => (letGo = resolve));
  fake.inject = async (fault, ids) => {
    if (ids.includes('dn-1')) {
      begin();
      await hung;
    }
    return inject(fault, ids);
  };
  return { letGo: () => letGo(), began };
}

test('LiveFaults: a fault that hangs keeps neither heal nor lift of other nodes waiting, and the next one not for ever', () =>
  withFake(
    {},
    async (faults, fake) => {
      const { letGo } = hangOnFirst(fake);
      const { id } = await faults.order('enospc dn-2');
      const done: string[] = [];
      const hung = faults.order('slow dn-1 delay=5ms').finally(() => done.push('slow'));
      const next = faults.order('enospc dn-3').finally(() => done.push('enospc'));
      await faults.lift(id);
      // Behind the one that is not chosen yet, but not behind the one that hangs.
      await faults.heal(['dn-4']);
      expect(done).toEqual([]);
      expect(await next).toMatchObject({ effect: 'watching', nodes: ['dn-3'] });
      expect(done).toEqual(['enospc']);
      letGo();
      expect(await hung).toMatchObject({ effect: 'watching' });
      expect((await faults.list()).map(({ nodes }) => nodes)).toEqual([['dn-3'], ['dn-1']]);
    },
    FAST_CLOCK,
  ));

test('LiveFaults.lift: an end that hangs is not waited for without a bound, and goes on', () =>
  withFake(
    {},
    async (faults, fake) => {
      let letGo: () => void = () => undefined;
      const hung = new Promise<void>((resolve) => (letGo = resolve));
      const inject = fake.inject.bind(fake);
      fake.inject = async (fault, ids) => {
        const injected = await inject(fault, ids);
        return { counts: injected.counts, effects: () => injected.effects(), lift: () => hung };
      };
      const { id } = await faults.order('enospc dn-2');
      await expect(faults.lift(id)).rejects.toMatchObject({
        code: 'DEADLINE_EXCEEDED',
        message: expect.stringContaining(`(#${id}) has not ended after 30 s`) as string,
      });
      letGo();
      await expect.poll(() => faults.list()).toEqual([]);
    },
    FAST_CLOCK,
  ));

test('LiveFaults: what hangs while all is healed is not in force when it comes to itself', () =>
  withFake(
    {},
    async (faults, fake) => {
      const { letGo } = hangOnFirst(fake);
      const hung = faults.order('partition dn-1');
      expect(await faults.heal()).toMatchObject({ effect: 'seen' });
      letGo();
      await hung;
      await expect.poll(() => faults.list()).toEqual([]);
      expect(fake.calls.at(-1)).toMatchObject({ action: 'lift', nodes: ['dn-1'] });
    },
    FAST_CLOCK,
  ));

test('LiveFaults: a heal ends what was ordered before it, and nothing that was ordered after it', () =>
  withFake({}, async (faults) => {
    await Promise.all([
      faults.order('partition dn-1'),
      faults.order('heal role=datanode'),
      faults.order('isolate dn-2'),
      faults.order('slow dn-3 delay=5ms'),
      faults.healLinks(['dn-3']),
    ]);
    expect((await faults.list()).map(({ text }) => text)).toEqual(['isolate dn-2', 'slow dn-3 delay=5ms']);
    await faults.healLinks();
    expect((await faults.list()).map(({ text }) => text)).toEqual(['slow dn-3 delay=5ms']);
  }));

test('LiveFaults: one that waits for its turn is refused when the lab ends', () =>
  withFake({}, async (faults, fake) => {
    const { letGo, began } = hangOnFirst(fake);
    const hung = faults.order('slow dn-1 delay=5ms');
    const waiting = expect(faults.order('kill dn-2')).rejects.toMatchObject({ code: 'CANCELLED' });
    await began;
    await faults.close();
    await waiting;
    letGo();
    await hung;
    expect(fake.calls.filter(({ action }) => action === 'kill')).toEqual([]);
  }));

test('LiveFaults.perform: rejects with what the cluster says, and resolves where nothing is left to do', () =>
  withFake({ refuseRestarts: 1 }, async (faults, fake) => {
    expect(await faults.perform({ action: 'kill' }, ['dn-1'])).toMatchObject({
      effect: 'seen',
      evidence: 'process gone by SIGKILL',
    });
    expect(await faults.perform({ action: 'kill' }, ['dn-1'])).toMatchObject({ effect: 'none', evidence: 'dn-1 had no process' });
    await expect(faults.perform({ action: 'restart' }, ['dn-1'])).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'Node dn-1 ended before it served',
    });
    await expect(faults.perform({ action: 'pause' }, ['dn-2', 'dn-1'])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'Cannot pause dn-1: it does not run, restart it first',
    });
    await expect(faults.perform({ action: 'stop' }, ['dn-9'])).rejects.toThrow(
      'Cannot stop unknown node "dn-9": nodes are m-1, m-2, m-3, dn-1, dn-2, dn-3, dn-4',
    );
    await expect(faults.perform({ action: 'stop' }, [])).rejects.toThrow('name a node');
    fake.sabotage.ignore = 'stop';
    await expect(faults.perform({ action: 'stop' }, ['dn-3'])).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('not seen on dn-3') as unknown,
    });
    fake.sabotage.spare = 'wipe';
    await expect(faults.perform({ action: 'wipe' }, ['dn-3'])).rejects.toBeInstanceOf(NothingToDamage);
    fake.sabotage.lateAdd = 'Not live: dn-5';
    await expect(faults.perform({ action: 'add' }, ['dn-5'])).rejects.toThrow('Not live: dn-5');
  }));

test('LiveFaults: a fault that a heal ends while it begins is reported as active, and not as without effect', () =>
  withFake({}, async (faults) => {
    const answers: Promise<FaultAnswer>[] = [];
    for (let round = 0; round < 20; round++) {
      answers.push(faults.order(`slow dn-${(round % 4) + 1} delay=1ms`));
      void faults.heal();
    }
    expect((await Promise.all(answers)).filter(({ effect }) => effect === 'none')).toEqual([]);
  }));

test('LiveFaults: a command whose sender has gone before its turn is withdrawn', () =>
  withFake({}, async (faults, fake) => {
    const sender = new AbortController();
    const first = faults.order('pause dn-1');
    const second = faults.order('kill dn-2', sender.signal);
    sender.abort();
    await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await first).toMatchObject({ effect: 'seen' });
    expect(fake.datanodes().find(({ id }) => id === 'dn-2')?.life).not.toBeNull();
  }));

test('LiveFaults.inTurn refuses more than it can keep waiting', () =>
  withFake({}, async (faults) => {
    let release: () => void = () => undefined;
    const hung = new Promise<void>((resolve) => (release = resolve));
    const waiting = Array.from({ length: 64 }, () => faults.inTurn(() => hung));
    await expect(faults.inTurn(() => hung)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    release();
    await Promise.all(waiting);
    await faults.inTurn(() => hung);
  }));
