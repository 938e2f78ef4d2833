/**
 * Proves that the simulated Raft groups find bugs: plants each bug of test/raft/mutants (the core alone) and
 * test/master/group/mutants (with driver, log and checkpoints) in a copy of the compiled code, and runs seeds until one fails. The
 * same seed must pass without the bug.
 *
 *   npm run sim:raft:mutants -- [NAME…] [--what W] [--seeds N] [--from S] [--jobs J] [--record]    search; --record keeps the seeds
 *   npm run sim:raft:mutants -- [NAME…] [--what W] --replay [--json]                               the recorded seeds only (npm test)
 *
 *   --what core, group or all (default)
 *
 * Exit code: 0 all found, 1 one not found, 254 bad arguments or a patch that is out of date.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { readMutants, readSeeds, ROOT, writeSeeds } from './mutants/catalogue.mjs';
import { compileRaft, SeedPool, SIMULATIONS, simulationsOf } from './raft/compiled-raft.mjs';

const EXIT = { found: 0, notFound: 1, bad: 254, interrupted: 130 };
const KEYS = ['What', 'Needs'];
const SEEDS = '2000';

function readArguments() {
  const { values, positionals } = parseArgs({
    options: {
      what: { type: 'string', default: 'all' },
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
  const all = simulationsOf(values.what).flatMap((what) =>
    readMutants(folderOf(what), KEYS).map((mutant) => ({ ...mutant, what })),
  );
  const unknown = positionals.filter((name) => !all.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new Error(`No such mutant: ${unknown.join(', ')}`);
  const mutants = positionals.length === 0 ? all : all.filter(({ name }) => positionals.includes(name));
  const { record, replay, json } = values;
  return { all, mutants, seeds: number('seeds'), from: number('from'), jobs: number('jobs'), record, replay, json };
}

const folderOf = (what) => `${ROOT}${SIMULATIONS[what].mutants}`;

/** The first seed of a simulation that fails in a folder of code, with the reason, or null. */
async function firstFailure(what, folder, { from, seeds, jobs }) {
  const pool = new SeedPool(what, folder, jobs);
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

/** The outcome of one mutant: `seed` is null when no seed found the bug, and `problem` is then the reason. */
async function search(copies, { name, what, patches }, { from, seeds, jobs }) {
  const startedMs = performance.now();
  const outcome = { name, what, seed: null, reason: '', problem: `no seed of ${from} to ${from + seeds - 1} fails` };
  try {
    const found = await firstFailure(what, copies.mutate({ name, patches }), { from, seeds, jobs });
    if (found !== null) {
      const without = await firstFailure(what, copies.clean, { from: found.seed, seeds: 1, jobs: 1 });
      if (without === null) Object.assign(outcome, { seed: found.seed, reason: found.failure, problem: '' });
      else outcome.problem = `seed ${found.seed} fails without the bug as well: ${without.failure}`;
    }
  } catch (error) {
    outcome.problem = error.message;
  }
  return { ...outcome, seconds: (performance.now() - startedMs) / 1000 };
}

/** Stores the found seeds, and removes those of deleted mutants. */
function record(all, outcomes, recorded) {
  for (const [what, seeds] of Object.entries(recorded)) {
    const found = outcomes.flatMap((each) => (each.seed === null || each.what !== what ? [] : [[each.name, each.seed]]));
    const known = new Set(all.flatMap((mutant) => (mutant.what === what ? [mutant.name] : [])));
    writeSeeds(Object.fromEntries([...Object.entries(seeds), ...found].filter(([name]) => known.has(name))), folderOf(what));
  }
}

async function main() {
  const args = readArguments();
  const recorded = Object.fromEntries(args.all.map(({ what }) => [what, readSeeds(folderOf(what))]));
  const copies = compileRaft();
  process.on('exit', () => copies.remove());
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(EXIT.interrupted));
  const outcomes = [];
  for (const mutant of args.mutants) {
    const outcome = args.replay
      ? await search(copies, mutant, { from: recorded[mutant.what][mutant.name] ?? 1, seeds: 1, jobs: 1 })
      : await search(copies, mutant, args);
    const { name, seed, seconds, reason, problem } = outcome;
    console.log(
      args.json
        ? JSON.stringify(outcome)
        : `${name.padEnd(34)} ${String(seed ?? '-').padStart(6)} ${seconds.toFixed(1).padStart(6)}s  ${seed === null ? `NOT FOUND: ${problem}` : reason}`,
    );
    outcomes.push(outcome);
  }
  if (args.record) record(args.all, outcomes, recorded);
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
