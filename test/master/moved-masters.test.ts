/** Masters that come back at other addresses: one after the other, all at once, and those that do not campaign. */
import { expect, test } from 'vitest';
import { MasterService, RaftService } from '../../src/protocol/services.js';
import { GroupRig } from './group-rig.js';

/** Stops a master, and starts it at this address. */
async function move(rig: GroupRig, id: string, address: string): Promise<void> {
  await rig.nodes.get(id)!.stop();
  rig.nodes.delete(id);
  await rig.start(id, { listen: address });
}

/** Waits until one leads and hears all others. */
async function untilWhole(rig: GroupRig, count = 3): Promise<void> {
  await rig.until(async () => {
    const leader = await rig.leader();
    const status = leader === null ? null : await rig.statusOf(leader);
    return status !== null && status.members.length === count && status.members.every(({ isSilent }) => !isSilent) ? true : null;
  });
}

test('masters that move one after the other find one another, and any two of them lead', async () => {
  for (const seed of [1, 2, 3, 4]) {
    const rig = new GroupRig(seed);
    await rig.sim.run(async () => {
      await rig.found();
      await rig.openSession();
      await rig.mkdir('/a');
      await move(rig, 'm-1', 'm-1:7101');
      await rig.mkdir('/b');
      await move(rig, 'm-2', 'm-2:7102');
      await untilWhole(rig);
      rig.crash('m-3');
      await rig.mkdir('/c');
      // The third one comes back elsewhere too: what it knew when it stopped is enough.
      await rig.start('m-3', { listen: 'm-3:7103' });
      await untilWhole(rig);
      rig.crash('m-1');
      await rig.mkdir('/d');
      expect(await rig.list()).toEqual(['a', 'b', 'c', 'd']);
      const leader = await rig.untilLed('m-1');
      const { members } = (await rig.statusOf(leader))!;
      expect(members.map(({ address }) => address)).toEqual(['m-1:7101', 'm-2:7102', 'm-3:7103']);
    });
  }
});

test('masters that all move at once are found by the hints of the command line, of which one is enough', async () => {
  const rig = new GroupRig(5);
  await rig.sim.run(async () => {
    await rig.found();
    await rig.openSession();
    await rig.mkdir('/a');
    for (const id of rig.ids) rig.crash(id);
    const there = (id: string) => ({ id, address: `${id}:7101` });
    // Wrong hints do no harm.
    const hints = [there('m-1'), { id: 'm-2', address: 'm-3:7000' }];
    for (const id of rig.ids) await rig.start(id, { listen: there(id).address, hints });
    await untilWhole(rig);
    await rig.mkdir('/b');
    // From now on they know.
    for (const id of rig.ids) rig.crash(id);
    for (const id of rig.ids) await rig.start(id);
    await untilWhole(rig);
    expect(await rig.list()).toEqual(['a', 'b']);
  });
});

test('a learner that moves is found, though it never asks for votes', async () => {
  const rig = new GroupRig(6, ['m-1']);
  await rig.sim.run(async () => {
    await rig.start('m-1', { init: true });
    await rig.openSession();
    await rig.start('m-2', { join: true });
    await rig.call(MasterService.AddMaster, { masterId: 'm-2', address: 'm-2:7000' });
    rig.crash('m-2');
    expect((await rig.statusOf('m-1'))!.members[1]).toMatchObject({ masterId: 'm-2', isVoter: false });
    await rig.start('m-2', { listen: 'm-2:7101' });
    await rig.untilAgreed(['m-1', 'm-2']);
    await untilWhole(rig, 2);
  });
});

test('Greet: refused for another cluster, and for a folder that is another one than before; it changes no set of masters', async () => {
  const rig = new GroupRig(7);
  await rig.sim.run(async () => {
    await rig.found();
    await rig.openSession();
    await rig.untilLed();
    const status = (await rig.statusOf('m-1'))!;
    const sender = { master: { id: 'm-2', incarnation: 1 }, address: 'm-2:7000', version: 1, highestOperation: 99 };
    const senderLife = status.members.find(({ masterId }) => masterId === 'm-2')!.life;
    const greet = (request: object) =>
      rig.callAt('m-1', RaftService.Greet, { clusterId: status.clusterId, sender, senderLife, ...request });
    await expect(greet({ clusterId: 'another' })).rejects.toMatchObject({ code: 'FOREIGN_CLUSTER' });
    await expect(greet({ senderLife: 'another' })).rejects.toMatchObject({ code: 'FOREIGN_CLUSTER' });
    await expect(greet({ sender: null })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const contacts = ['m-1', 'm-3', 'x'].map((id) => ({
      ...sender,
      master: { id, incarnation: 1 },
      address: 'far:1',
      version: 50,
    }));
    const answer = await greet({ contacts });
    expect(answer.sender).toMatchObject({ master: { id: 'm-1' }, address: 'm-1:7000', version: 51 });
    expect(answer.contacts.map(({ master }) => master?.id).toSorted()).toEqual(['m-2', 'm-3']);
    const { members } = (await rig.statusOf('m-1'))!;
    expect(members.map(({ masterId }) => masterId)).toEqual(['m-1', 'm-2', 'm-3']);
  });
});
