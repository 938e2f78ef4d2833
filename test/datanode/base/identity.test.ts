import { expect, test } from 'vitest';
import { NodeIdentity } from '../../../src/datanode/base/identity.js';
import { TERM_LEAP_MAX } from '../../../src/shared/limits.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import { CLUSTER, rejection } from '../fixtures.js';

async function load(machine: Machine, nodeId?: string, fatal: Error[] = []): Promise<NodeIdentity> {
  const runtime = machine.boot();
  return NodeIdentity.load(runtime.disk, runtime.random, nodeId, (error) => fatal.push(error));
}

test('NodeIdentity makes an id, keeps it, and refuses another', async () => {
  const sim = new Simulation({ seed: 1 });
  await sim.run(async () => {
    const made = await load(sim.machine('a'));
    expect(made.nodeId).toMatch(/^dn-[0-9a-f]{8}$/);
    await made.joinCluster(CLUSTER);
    await made.acceptTerm(4);
    await made.acceptTerm(2);
    sim.machine('a').crash({ power: true });
    const kept = await load(sim.machine('a'), made.nodeId);
    expect(kept).toMatchObject({ nodeId: made.nodeId, incarnation: made.incarnation, clusterId: CLUSTER, acceptedTerm: 4 });
    expect((await rejection(load(sim.machine('a'), 'dn-other'))).code).toBe('INVALID_ARGUMENT');
  });
});

test('NodeIdentity never goes back through a power cut at any call, and what resolved is there', async () => {
  for (let call = 1, hasCrashed = true; hasCrashed; call++) {
    const sim = new Simulation({ seed: `identity ${call}` });
    const machine = sim.machine('a');
    let accepted = 3;
    await sim.run(async () => {
      const identity = await load(machine, 'dn-1');
      await identity.acceptTerm(3);
      machine.crashAtCall(call, { power: true });
      void identity.acceptTerm(8).then(() => {
        accepted = 8;
      });
    });
    await sim.runUntil(() => accepted === 8 || !machine.isUp);
    hasCrashed = !machine.isUp;
    if (!hasCrashed) machine.crash({ power: true });
    const found = await sim.run(() => load(machine, 'dn-1'));
    expect([accepted, 8]).toContain(found.acceptedTerm);
  }
});

test('NodeIdentity that cannot be made durable ends the node, and nothing is written any more', async () => {
  const sim = new Simulation({ seed: 2 });
  await sim.run(async () => {
    const fatal: Error[] = [];
    const identity = await load(sim.machine('a'), 'dn-1', fatal);
    sim.machine('a').disk.failNext('sync', 'identity.json.tmp');
    await rejection(identity.acceptTerm(2));
    expect(identity.acceptedTerm).toBe(0);
    expect(fatal).toHaveLength(1);
    await rejection(identity.acceptTerm(3));
    expect(fatal).toHaveLength(1);
  });
});

test('NodeIdentity.acceptTerm: a term that no group can have reached is not believed', async () => {
  const sim = new Simulation({ seed: 5 });
  await sim.run(async () => {
    const identity = await load(sim.machine('a'));
    await identity.acceptTerm(7);
    await expect(identity.acceptTerm(7 + TERM_LEAP_MAX + 1)).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
    expect(identity.acceptedTerm).toBe(7);
    await identity.acceptTerm(7 + TERM_LEAP_MAX);
    expect((await load(sim.machine('a'))).acceptedTerm).toBe(7 + TERM_LEAP_MAX);
  });
});

test('NodeIdentity that is damaged is refused with what can be done', async () => {
  const sim = new Simulation({ seed: 3 });
  sim.machine('a').disk.writeFile('identity.json', new TextEncoder().encode('{"format":1'));
  const error = await sim.run(() => rejection(load(sim.machine('a'))));
  expect(error.message).toContain('restore the file');
});

test('NodeIdentity: a master’s folder is named as one, and kept', async () => {
  const sim = new Simulation({ seed: 4 });
  const { disk } = sim.machine('a');
  const content = new TextEncoder().encode('{"clusterId":"c","masterId":"m-1","incarnation":"i"}');
  disk.writeFile('identity.json', content);
  const error = await sim.run(() => rejection(load(sim.machine('a'))));
  expect(error.code).toBe('INVALID_ARGUMENT');
  expect(error.message).toContain("is a master's");
  expect(disk.readFile('identity.json')).toEqual(content);
});
