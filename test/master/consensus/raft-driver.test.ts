import { expect, test } from 'vitest';
import { DfsError } from '../../../src/shared/errors.js';
import { bytes, DriverGroup, TICK_MS } from './driver-group.js';

const THREE = ['m-1', 'm-2', 'm-3'];
/** How a promise ends: its value, or the code of its error. */
const outcomeOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => (error as DfsError).code);

test('start: a group of one leads at once, and answers from what it applied', async () => {
  const group = new DriverGroup(['m-1']);
  await group.sim.run(async () => {
    const { driver, log } = await group.untilLed();
    expect(group.sim.nowMs).toBeLessThan(5);
    expect(log).toEqual(['led 2']);
    expect(await Promise.all([driver.propose(bytes('a')), driver.propose(bytes('b'))])).toEqual(['a is item 1', 'b is item 2']);
    await driver.readBarrier();
  });
});

test('start: in a new group the first member asks for votes long before anybody would miss a leader', async () => {
  const group = new DriverGroup(THREE);
  await group.sim.run(async () => {
    const { id, log } = await group.untilLed();
    expect(id).toBe('m-1');
    expect(log).toEqual(['led 2']);
    expect(group.sim.nowMs).toBeLessThan((10 * TICK_MS) / 2);
  });
});

test('propose, readBarrier: only the leader takes them, and says what the whole group will have', async () => {
  const group = new DriverGroup(THREE);
  await group.sim.run(async () => {
    const leader = await group.untilLed();
    const follower = group.of(THREE.find((id) => id !== leader.id)!);
    expect(await leader.driver.propose(bytes('a'))).toBe('a is item 1');
    await leader.driver.readBarrier();
    expect(await outcomeOf(follower.driver.propose(bytes('b')))).toBe('NOT_LEADER');
    expect(await outcomeOf(follower.driver.readBarrier())).toBe('NOT_LEADER');
    await group.sim.advance(200);
    for (const { state } of group.members.values()) expect(state.items).toEqual(['a']);
  });
});

test('propose: a leader that is cut off acknowledges nothing, steps down at once, and what waits learns that it may have happened', async () => {
  const group = new DriverGroup(THREE);
  await group.sim.run(async () => {
    const old = await group.untilLed();
    group.isolate(old.id);
    const cutAtMs = group.sim.nowMs;
    const lost = outcomeOf(old.driver.propose(bytes('lost')));
    const read = outcomeOf(old.driver.readBarrier());
    expect(await lost).toBe('UNAVAILABLE');
    expect(await read).toBe('NOT_LEADER');
    // Two looks for a majority.
    expect(group.sim.nowMs - cutAtMs).toBeLessThan(2 * 10 * TICK_MS + TICK_MS);
    expect(old.log.at(-1)).toBe('deposed');
    expect(await outcomeOf(old.driver.propose(bytes('later')))).toBe('NOT_LEADER');

    const next = await group.untilLed(old.id);
    expect(await next.driver.propose(bytes('kept'))).toBe('kept is item 1');
    group.cuts.clear();
    await group.sim.advance(1_000);
    for (const { state } of group.members.values()) expect(state.items).toEqual(['kept']);
  });
});

test('step: a leader that slept longer than an election answers no read with what it knew before', async () => {
  const group = new DriverGroup(THREE);
  await group.sim.run(async () => {
    const old = await group.untilLed();
    group.sim.machine(old.id).pause();
    // Its driver is called from outside only after it has woken.
    group.isolate(old.id);
    const next = await group.untilLed(old.id);
    await next.driver.propose(bytes('newer'));
    group.sim.machine(old.id).resume();
    expect(await outcomeOf(old.driver.readBarrier())).toBe('NOT_LEADER');
  });
});

test('write: whoever waits for a slow disk keeps its followers', async () => {
  const group = new DriverGroup(THREE);
  await group.sim.run(async () => {
    const leader = await group.untilLed();
    for (const { storage } of group.members.values()) storage.delayMs = 40 * TICK_MS;
    expect(await leader.driver.propose(bytes('slow'))).toBe('slow is item 1');
    expect(group.leader).toBe(leader);
    expect(leader.log).toEqual([`led ${leader.driver.status.term}`]);
  });
});

test('propose: too much that waits, for a commit or for the own disk, is refused before it has a place', async () => {
  const group = new DriverGroup(['m-1']);
  await group.sim.run(async () => {
    const { driver, storage } = await group.untilLed();
    storage.queuedBytes = 65 * 1_048_576;
    expect(await outcomeOf(driver.propose(bytes('a')))).toBe('RESOURCE_EXHAUSTED');
    storage.queuedBytes = 0;
    storage.delayMs = 100;
    const all = Array.from({ length: 5_000 }, (_, at) => outcomeOf(driver.propose(bytes(`item ${at}`))));
    const refused = (await Promise.all(all)).filter((outcome) => outcome === 'RESOURCE_EXHAUSTED');
    expect(refused).toHaveLength(5_000 - 4_096);
    expect(await driver.propose(bytes('later'))).toBe('later is item 4097');
  });
});

