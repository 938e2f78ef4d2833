/** A long campaign of the simulated chaos and nemesis tests. Run: npm run soak [-- FIRST_SEED SEEDS] */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [first = '1000', seeds = '300'] = process.argv.slice(2);
const { status } = spawnSync('npx', ['vitest', 'run', 'test/simulation/chaos.test.ts', 'test/simulation/nemesis.test.ts'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, CHAOS_FIRST_SEED: first, CHAOS_SEEDS: seeds, NEMESIS_FIRST_SEED: first, NEMESIS_SEEDS: seeds },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
