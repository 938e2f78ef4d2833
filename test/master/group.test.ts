/** Several masters as one group: found, lose their leader, are joined by others, and are told apart from foreign ones. */
import { expect, test } from 'vitest';
import { MasterService, NamespaceService, RaftService } from '../../src/protocol/services.js';
import { addressOf, GroupRig } from './group-rig.js';

const refused = (code: string, text: string) => ({ code, message: expect.stringContaining(text) as string });

/** The disk is empty, for good. */
function wipe(rig: GroupRig, id: string): void {
  const { image } = rig.sim.machine(id).disk;
  for (const path of image.filePaths()) image.remove(path);
  image.syncAll();
}

test('init: three masters with one list and key are one cluster; the leader answers, the others name it', async () => {
  const rig = new GroupRig(1);
  await rig.sim.run(async () => {
    await rig.found();
    await rig.openSession();
    await rig.mkdir('/a');
    const leader = await rig.untilLed();
    expect(await rig.list()).toEqual(['a']);
    for (const id of rig.ids.filter((other) => other !== leader)) {
      await expect(rig.callAt(id, NamespaceService.ListDirectory, { path: '/' })).rejects.toMatchObject({
        ...refused('NOT_LEADER', leader),
        leaderHint: addressOf(leader),
      });
    }
    await rig.untilAgreed();
    expect(await rig.statusOf(leader)).toMatchObject({
      leaderId: leader,
      members: rig.ids.map((id) => ({ masterId: id, address: addressOf(id), incarnation: 1, isVoter: true })),
    });
  });
});

