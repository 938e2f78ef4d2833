/**
 * A long campaign: `lab sim examples/nemesis.yaml` from many seeds, then the simulated chaos and nemesis tests, which look deeper
 * into each run and are slower. Run: npm run soak [-- FIRST_SEED SEEDS]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [first = '1000', seeds = '3000'] = process.argv.slice(2);
/** Of the tests: a tenth. */
const deeper = String(Math.ceil(Number(seeds) / 10));
const cwd = fileURLToPath(new URL('..', import.meta.url));

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
  process.exitCode ||= status ?? 1;
}

run(process.execPath, ['bin/lab.cjs', 'sim', 'examples/nemesis.yaml', '--seeds', seeds, '--from', first]);
run('npx', ['vitest', 'run', 'test/simulation/chaos.test.ts', 'test/simulation/nemesis.test.ts'], {
  CHAOS_FIRST_SEED: first,
  CHAOS_SEEDS: deeper,
  NEMESIS_FIRST_SEED: first,
  NEMESIS_SEEDS: deeper,
});
