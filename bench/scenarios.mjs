/**
 * Scenarios a minute: for each file, each number of jobs and each way to run it, RUNS runs of one command
 *
 *   scenarios/min          = runs * 60 s / wall clock from the start of the command to its end, with all verdicts
 *   scenarios/min of a core = the same, divided by the cores of the machine
 *
 * The command is `lab run --no-record` (clusters of real nodes: start, workload, faults, checks, close) or `lab sim --no-record`.
 * The figure is valid only if every run passes. A run on real nodes sleeps for most of its scenario's `duration`: therefore more
 * jobs help, and the figure depends on the file as much as on the lab; the table shows `duration` for this reason.
 * Run: npm run bench:scenarios [-- --rounds N --runtimes process,thread,sim --jobs 1,2 FILE...]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './median.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    runtimes: { type: 'string', default: 'process,sim' },
    jobs: { type: 'string', default: '1,2' },
  },
});
const rounds = Number(values.rounds);
const ways = values.runtimes.split(',');
const jobCounts = values.jobs.split(',').map(Number);
const inRepository = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const DEFAULT_FILES = ['bench/scenarios.yaml', 'examples/rolling-restart.yaml', 'examples/partition.yaml'];
const files = positionals.length > 0 ? positionals : DEFAULT_FILES.map(inRepository);
const lab = inRepository('bin/lab.cjs');
const cores = availableParallelism();

/** Virtual time is cheap: with more seeds the start of the command and of its threads has less weight. */
const runsOf = (way, jobs) => (way === 'sim' ? 20 : Math.max(2, jobs));

function commandOf(file, way, runs, jobs) {
  const common = [file, '--json', '--no-record', '--jobs', String(jobs)];
  if (way === 'sim') return ['sim', ...common, '--seeds', String(runs), '--from', '1'];
  return ['run', ...common, '--repeat', String(runs), '--seed', '1', '--runtime', way];
}

/** @returns milliseconds, or null when a run did not pass */
async function wallMs(file, way, runs, jobs) {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [lab, ...commandOf(file, way, runs, jobs)], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  return code === 0 ? performance.now() - startedMs : null;
}

const row = (...cells) => console.log(cells.map((cell, at) => (at < 2 ? cell.padEnd(18) : cell.padStart(16))).join(''));

console.log(`${cores} cores, medians of ${rounds} rounds`);
row('scenario', 'on', 'duration', 'runs', 'jobs', 'scenarios/min', 'min - max', '/min of a core');
for (const file of files) {
  const duration = /^duration: (\S+)/m.exec(await readFile(file, 'utf8'))?.[1] ?? '?';
  for (const way of ways) {
    for (const jobs of jobCounts) {
      const runs = runsOf(way, jobs);
      const rates = [];
      for (let round = 0; round < rounds; round += 1) {
        const ms = await wallMs(file, way, runs, jobs);
        if (ms !== null) rates.push((runs * 60_000) / ms);
      }
      const isWhole = rates.length === rounds;
      if (!isWhole) process.exitCode = 1;
      const figures = isWhole
        ? [
            median(rates).toFixed(1),
            `${Math.min(...rates).toFixed(1)} - ${Math.max(...rates).toFixed(1)}`,
            (median(rates) / cores).toFixed(1),
          ]
        : [`${rounds - rates.length} not passed`, '-', '-'];
      row(basename(file, '.yaml'), way, duration, String(runs), String(jobs), ...figures);
    }
  }
}
