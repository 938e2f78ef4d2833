import { expect, test } from 'vitest';
import { bootstrapIdentity, IDENTITY_FILE, readIdentity, writeIdentity } from '../../../src/master/base/identity.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';

const STORED = {
  clusterId: 'c',
  masterId: 'm-1',
  incarnation: 1,
  life: 'random',
  founders: [{ id: 'm-1', address: 'm-1:7000' }],
};

test('identity.json: the keys on disk are those of all releases', async () => {
  const sim = new Simulation({ seed: 'identity' });
  const machine = sim.machine('m-1');
  await sim.run(async () => {
    const { disk, random } = machine.boot();
    machine.disk.writeFile(IDENTITY_FILE, new TextEncoder().encode(JSON.stringify(STORED)));
    const { life: instanceId, founders: bootstrapMasters, ...same } = STORED;
    expect(await readIdentity(disk)).toEqual({ ...same, instanceId, bootstrapMasters });
    const made = bootstrapIdentity('m-1', bootstrapMasters, 'key', random);
    await writeIdentity(disk, made);
    expect(Object.keys(JSON.parse(new TextDecoder().decode(machine.disk.readFile(IDENTITY_FILE))) as object)).toEqual(
      Object.keys(STORED),
    );
    expect(await readIdentity(disk)).toEqual(made);
  });
});
