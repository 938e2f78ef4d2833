/**
 * The speed of the simulation: virtual seconds a second on one core, for 1 master and 5 datanodes under about 5 operations a second
 * of 64 KiB chunks, and seeds a second on all cores. Run: npm run bench:simulation
 */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from './median.mjs';

const ROUNDS = 5;
const SEEDS = 10;
const run = promisify(execFile);
const lab = fileURLToPath(new URL('../bin/lab.cjs', import.meta.url));
const scenario = fileURLToPath(new URL('simulation.yaml', import.meta.url));

async function simulate(jobs) {
  const { stdout } = await run(process.execPath, [
    ...[lab, 'sim', scenario, '--json', '--no-record'],
    ...['--seeds', String(SEEDS), '--jobs', String(jobs)],
  ]);
  const summary = JSON.parse(stdout.trim().split('\n').at(-1));
  if (summary.pass !== SEEDS) throw new Error(`Not every seed passed: ${JSON.stringify(summary)}`);
  return summary;
}

const cores = availableParallelism();
const ratios = [];
const rates = [];
for (let round = 0; round < ROUNDS; round++) {
  const alone = await simulate(1);
  ratios.push(alone.virtualMs / alone.realMs);
  rates.push((await simulate(cores)).seedsPerSecond);
}
const row = (name, values, unit) =>
  console.log(
    `${name.padEnd(44)} ${[Math.min(...values), median(values), Math.max(...values)].map((n) => n.toFixed(2)).join(' / ')} ${unit}`,
  );
row('one core, min / median / max', ratios, '× real time');
row(`${cores} cores`, rates, 'seeds of 60 virtual seconds a second');
