/** The examples on virtual time, each at one seed. They stand in two test files, so that two processes share them. Many seeds: npm run soak */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { simulateScenario } from '../../../src/lab/simulation/simulate-scenario.js';
import { exampleOf, ROLES } from './fixtures.js';

const EXAMPLES = readdirSync(new URL('../../../examples/', import.meta.url)).filter((name) => name.endsWith('.yaml'));
const PARTS = 2;
/** Fixed: with so little load, a rare seed reads too little to prove anything. */
const SEED = 1;

/** Registers the tests of one half of the examples. @param part 0 or 1 */
export function passExamples(part: number): void {
  test.each(EXAMPLES.filter((_, index) => index % PARTS === part))(
    'simulateScenario: examples/%s passes, every fault with its effect',
    async (name) => {
      const scenario = exampleOf(name);
      const { verdict } = await simulateScenario({ scenario, seed: SEED, roles: ROLES });
      expect(verdict).toMatchObject({ verdict: 'pass', reasons: [], seed: SEED });
      // Other workloads mostly read, list or rename.
      const writes = scenario.workload.some(({ type }) => type === 'write-verify');
      expect(verdict.filesAcked + (writes ? 0 : verdict.readsVerified)).toBeGreaterThan(writes ? 40 : 5);
      // A fault of the nemesis that found no node is none.
      const { planned, seen, passed } = verdict.faults;
      expect(seen + passed).toBe(planned);
      expect(seen).toBeGreaterThan(0);
    },
  );
}
