import { expect, test } from 'vitest';
import { RESERVE_FILE } from '../../src/master/base/disk-room.js';
import { ClusterService, MasterService, NamespaceService } from '../../src/protocol/services.js';
import { GIB, KIB, MIB } from '../../src/shared/limits.js';
import { GroupRig } from './group-rig.js';

const IDS = ['m-1', 'm-2', 'm-3'];

/** Runs with three masters, that lead and have a session. */
async function withGroup(seed: number, body: (rig: GroupRig) => Promise<void>, freeBytes?: number): Promise<void> {
  const rig = new GroupRig(seed);
  await rig.sim.run(async () => {
    for (const id of IDS) if (freeBytes !== undefined) rig.sim.machine(id).disk.setFreeBytes(freeBytes);
    await rig.found();
    await rig.untilLed();
    await rig.openSession();
    await body(rig);
  });
}

/** Longer than the time between two looks at the space. */
const sample = (rig: GroupRig): Promise<void> => rig.sim.advance(2_500);

const untilShort = (rig: GroupRig, id: string): Promise<string> =>
  rig.until(async () => (await rig.callAt(id, ClusterService.GetClusterStatus, {})).shortage || null);

const remove = (rig: GroupRig, path: string) =>
  rig.call(NamespaceService.Delete, { header: rig.header(), path, recursive: true });

/** Something else fills the disks until this much is left. */
const fill = (rig: GroupRig, freeBytes: number) => IDS.map((id) => rig.sim.machine(id).disk.inject({ kind: 'fill', freeBytes }));

/** No master has ended by itself. */
async function expectAlive(rig: GroupRig): Promise<void> {
  for (const node of rig.nodes.values()) {
    const end = await Promise.race([node.failed, rig.sim.advance(1).then(() => 'lives')]);
    expect(end).toBe('lives');
  }
}

test('masters below the reserve of their disks refuse growth, and go on: reads, deletions, elections', () =>
  withGroup(
    1,
    async (rig) => {
      await rig.mkdir('/kept');
      await rig.mkdir('/removed');
      const faults = fill(rig, MIB);
      const leader = (await rig.leader())!;
      const shortage = await untilShort(rig, leader);
      expect(shortage).toMatch(/less than the reserve of .*: it accepts nothing that grows/);
      expect((await rig.callAt(leader, MasterService.GetMasterStatus, {})).shortage).toBe(shortage);
      await expect(rig.mkdir('/more')).rejects.toMatchObject({ code: 'NO_SPACE', retriable: false });
      await remove(rig, '/removed');
      await rig.callAt(leader, MasterService.TransferLeadership, {});
      await rig.untilLed(leader);
      expect(await rig.list()).toEqual(['kept']);
      await expect(rig.mkdir('/more')).rejects.toMatchObject({ code: 'NO_SPACE' });
      await expectAlive(rig);

      for (const fault of faults) fault.lift();
      await sample(rig);
      await rig.mkdir('/more');
      expect(await rig.list()).toEqual(['kept', 'more']);
    },
    16 * MIB,
  ));

test('masters below the reserve of their heaps refuse growth, and accept it again when there is space', () =>
  withGroup(2, async (rig) => {
    for (const id of IDS) rig.sim.machine(id).heap = { usedBytes: 0.9 * GIB, limitBytes: GIB };
    expect(await untilShort(rig, (await rig.leader())!)).toContain('The heap of the master has');
    const leader = (await rig.leader())!;
    await expect(rig.callAt(leader, NamespaceService.MakeDirectory, { header: rig.header(), path: '/d' })).rejects.toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      retriable: true,
    });
    for (const id of IDS) rig.sim.machine(id).heap = { usedBytes: 0.5 * GIB, limitBytes: GIB };
    await sample(rig);
    await rig.mkdir('/d');
  }));

test('a log that meets a full disk waits for space: no master ends, and nothing that was acknowledged is lost', () =>
  withGroup(3, async (rig) => {
    await rig.mkdir('/before');
    const faults = fill(rig, 0);
    // More than the reserve files hold: what is left waits.
    const name = 'x'.repeat(250);
    const leader = (await rig.leader())!;
    const waiting = Array.from({ length: 450 }, (_, n) => {
      const request = { header: rig.header(), path: `/${name}/${name}/${name}/${n}`, recursive: false };
      return rig.callAt(leader, NamespaceService.Delete, request, 10_000).catch(() => undefined);
    });
    await rig.sim.advance(5_000);
    await expectAlive(rig);
    expect(rig.log.join('\n')).toMatch(/The disk of .* is full: the reserve of 262144 bytes is released/);
    expect(rig.log.join('\n')).toMatch(/the log waits for space/);
    for (const fault of faults) fault.lift();
    await Promise.all(waiting);
    await rig.until(async () => ((await rig.list()).includes('before') ? true : null));
    await rig.until(() =>
      rig.mkdir('/after').then(
        () => true,
        () => null,
      ),
    );
    for (const id of IDS) rig.crash(id, true);
    for (const id of IDS) await rig.start(id);
    await rig.untilLed();
    expect(await rig.list()).toEqual(['after', 'before']);
    await sample(rig);
    for (const id of IDS) expect(rig.sim.machine(id).disk.files()).toContain(RESERVE_FILE);
  }));

test('masters start on full disks: they lead and serve what is there, and refuse growth with the reason', () =>
  withGroup(
    4,
    async (rig) => {
      await rig.mkdir('/d');
      for (const id of IDS) rig.crash(id);
      for (const id of IDS) rig.sim.machine(id).disk.setFreeBytes(0);
      for (const id of IDS) await rig.start(id);
      const leader = await rig.untilLed();
      expect(await rig.list()).toEqual(['d']);
      expect(await untilShort(rig, leader)).toMatch(/less than the reserve|is full/);
      await rig.openSession();
      await expect(rig.mkdir('/e')).rejects.toMatchObject({ code: 'NO_SPACE' });
      await remove(rig, '/d');
      await expectAlive(rig);
    },
    16 * MIB,
  ));

test('on a small disk the log is replaced by checkpoints before it fills the disk', async () => {
  const rig = new GroupRig(5, ['m-1']);
  await rig.sim.run(async () => {
    rig.sim.machine('m-1').disk.setFreeBytes(4 * MIB);
    await rig.start('m-1', { init: true });
    await rig.openSession();
    const path = `/${'x'.repeat(250)}`;
    for (let n = 0; n < 1_500; n += 1) {
      const { sequence, ...rest } = rig.header();
      const header = { ...rest, sequence, ackedBelow: sequence };
      if (n % 2 === 0) await rig.mkdir(path, header);
      else await rig.callAt('m-1', NamespaceService.Delete, { header, path, recursive: false });
    }
    const status = (await rig.statusOf('m-1'))!;
    expect(status.checkpointIndex).toBeGreaterThan(0);
    expect(status.logBytes).toBeLessThan(900 * KIB);
  });
});
