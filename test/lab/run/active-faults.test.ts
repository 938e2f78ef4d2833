import { expect, test } from 'vitest';
import type { ActiveFault } from '../../../src/supervisor/api/fault.js';
import { ActiveFaults } from '../../../src/lab/run/active-faults.js';
import type { LastingPlanned } from '../../../src/lab/run/active-faults.js';
import { FakeCluster } from '../scenario/fake-world.js';

const SLOW: LastingPlanned = { action: 'slow', delayMs: 5, id: 1, atMs: 0, nodes: ['dn-1'], source: 'step', choiceSeed: 1 };

test('OpenInjections: a fault whose counter nobody answers for is lifted all the same', async () => {
  let lifts = 0;
  const injection: ActiveFault = {
    effects: () => Promise.reject(new Error('no answer')),
    counts: 'calls slowed',
    lift: async () => {
      lifts += 1;
    },
  };
  const fake = new FakeCluster('/nowhere', 2, {}, 1);
  const control = Object.assign(fake, { inject: () => Promise.resolve(injection) });
  const open = new ActiveFaults(control, () => true);
  await open.inject(SLOW);
  expect(await open.lift(1)).toMatchObject({ finding: { effect: 'none', evidence: 'no answer' } });
  expect(lifts).toBe(1);
  await fake.close();
});