test('a leader that is killed costs no acknowledged change, and a request that is sent again is carried out once', async () => {
  for (const power of [false, true]) {
    const rig = new GroupRig(2);
    await rig.sim.run(async () => {
      await rig.found();
      await rig.openSession();
      for (let turn = 0; turn < 6; turn += 1) {
        const leader = await rig.untilLed();
        const header = rig.header();
        await rig.mkdir(`/d${turn}`, header);
        rig.crash(leader, power);
        // The same request at the next leader: the answer of the first time, not "it exists".
        await rig.mkdir(`/d${turn}`, header);
        await rig.mkdir(`/e${turn}`);
        await rig.start(leader);
      }
      expect(await rig.list()).toEqual(['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'e0', 'e1', 'e2', 'e3', 'e4', 'e5']);
      await rig.untilAgreed();
    });
  }
});

test('a power cut of all masters at once loses nothing that was acknowledged', async () => {
  const rig = new GroupRig(3);
  await rig.sim.run(async () => {
    await rig.found();
    await rig.openSession();
    for (let turn = 0; turn < 5; turn += 1) {
      await rig.mkdir(`/d${turn}`);
      for (const id of rig.ids) rig.crash(id, true);
      await Promise.all(rig.ids.map((id) => rig.start(id)));
    }
    expect(await rig.list()).toEqual(['d0', 'd1', 'd2', 'd3', 'd4']);
  });
});

test('stop: a leader hands over, and nobody waits for an election', async () => {
  const rig = new GroupRig(4);
  await rig.sim.run(async () => {
    await rig.found();
    await rig.openSession();
    await rig.mkdir('/a');
    const leader = await rig.untilLed();
    const beganMs = rig.sim.nowMs;
    await rig.nodes.get(leader)!.stop();
    rig.nodes.delete(leader);
    await rig.mkdir('/b');
    expect(rig.sim.nowMs - beganMs).toBeLessThan(150);
  });
});

test('init: masters with another key or list are foreign to each other, and say so; nothing is made before all are heard', async () => {
  const rig = new GroupRig(5);
  await rig.sim.run(async () => {
    const bootstrapMasters = rig.ids.map((id) => ({ id, address: addressOf(id) }));
    await rig.start('m-1', { init: true, bootstrapMasters, clusterKey: 'key' });
    await rig.start('m-2', { init: true, bootstrapMasters, clusterKey: 'another key' });
    await rig.start('m-3', { init: true, bootstrapMasters, clusterKey: 'key' });
    await rig.sim.advance(6_000);
    expect(await rig.leader()).toBeNull();
    expect(
      rig.log.filter((line) => line.includes('were they started with the same --members and --cluster-key?')).length,
    ).toBeGreaterThan(0);
    expect(await rig.statusOf('m-1')).toMatchObject({ role: 'WAITING' });
    await expect(rig.callAt('m-1', NamespaceService.ListDirectory, { path: '/' })).rejects.toMatchObject(
      refused('NOT_LEADER', 'heard the other bootstrap masters'),
    );
    await rig.nodes.get('m-2')!.stop();
    await rig.start('m-2', { init: true, bootstrapMasters, clusterKey: 'key' });
    await rig.untilLed();
  });
});

test('init: a founder that lost its disk does not found again: it would vote twice', async () => {
  const rig = new GroupRig(10);
  await rig.sim.run(async () => {
    await rig.found();
    await rig.openSession();
    await rig.mkdir('/a');
    const leader = await rig.untilLed();
    const bootstrapMasters = rig.ids.map((id) => ({ id, address: addressOf(id) }));
    const lost = rig.ids.find((id) => id !== leader)!;
    rig.crash(lost, true);
    wipe(rig, lost);
    const again = await rig.start(lost, { init: true, bootstrapMasters, clusterKey: 'key' });
    expect(await again.failed).toMatchObject(refused('ALREADY_EXISTS', `admin remove-master ${lost}`));
    await again.stop();
    // With one other founder away nobody can know for sure: it waits.
    const third = rig.ids.find((id) => id !== leader && id !== lost)!;
    rig.crash(third);
    rig.crash(leader);
    await rig.start(lost, { init: true, bootstrapMasters, clusterKey: 'key' });
    await rig.start(third);
    await rig.sim.advance(5_000);
    expect(await rig.leader()).toBeNull();
    expect(rig.sim.machine(lost).disk.files()).not.toContain('identity.json');
  });
});

test('RaftService: a founder with another folder is not heard, though its name and incarnation are right', async () => {
  const rig = new GroupRig(11);
  await rig.sim.run(async () => {
    await rig.found();
    const leader = await rig.untilLed();
    const other = rig.ids.find((id) => id !== leader)!;
    const { clusterId, term } = (await rig.statusOf(leader))!;
    const vote = { from: { id: other, incarnation: 1 }, to: { id: leader, incarnation: 1 }, term: term + 9, heartbeatReply: {} };
    const step = (senderLife: string) => rig.callAt(leader, RaftService.Step, { clusterId, senderLife, messages: [vote] });
    await expect(step('another-life')).rejects.toMatchObject(refused('FOREIGN_CLUSTER', 'has lost its disk'));
    await expect(step('')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((await rig.statusOf(leader))!.term).toBe(term);
    // What was heard is known after a restart, too.
    rig.crash(leader, true);
    await rig.start(leader);
    await expect(step('another-life')).rejects.toMatchObject({ code: 'FOREIGN_CLUSTER' });
  });
});

test('AddMaster: a master that waits is invited, catches up and votes; RemoveMaster: one that leads hands over first', async () => {
  const rig = new GroupRig(6);
  await rig.sim.run(async () => {
    await rig.found();
    await rig.openSession();
    await rig.mkdir('/a');
    const add = (id: string) => rig.call(MasterService.AddMaster, { masterId: id, address: addressOf(id) });
    await expect(add('m-4')).rejects.toMatchObject(refused('UNAVAILABLE', '--join'));
    await rig.start('m-4', { join: true });
    expect(await rig.statusOf('m-4')).toMatchObject({ role: 'WAITING' });
    await expect(add('m-1')).rejects.toMatchObject(refused('ALREADY_EXISTS', 'must be removed'));
    const { incarnation } = await add('m-4');
    // The attempt that failed took a number, too.
    expect(incarnation).toBe(3);
    await rig.until(async () => ((await rig.statusOf('m-4'))?.role === 'FOLLOWER' ? true : null));
    await rig.untilAgreed([...rig.ids, 'm-4']);

    const leader = await rig.untilLed();
    await expect(rig.callAt(leader, MasterService.RemoveMaster, { masterId: leader })).rejects.toMatchObject({
      code: 'NOT_LEADER',
    });
    const next = await rig.untilLed(leader);
    await rig.callAt(next, MasterService.RemoveMaster, { masterId: leader });
    rig.crash(leader);
    await rig.mkdir('/b');
    expect((await rig.statusOf(next))!.members.map(({ masterId }) => masterId)).not.toContain(leader);

    // It comes back with its old disk, deposes nobody, and serves nobody.
    await rig.start(leader);
    await rig.sim.advance(3_000);
    expect(await rig.leader()).toBe(next);
  });
});

test('a master that lost its disk is not heard under its old incarnation, until it is removed and added again', async () => {
  const rig = new GroupRig(7);
  await rig.sim.run(async () => {
    await rig.found();
    await rig.openSession();
    await rig.mkdir('/a');
    const leader = await rig.untilLed();
    const lost = rig.ids.find((id) => id !== leader)!;
    rig.crash(lost, true);
    wipe(rig, lost);
    await expect(rig.start(lost)).rejects.toMatchObject(refused('NOT_INITIALIZED', '--join'));
    await rig.start(lost, { join: true });
    await rig.sim.advance(2_000);
    expect(await rig.statusOf(lost)).toMatchObject({ role: 'WAITING' });
    await rig.mkdir('/b');
    await rig.call(MasterService.RemoveMaster, { masterId: lost });
    await rig.call(MasterService.AddMaster, { masterId: lost, address: addressOf(lost) });
    await rig.until(async () => ((await rig.statusOf(lost))?.role === 'FOLLOWER' ? true : null));
    await rig.untilAgreed();
    expect(await rig.statusOf(lost)).toMatchObject({ incarnation: 2 });
    // The invitation stands on its disk.
    rig.crash(lost, true);
    await rig.start(lost, { join: true });
    await rig.untilAgreed();
  });
});

test('TransferLeadership: to the one that is named, or to the best', async () => {
  const rig = new GroupRig(8);
  await rig.sim.run(async () => {
    await rig.found();
    const first = await rig.untilLed();
    await rig.until(async () => ((await rig.statusOf(first))!.commitIndex > 2 ? true : null));
    const target = rig.ids.find((id) => id !== first)!;
    expect(await rig.callAt(first, MasterService.TransferLeadership, { masterId: target })).toEqual({ leaderId: target });
    expect(await rig.untilLed(first)).toBe(target);
    const { leaderId } = await rig.call(MasterService.TransferLeadership, {});
    expect(await rig.untilLed(target)).toBe(leaderId);
    await expect(rig.callAt(target, MasterService.TransferLeadership, { masterId: first })).rejects.toMatchObject({
      code: 'NOT_LEADER',
    });
  });
});

test('RaftService: garbage and messages of another cluster are refused, and stop nothing', async () => {
  const rig = new GroupRig(9);
  await rig.sim.run(async () => {
    await rig.found();
    await rig.openSession();
    const leader = await rig.untilLed();
    const step = (request: Parameters<typeof RaftService.Step.encodeRequest>[0]) =>
      rig.callAt(leader, RaftService.Step, { senderLife: 'nobody', ...request });
    const { clusterId } = (await rig.statusOf(leader))!;
    await expect(step({ clusterId: 'x', messages: [] })).rejects.toMatchObject({ code: 'FOREIGN_CLUSTER' });
    await expect(step({ clusterId, messages: [{ term: 9 }] })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const stranger = { from: { id: 'm-2', incarnation: 9 }, to: { id: leader, incarnation: 1 }, term: 99, timeoutNow: {} };
    await step({ clusterId, messages: [{ ...stranger, from: { id: 'm-9', incarnation: 0 } }] }).catch(() => undefined);
    await rig.mkdir('/a');
    expect(await rig.list()).toEqual(['a']);
  });
});

test('checkpoints: the log stays short, a restart begins from one, and who was away too long gets one from the leader', async () => {
  const rig = new GroupRig(12);
  const checkpointLogBytes = 4_096;
  await rig.sim.run(async () => {
    await rig.found({ checkpointLogBytes });
    await rig.openSession();
    const leader = await rig.untilLed();
    const away = rig.ids.find((id) => id !== leader)!;
    rig.crash(away, true);
    const header = rig.header();
    await rig.mkdir('/first', header);
    for (let at = 0; at < 300; at += 1) await rig.mkdir(`/d${at}`);
    const status = (await rig.statusOf(leader))!;
    expect(status.checkpointIndex).toBeGreaterThan(200);
    expect(status.logBytes).toBeLessThan(10 * checkpointLogBytes);

    await rig.start(away, { checkpointLogBytes });
    await rig.untilAgreed();
    expect((await rig.statusOf(away))!.checkpointIndex).toBeGreaterThan(200);

    for (const id of rig.ids) rig.crash(id, true);
    await Promise.all(rig.ids.map((id) => rig.start(id, { checkpointLogBytes })));
    // What was answered before the checkpoint is remembered in it.
    await rig.mkdir('/first', header);
    expect(await rig.list()).toHaveLength(301);
    await rig.untilAgreed();
  });
});

test('leaseReads: a leader that lost its majority stops to answer reads before another one can lead', async () => {
  for (const seed of [13, 14, 15, 16]) {
    const rig = new GroupRig(seed);
    await rig.sim.run(async () => {
      await rig.found({ leaseReads: true });
      await rig.openSession();
      await rig.mkdir('/a');
      const old = await rig.untilLed();
      expect(await rig.list()).toEqual(['a']);
      const others = rig.ids.filter((id) => id !== old);
      for (const id of others) {
        rig.sim.network.stall(old, id);
        rig.sim.network.stall(id, old);
      }
      let stale = 0;
      let next: string | null = null;
      while (next === null) {
        const read = await rig.callAt(old, NamespaceService.ListDirectory, { path: '/' }, 50).catch(() => null);
        if (read !== null) stale += 1;
        next =
          (await Promise.all(others.map((id) => rig.statusOf(id)))).find((status) => status?.role === 'LEADER')?.masterId ?? null;
      }
      // The lease held for a while, and was over when the next leader came.
      expect(stale).toBeGreaterThan(0);
      const write = { header: rig.header(), path: '/b', mode: 0o755 };
      const leader = next;
      await rig.until(() =>
        rig
          .callAt(leader, NamespaceService.MakeDirectory, write)
          .then(() => true)
          .catch(() => null),
      );
      await expect(rig.callAt(old, NamespaceService.ListDirectory, { path: '/' }, 50)).rejects.toThrow();
    });
  }
});
