import { defineConfig } from 'vitest/config';

/** Each kind of test is a project, told by the name of its file. They run one after the other: a project has the machine for itself. */
const SIMULATION = 'test/**/*.sim.test.ts';
const MUTANTS = 'test/**/*mutants.test.ts';
const REAL = 'test/**/*.real.test.ts';

const project = (
  name: string,
  groupOrder: number,
  files: { readonly include: string[]; readonly exclude?: string[]; readonly isolate?: boolean },
  maxWorkers = 2,
) => ({
  extends: true as const,
  test: { name, ...files, maxWorkers, sequence: { groupOrder } },
});

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/closing-line-reporter.ts'],
    projects: [
      // Files share a process: to load every module again for each file took more time than the tests.
      project('unit', 0, { include: ['test/**/*.test.{ts,tsx}'], exclude: [SIMULATION, MUTANTS, REAL], isolate: false }),
      project('simulation', 1, { include: [SIMULATION], isolate: false }),
      // The search for a seed uses both cores by itself.
      project('mutants', 2, { include: [MUTANTS] }, 1),
      // Clusters of real processes: what waits leaves the processors to another one.
      project('real', 3, { include: [REAL] }, 2),
    ],
  },
});
