import { expect, test } from 'vitest';
import { bootstrapStorage } from '../../../src/master/log/bootstrap-storage.js';
import { bootstrapState } from '../../../src/raft/bootstrap.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { ALONE, batch, dataEntry, found, GROUP, hardStateOf, openMember, SELF } from './storage-rig.js';

test('bootstrapStorage: after a crash at any call it can be called again, and the member is the one that was founded', async () => {
  for (const power of [false, true]) {
    for (let call = 1, hasCrashed = true; hasCrashed; call += 1) {
      const sim = new Simulation({ seed: `found ${call}` });
      const machine = sim.machine('m-1');
      let isDone = false;
      await sim.run(() => {
        const { disk } = machine.boot();
        machine.crashAtCall(call, { power, when: call % 2 === 0 ? 'before' : 'after' });
        void bootstrapStorage(disk, bootstrapState(SELF, ALONE)).then(() => {
          isDone = true;
        });
      });
      await sim.runUntil(() => isDone || !machine.isUp);
      hasCrashed = !machine.isUp;
      machine.crash({ power });
      if (hasCrashed) await sim.run(() => found(machine, GROUP));
      const { stored } = await sim.run(() => openMember(machine.boot()));
      expect(stored).toEqual(bootstrapState(SELF, hasCrashed ? GROUP : ALONE));
      expect(machine.disk.files()).toEqual(['master.log', 'master.log.durable', 'master.vote']);
      if (!hasCrashed) expect(call).toBeGreaterThan(12);
    }
  }
});

test('bootstrapStorage: a member that will be added waits with an empty log', async () => {
  const sim = new Simulation({ seed: 'joins' });
  const machine = sim.machine('m-1');
  await sim.run(() => found(machine, []));
  const { stored } = await sim.run(() => openMember(machine.boot(), { bootstrapMembers: [] }));
  expect(stored).toEqual(bootstrapState(SELF, []));
});

test('bootstrapStorage: the log of a member that has been in use is left alone', async () => {
  for (const used of [{ hardState: hardStateOf(1, 'm-2') }, { entries: [dataEntry(2, 1, 'x')] }]) {
    const sim = new Simulation({ seed: 'in use' });
    const machine = sim.machine('m-1');
    await sim.run(async () => {
      await found(machine);
      const { storage } = await openMember(machine.boot());
      await storage.write(batch(used));
      await storage.close();
      const before = Buffer.from(machine.disk.readFile('master.log'));
      await expect(found(machine)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
      expect(before.equals(machine.disk.readFile('master.log'))).toBe(true);
    });
  }
});
