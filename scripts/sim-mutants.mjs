/**
 * Proves that the simulation finds bugs: plants each bug of test/mutants in a copy of the compiled code, and runs seeds until one
 * fails. The same seed must pass without the bug.
 *
 *   npm run sim:mutants -- [NAME…] [--seeds N] [--from S] [--jobs J] [--record]      search; --record keeps seeds of rare ones as hints
 *   npm run sim:mutants -- [NAME…] --replay [--from S] [--window N] [--json]         as npm test: hints, and then at most N from S on
 *   npm run sim:mutants -- --check                                                   runs nothing: do the mutants of all sets fit the source?
 *
 * With --replay, S is given by the commit, or by MUTANT_SEEDS_FROM; N is the mutant's bound in seeds.json, or 100.
 *
 * Exit code: 0 all found, 1 one not found, 254 bad arguments or a mutant that is out of date.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readMutants, readSeeds, recordSeeds, ROOT } from './mutants/catalogue.mjs';
import { checkFit } from './mutants/check-fit.mjs';
import { Copies } from './mutants/copies.mjs';
import { numberOption } from './mutants/number-option.mjs';
import { cleanUpAtExit, EXIT, exitCodeOf, runScript, searchAll } from './mutants/search-all.mjs';
import { seedOrder, startOfCommit } from './mutants/seed-order.mjs';
import { SeedRunner } from './mutants/seed-runner.mjs';
import { selectMutants } from './mutants/select-mutants.mjs';

/** Of a search, unless --seeds says otherwise. */
const SEEDS = 1_000;
/** Of a replay, unless a bound is recorded: a mutant that one seed in 6 finds is missed once in 80 million times. */
const BOUND = 100;

const options = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  jobs: { type: 'string' },
  window: { type: 'string' },
  record: { type: 'boolean', default: false },
  replay: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
};

function readArguments() {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const { record, replay, check, json } = values;
  const mutants = selectMutants(readMutants(), positionals);
  for (const { name, scenario } of mutants) {
    if (!existsSync(join(ROOT, scenario))) throw new Error(`Mutant ${name}: there is no scenario ${scenario}`);
  }
  return {
    mutants,
    seeds: numberOption(values, 'seeds', SEEDS, 0),
    from: numberOption(values, 'from', replay ? startOfCommit() : 1, 0),
    jobs: numberOption(values, 'jobs', availableParallelism()),
    window: numberOption(values, 'window', undefined, 0),
    record,
    replay,
    check,
    json,
  };
}

/** What is to be tried for a mutant: `{ hints, from, count }`. */
function planOf({ replay, from, seeds, window }, { hints = [], bound = BOUND } = {}) {
  return replay ? { hints, from, count: window ?? bound } : { hints: [], from, count: seeds };
}

class Hunt {
  #copies;
  #runners = new Set();
  /** Runs seeds without any bug, for all: to load the code costs as much as a seed. */
  #clean;
  /** What they gave, by scenario and seed: many mutants share both. */
  #cleanResults = new Map();

  constructor(copies) {
    this.#copies = copies;
    this.#clean = this.#runner(copies.clean);
  }

  /** Runs seeds until one fails because of the bug, and completes the outcome. */
  async search(mutant, plan, outcome) {
    Object.assign(outcome, { scenario: mutant.scenario, tried: 0, check: '', reason: '' });
    const runner = this.#runner(await this.#copies.mutate(mutant));
    try {
      await this.#try(runner, mutant, plan, outcome);
    } finally {
      runner.kill();
      this.#runners.delete(runner);
    }
  }

  /** Ends everything that runs. */
  close() {
    for (const runner of this.#runners) runner.kill();
  }

  async #try(runner, mutant, plan, outcome) {
    const scenario = join(ROOT, mutant.scenario);
    for (const seed of seedOrder(plan)) {
      outcome.tried += 1;
      const { verdict, reasons, failed } = await runner.run(scenario, seed);
      if (verdict !== 'fail') continue;
      const clean = await this.#cleanRun(scenario, seed);
      if (clean.verdict === 'fail') {
        outcome.problem = `seed ${seed} fails without the bug as well: ${clean.reasons[0] ?? ''}`;
        return;
      }
      // Where the run without the bug proves nothing, neither does the one with it.
      if (clean.verdict !== 'pass') continue;
      Object.assign(outcome, { seed, reason: reasons[0] ?? '', check: failed.join(', ') });
      return;
    }
    outcome.problem = `no seed of ${plan.from} to ${plan.from + plan.count - 1} fails, nor one of ${plan.hints.length} hints`;
  }

  #cleanRun(scenario, seed) {
    const key = `${seed} ${scenario}`;
    const result = this.#cleanResults.get(key) ?? this.#clean.run(scenario, seed);
    this.#cleanResults.set(key, result);
    return result;
  }

  #runner(code) {
    const runner = new SeedRunner(code);
    this.#runners.add(runner);
    return runner;
  }
}

function row({ name, scenario = '', seed, tried = 0, check, problem, seconds }) {
  const figures = `${String(seed ?? '-').padStart(7)} ${String(tried).padStart(6)} ${seconds.toFixed(1).padStart(7)}s`;
  return `${name.padEnd(32)} ${scenario.padEnd(36)} ${figures}  ${seed === null ? `NOT FOUND: ${problem}` : check}`;
}

async function check() {
  const { count, problems } = await checkFit();
  for (const problem of problems) console.log(problem);
  console.log(`${count - problems.length} of ${count} mutants fit the source`);
  return problems.length === 0 ? EXIT.found : EXIT.bad;
}

async function main() {
  const args = readArguments();
  if (args.check) return check();
  const recorded = readSeeds();
  const copies = await Copies.of();
  const hunt = new Hunt(copies);
  cleanUpAtExit(() => {
    hunt.close();
    copies.remove();
  });
  if (!args.json) {
    const heads = `${'seed'.padStart(7)} ${'tried'.padStart(6)} ${'time'.padStart(8)}`;
    console.log(`Seeds from ${args.from}\n${'mutant'.padEnd(32)} ${'scenario'.padEnd(36)} ${heads}  failed check`);
  }
  const outcomes = await searchAll({
    mutants: args.mutants,
    lanes: args.jobs,
    search: (mutant, outcome) => hunt.search(mutant, planOf(args, recorded[mutant.name]), outcome),
    print: (outcome) => console.log(args.json ? JSON.stringify(outcome) : row(outcome)),
  });
  hunt.close();
  if (args.record)
    recordSeeds(
      outcomes,
      readMutants().map(({ name }) => name),
    );
  const missed = outcomes.filter(({ seed }) => seed === null);
  if (!args.json) {
    const names = missed.map(({ name }) => name).join(', ');
    console.log(`${outcomes.length - missed.length} of ${outcomes.length} found${missed.length === 0 ? '' : `; not: ${names}`}`);
  }
  return exitCodeOf(outcomes);
}

await runScript(main);
