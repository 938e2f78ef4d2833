/** What the simulation has found in the product: each shrunk schedule, with its seed and a line on what it was, passes from now on. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { simulateSeed } from '../../../src/lab/simulation/simulate-seed.js';
import { ROLES, scenarioOf } from './fixtures.js';

const FOLDER = new URL('found/', import.meta.url);

test.each(readdirSync(FOLDER))('lab sim: what %s shows does not come back', async (name) => {
  const scenario = scenarioOf(readFileSync(new URL(name, FOLDER), 'utf8'));
  const { seed = 0 } = scenario;
  const { verdict, reasons, faults } = await simulateSeed({ scenario, seed }, { roles: ROLES });
  expect({ verdict, reasons }).toEqual({ verdict: 'pass', reasons: [] });
  expect(faults.seen).toBeGreaterThan(0);
});
