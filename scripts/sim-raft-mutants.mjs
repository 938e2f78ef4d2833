/**
 * Proves that the simulated Raft groups find bugs: plants each one of test/raft/mutants in a copy of the compiled core and runs
 * seeds until one fails, which must pass without the bug.
 *
 *   npm run sim:raft:mutants -- [NAME…] [--seeds N] [--from S] [--jobs J] [--record]    search; --record keeps the seeds for npm test
 *   npm run sim:raft:mutants -- [NAME…] --replay [--json]                               the recorded seeds only
 *
 * Exit code: 0 all found, 1 one not found, 254 bad arguments or a patch that is out of date.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { readMutants, readSeeds, ROOT, writeSeeds } from './mutants/catalogue.mjs';
import { compileRaft, SeedPool } from './raft/compiled-raft.mjs';

const EXIT = { found: 0, notFound: 1, bad: 254, interrupted: 130 };
const FOLDER = `${ROOT}test/raft/mutants/`;
const KEYS = ['What', 'Needs'];
const SEEDS = '2000';

function readArguments() {
  const { values, positionals } = parseArgs({
    options: {
      seeds: { type: 'string', default: SEEDS },
      from: { type: 'string', default: '1' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      record: { type: 'boolean', default: false },
      replay: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const number = (name) => {
    const value = Number(values[name]);
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} needs a number from 1, not "${values[name]}"`);
    return value;
  };
  const all = readMutants(FOLDER, KEYS);
  const unknown = positionals.filter((name) => !all.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new Error(`No such mutant: ${unknown.join(', ')}`);
  const mutants = positionals.length === 0 ? all : all.filter(({ name }) => positionals.includes(name));
  const { record, replay, json } = values;
  return { all, mutants, seeds: number('seeds'), from: number('from'), jobs: number('jobs'), record, replay, json };
}

/** The first seed that fails in a folder of code, with the reason, or null. */
async function firstFailure(folder, { from, seeds, jobs }) {
  const pool = new SeedPool(folder, jobs);
  const failed = [];
  try {
    await pool.run({ from, seeds, untilFail: true }, (results) => {
      failed.push(...results.filter(({ failure }) => failure !== null));
      return failed.length > 0;
    });
  } finally {
    await pool.close();
  }
  return failed.sort((a, b) => a.seed - b.seed)[0] ?? null;
}

/** What became of one mutant: `seed` is null when none found it, and then `problem` says why. */
async function search(copies, { name, patches }, { from, seeds, jobs }) {
  const startedMs = performance.now();
  const told = { name, seed: null, reason: '', problem: `no seed of ${from} to ${from + seeds - 1} fails` };
  try {
    const found = await firstFailure(copies.mutate({ name, patches }), { from, seeds, jobs });
    if (found !== null) {
      const without = await firstFailure(copies.clean, { from: found.seed, seeds: 1, jobs: 1 });
      if (without === null) Object.assign(told, { seed: found.seed, reason: found.failure, problem: '' });
      else told.problem = `seed ${found.seed} fails without the bug as well: ${without.failure}`;
    }
  } catch (error) {
    told.problem = error.message;
  }
  return { ...told, seconds: (performance.now() - startedMs) / 1000 };
}

async function main() {
  const args = readArguments();
  const recorded = readSeeds(FOLDER);
  const copies = compileRaft();
  process.on('exit', () => copies.remove());
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(EXIT.interrupted));
  const outcomes = [];
  for (const mutant of args.mutants) {
    const outcome = args.replay
      ? await search(copies, mutant, { from: recorded[mutant.name] ?? 1, seeds: 1, jobs: 1 })
      : await search(copies, mutant, args);
    const { name, seed, seconds, reason, problem } = outcome;
    console.log(
      args.json
        ? JSON.stringify(outcome)
        : `${name.padEnd(34)} ${String(seed ?? '-').padStart(6)} ${seconds.toFixed(1).padStart(6)}s  ${seed === null ? `NOT FOUND: ${problem}` : reason}`,
    );
    outcomes.push(outcome);
  }
  if (args.record) {
    const found = outcomes.flatMap(({ name, seed }) => (seed === null ? [] : [[name, seed]]));
    const known = new Set(args.all.map(({ name }) => name));
    writeSeeds(Object.fromEntries([...Object.entries(recorded), ...found].filter(([name]) => known.has(name))), FOLDER);
  }
  const missed = outcomes.filter(({ seed }) => seed === null);
  if (missed.some(({ problem }) => /out of date/.test(problem))) return EXIT.bad;
  return missed.length === 0 ? EXIT.found : EXIT.notFound;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = EXIT.bad;
}