test('write: a disk that fails ends the master; nothing is acknowledged afterwards, and others take over', async () => {
  const group = new DriverGroup(THREE);
  await group.sim.run(async () => {
    const old = await group.untilLed();
    for (const member of group.members.values()) if (member !== old) member.storage.delayMs = 100;
    old.storage.failure = new DfsError('IO_ERROR', 'the disk is gone');
    expect(await outcomeOf(old.driver.propose(bytes('lost')))).toBe('UNAVAILABLE');
    expect(old.failure?.message).toBe('the disk is gone');
    expect(old.log.at(-1)).toBe('deposed');
    expect(await outcomeOf(old.driver.propose(bytes('later')))).toBe('UNAVAILABLE');
    group.isolate(old.id);
    await group.untilLed(old.id);
  });
});

test('apply: a state that cannot apply an entry ends the master', async () => {
  const group = new DriverGroup(['m-1']);
  await group.sim.run(async () => {
    const member = await group.untilLed();
    expect(await outcomeOf(member.driver.propose(bytes('bug')))).toBe('UNAVAILABLE');
    expect(member.failure?.code).toBe('INTERNAL');
    expect(member.failure?.message).toContain('a bug in the state');
  });
});

test('transferTo: the target leads within a few round trips, and takes proposals', async () => {
  const group = new DriverGroup(THREE);
  await group.sim.run(async () => {
    const old = await group.untilLed();
    const target = group.of(THREE.find((id) => id !== old.id)!);
    const beganMs = group.sim.nowMs;
    const transfer = old.driver.transferTo(target.id, 1_000);
    expect(await outcomeOf(old.driver.propose(bytes('meanwhile')))).toBe('NOT_LEADER');
    await transfer;
    await group.untilLed(old.id);
    expect(group.leader).toBe(target);
    expect(group.sim.nowMs - beganMs).toBeLessThan(4 * TICK_MS);
    expect(await target.driver.propose(bytes('a'))).toBe('a is item 1');
  });
});

test('transferTo: a target that does not answer is given up, and this master leads on', async () => {
  const group = new DriverGroup(THREE);
  await group.sim.run(async () => {
    const leader = await group.untilLed();
    const target = THREE.find((id) => id !== leader.id)!;
    group.isolate(target);
    await leader.driver.propose(bytes('more than the target has'));
    expect(await outcomeOf(leader.driver.transferTo(target, 500))).toBe('DEADLINE_EXCEEDED');
    expect(await leader.driver.propose(bytes('b'))).toBe('b is item 2');
  });
});

test('change: a learner is added, caught up by a snapshot, and gets its vote by itself', async () => {
  const group = new DriverGroup(['m-1']);
  await group.sim.run(async () => {
    const leader = await group.untilLed();
    for (let item = 0; item < 5; item += 1) await leader.driver.propose(bytes(`item ${item}`));
    leader.storage.wantsCheckpoint = true;
    await leader.driver.propose(bytes('last'));
    await group.sim.advance(50);
    expect(leader.storage.checkpointItems).not.toBeNull();

    const added = group.add('m-2', []);
    await leader.driver.change({ kind: 'add-learner', id: 'm-2', incarnation: 1 });
    await group.sim.runUntil(() => leader.driver.status.members.every(({ isVoter }) => isVoter), { limitMs: 5_000 });
    await group.sim.advance(200);
    expect(added.log).toEqual([`restored ${leader.storage.checkpointItems!.snapshot.index}`]);
    expect(added.state.items).toEqual(leader.state.items);

    await leader.driver.change({ kind: 'remove', id: 'm-2' });
    expect(leader.driver.status.members.map(({ id }) => id)).toEqual(['m-1']);
  });
});

test('stop: everything that waits is told, and nothing happens any more', async () => {
  const group = new DriverGroup(THREE);
  await group.sim.run(async () => {
    const leader = await group.untilLed();
    const waiting = outcomeOf(leader.driver.propose(bytes('a')));
    leader.driver.stop();
    expect(await waiting).toBe('UNAVAILABLE');
    expect(await outcomeOf(leader.driver.readBarrier())).toBe('UNAVAILABLE');
    expect(leader.failure).toBeNull();
    await group.untilLed(leader.id);
  });
});
