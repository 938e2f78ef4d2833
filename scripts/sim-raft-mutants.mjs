/**
 * Proves that the simulated Raft groups find bugs: plants each bug of test/raft/mutants (the core alone) and
 * test/master/group/mutants (with driver, log and checkpoints) in a copy of the compiled code, and runs seeds until one fails. The
 * same seed must pass without the bug.
 *
 *   npm run sim:raft:mutants -- [NAME…] [--what W] [--seeds N] [--from S] [--jobs J] [--record]     search; --record keeps hints
 *   npm run sim:raft:mutants -- [NAME…] [--what W] --replay [--from S] [--seeds N] [--json]         as npm test: hints, then N from S on
 *
 *   --what core, group or all (default)
 *
 * With --replay, S is given by the commit, or by MUTANT_SEEDS_FROM; N is the mutant's bound in seeds.json, or 2000.
 *
 * Exit code: 0 all found, 1 one not found, 254 bad arguments or a mutant that is out of date.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { readSeeds, recordSeeds } from './mutants/catalogue.mjs';
import { numberOption } from './mutants/number-option.mjs';
import { cleanUpAtExit, exitCodeOf, runScript, searchAll } from './mutants/search-all.mjs';
import { startOfCommit } from './mutants/seed-order.mjs';
import { selectMutants } from './mutants/select-mutants.mjs';
import { compileRaft, raftMutantsFolder, readRaftMutants, SeedPool, simulationsOf } from './raft/compiled-raft.mjs';

/** Of a search, and of a replay unless a bound is recorded. */
const SEEDS = 2_000;

const options = {
  what: { type: 'string', default: 'all' },
  seeds: { type: 'string' },
  from: { type: 'string' },
  jobs: { type: 'string' },
  record: { type: 'boolean', default: false },
  replay: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
};

function readArguments() {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const simulations = simulationsOf(values.what);
  const { record, replay, json } = values;
  return {
    simulations,
    mutants: selectMutants(simulations.flatMap(readRaftMutants), positionals),
    seeds: numberOption(values, 'seeds', undefined),
    from: numberOption(values, 'from', replay ? startOfCommit() : 1),
    jobs: numberOption(values, 'jobs', availableParallelism()),
    record,
    replay,
    json,
  };
}

/** Runs of seeds that are tried for a mutant, one after the other: `{ from, seeds }`. */
function plansOf({ replay, from, seeds }, { hints = [], bound = SEEDS } = {}) {
  if (!replay) return [{ from, seeds: seeds ?? SEEDS }];
  return [...hints.map((hint) => ({ from: hint, seeds: 1 })), { from, seeds: seeds ?? bound }];
}

class Hunt {
  #copies;
  #threads;
  /** Threads without any bug, by simulation. */
  #clean = new Map();

  /** @param threads for each mutant that is searched at a time */
  constructor(copies, threads) {
    this.#copies = copies;
    this.#threads = threads;
  }

  /** Runs seeds until one fails because of the bug, and completes the outcome. */
  async search(mutant, plans, outcome) {
    const { what } = mutant;
    Object.assign(outcome, { what, tried: 0, reason: '' });
    const pool = new SeedPool(what, await this.#copies.mutate(mutant), this.#threads);
    try {
      await this.#try(pool, what, plans, outcome);
    } finally {
      await pool.close();
    }
  }

  async close() {
    for (const pool of this.#clean.values()) await pool.close();
  }

  async #try(pool, what, plans, outcome) {
    for (const plan of plans) {
      const { failed, tried } = await pool.firstFailure(plan);
      outcome.tried += tried;
      if (failed === null) continue;
      const { seed, failure } = failed;
      const clean = await this.#cleanPool(what).firstFailure({ from: seed, seeds: 1 });
      if (clean.failed === null) Object.assign(outcome, { seed, reason: failure });
      else outcome.problem = `seed ${seed} fails without the bug as well: ${clean.failed.failure}`;
      return;
    }
    const { from, seeds } = plans.at(-1);
    outcome.problem = `no seed of ${from} to ${from + seeds - 1} fails, nor one of ${plans.length - 1} hints`;
  }

  #cleanPool(what) {
    let pool = this.#clean.get(what);
    if (pool === undefined) this.#clean.set(what, (pool = new SeedPool(what, this.#copies.clean, 1)));
    return pool;
  }
}

function row({ name, seed, tried = 0, seconds, reason, problem }) {
  const figures = `${String(seed ?? '-').padStart(7)} ${String(tried).padStart(6)} ${seconds.toFixed(1).padStart(6)}s`;
  return `${name.padEnd(34)} ${figures}  ${seed === null ? `NOT FOUND: ${problem}` : reason}`;
}

async function main() {
  const args = readArguments();
  const recorded = Object.fromEntries(args.simulations.map((what) => [what, readSeeds(raftMutantsFolder(what))]));
  const copies = await compileRaft();
  cleanUpAtExit(() => copies.remove());
  const lanes = Math.min(args.jobs, args.mutants.length);
  const hunt = new Hunt(copies, Math.floor(args.jobs / lanes));
  if (!args.json) console.log(`Seeds from ${args.from}`);
  const outcomes = await searchAll({
    mutants: args.mutants,
    lanes,
    search: (mutant, outcome) => hunt.search(mutant, plansOf(args, recorded[mutant.what][mutant.name]), outcome),
    print: (outcome) => console.log(args.json ? JSON.stringify(outcome) : row(outcome)),
  });
  await hunt.close();
  if (args.record) {
    for (const what of args.simulations) {
      const names = readRaftMutants(what).map(({ name }) => name);
      recordSeeds(
        outcomes.filter((outcome) => outcome.what === what),
        names,
        raftMutantsFolder(what),
      );
    }
  }
  return exitCodeOf(outcomes);
}

await runScript(main);
