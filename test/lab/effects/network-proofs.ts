/** Faults of links, felt by whoever dials through the lab's network. */
import { expect } from 'vitest';
import type { NetworkAction } from '../../../src/supervisor/api/fault.js';
import type { EffectLab, Heard } from './effect-lab.js';
import { ended } from './prove-effects.js';
import type { Proof } from './prove-effects.js';

async function proveHeard(lab: EffectLab, command: string, id: string, wanted: Heard): Promise<void> {
  expect(await lab.askThrough(id)).toBe('answered');
  const fault = await lab.order(command);
  expect(await lab.askThrough(id)).toBe(wanted);
  // The node is there: only its links are not.
  expect(await lab.ask(id)).toBe('answered');
  await ended(lab, fault);
  await lab.isAnswered(id);
}

async function proveAtLeast(lab: EffectLab, command: string, bytes: number, leastMs: number): Promise<void> {
  const fault = await lab.order(command);
  expect(await lab.put(bytes)).toBeGreaterThanOrEqual(leastMs);
  await ended(lab, fault);
  await lab.until(async () => (await lab.put(bytes)) < leastMs, 'a put takes no longer than before');
}

export const NETWORK_PROOFS: Readonly<Record<NetworkAction, Proof>> = {
  partition: async (lab) => {
    const { leader } = await lab.cluster.status();
    const fault = await lab.order('partition is=leader');
    expect(fault.nodes).toEqual([leader]);
    expect(await lab.askThrough(String(leader))).toBe('silent');
    await lab.until(async () => ![leader, null].includes((await lab.cluster.status()).leader), 'the others have a leader');
    await lab.put();
    expect((await lab.statusOf(String(leader))).partitioned).toBe(true);
    await ended(lab, fault);
    await lab.isAnswered(String(leader));
    expect((await lab.statusOf(String(leader))).partitioned).toBe(false);
  },

  isolate: async (lab) => {
    const fault = await lab.order('isolate dn-1 kind=reset');
    expect(await lab.askThrough('dn-1')).toBe('reset');
    await lab.until(async () => ['stale', 'dead'].includes((await lab.statusOf('dn-1')).state), 'the masters miss it');
    await ended(lab, fault);
    await lab.isAnswered('dn-1');
  },

  // Each of the calls to a master and of the streams to a datanode goes there and back.
  delay: (lab) => proveAtLeast(lab, 'delay role=datanode delay=250ms', 20_000, 2 * 250),
  bandwidth: (lab) => proveAtLeast(lab, 'bandwidth role=datanode rate=100KiB/s', 200 * 1024, 1_900),

  reset: (lab) => proveHeard(lab, 'reset dn-2', 'dn-2', 'reset'),

  refuse: async (lab) => {
    const known = lab.newPath();
    await lab.client.writeFile(known, 'x');
    await proveHeard(lab, 'refuse m-1 m-2', 'm-1', 'refused');
    const fault = await lab.order('refuse role=master');
    // Who is connected goes on.
    expect(await lab.client.exists(known)).toBe(true);
    expect(await lab.askThrough('m-1')).toBe('refused');
    await ended(lab, fault);
  },

  heal: async (lab) => {
    await lab.order('partition dn-1');
    await lab.order('reset dn-2');
    expect(await Promise.all(['dn-1', 'dn-2'].map((id) => lab.askThrough(id)))).toEqual(['silent', 'reset']);
    expect(await lab.order('heal')).toMatchObject({ effect: 'seen' });
    await Promise.all(['dn-1', 'dn-2'].map((id) => lab.isAnswered(id)));
  },
};
