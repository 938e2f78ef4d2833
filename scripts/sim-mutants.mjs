/**
 * Proves that the simulation finds bugs: plants each bug of test/mutants in a copy of the compiled code, and runs seeds until one
 * fails. The same seed must pass without the bug.
 *
 *   npm run sim:mutants -- [NAME…] [--seeds N] [--from S] [--jobs J] [--record]    search; --record keeps the seeds for npm test
 *   npm run sim:mutants -- [NAME…] --replay [--window N] [--json]                  the recorded seeds, and N after each
 *
 * Exit code: 0 all found, 1 one not found, 254 bad arguments or a patch that is out of date.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readMutants, readSeeds, ROOT, writeSeeds } from './mutants/catalogue.mjs';
import { Copies } from './mutants/copies.mjs';
import { SeedProcesses } from './mutants/run-seeds.mjs';

const EXIT = { found: 0, notFound: 1, bad: 254, interrupted: 130 };
const WINDOW = 25;
const SEEDS = 1_000;

const options = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  jobs: { type: 'string' },
  window: { type: 'string' },
  record: { type: 'boolean', default: false },
  replay: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
};

function readArguments() {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const number = (name, otherwise) => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} needs a number, not "${values[name]}"`);
    return value;
  };
  const all = readMutants();
  const unknown = positionals.filter((name) => !all.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new Error(`No such mutant: ${unknown.join(', ')}`);
  const mutants = positionals.length === 0 ? all : all.filter(({ name }) => positionals.includes(name));
  for (const { name, scenario } of mutants) {
    if (!existsSync(join(ROOT, scenario))) throw new Error(`Mutant ${name}: there is no scenario ${scenario}`);
  }
  return {
    mutants,
    seeds: number('seeds', SEEDS),
    from: number('from', 1),
    jobs: Math.max(1, number('jobs', availableParallelism())),
    window: number('window', WINDOW),
    record: values.record,
    replay: values.replay,
    json: values.json,
  };
}

class Hunt {
  #copies;
  #processes;
  /** Verdicts of seeds without any bug, by scenario and seed. */
  #clean = new Map();

  constructor(copies, processes) {
    this.#copies = copies;
    this.#processes = processes;
  }

  /**
   * Runs seeds until one fails because of the bug.
   * @returns the outcome: `seed` is null when no seed found the bug, and `problem` is then the reason
   */
  async search(mutant, seeds) {
    const startedMs = performance.now();
    const outcome = {
      name: mutant.name,
      scenario: mutant.scenario,
      seed: null,
      seedsTried: 0,
      check: '',
      reason: '',
      problem: '',
    };
    try {
      const code = this.#copies.mutate(mutant);
      for (let left = seeds; outcome.seed === null;) {
        const results = await this.#processes.run({ code, runs: runsOf(mutant.scenario, left), untilFail: true });
        outcome.seedsTried += results.length;
        left = left.slice(results.length);
        const last = results.at(-1);
        if (last?.verdict !== 'fail') {
          outcome.problem = seeds.length === 0 ? 'no seed is recorded' : `no seed of ${seeds[0]} to ${seeds.at(-1)} fails`;
          break;
        }
        // If the code without the bug fails too, the seed proves nothing.
        if ((await this.#withoutBug(mutant.scenario, last.seed)) !== 'pass') continue;
        outcome.seed = last.seed;
        outcome.reason = last.reasons[0] ?? '';
        outcome.check = last.failed.join(', ');
      }
    } catch (error) {
      outcome.problem = error.message;
    }
    return { ...outcome, seconds: Math.round((performance.now() - startedMs) / 100) / 10 };
  }

  /** Runs seeds without any bug, all in one process, because loading the code costs as much as a seed. */
  tryWithoutBug(pairs) {
    const runs = pairs.flatMap(([scenario, seed]) => runsOf(scenario, [seed]));
    const results = this.#processes.run({ code: this.#copies.clean, runs, untilFail: false });
    // The failure is reported to the callers that wait for a verdict.
    results.catch(() => undefined);
    for (const [i, { scenario, seed }] of runs.entries()) {
      const verdict = results.then((all) => all[i]?.verdict);
      verdict.catch(() => undefined);
      this.#clean.set(`${scenario} ${seed}`, verdict);
    }
  }

  #withoutBug(scenario, seed) {
    const key = `${join(ROOT, scenario)} ${seed}`;
    if (!this.#clean.has(key)) this.tryWithoutBug([[scenario, seed]]);
    return this.#clean.get(key);
  }
}

const runsOf = (scenario, seeds) => seeds.map((seed) => ({ scenario: join(ROOT, scenario), seed }));
const range = (from, count) => Array.from({ length: count }, (_, i) => from + i);

function row({ name, scenario, seed, seedsTried, check, problem, seconds }) {
  const figures = `${String(seed ?? '-').padStart(6)} ${String(seedsTried).padStart(6)} ${seconds.toFixed(1).padStart(7)}s`;
  return `${name.padEnd(32)} ${scenario.padEnd(36)} ${figures}  ${seed === null ? `NOT FOUND: ${problem}` : check}`;
}

async function main() {
  const args = readArguments();
  const recorded = readSeeds();
  const processes = new SeedProcesses();
  const copies = new Copies();
  process.on('exit', () => {
    processes.kill();
    copies.remove();
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(EXIT.interrupted));
  const hunt = new Hunt(copies, processes);
  if (!args.json) {
    console.log(
      `${'mutant'.padEnd(32)} ${'scenario'.padEnd(36)} ${'seed'.padStart(6)} ${'tried'.padStart(6)} ${'time'.padStart(8)}  failed check`,
    );
  }
  if (args.replay) hunt.tryWithoutBug(args.mutants.map(({ name, scenario }) => [scenario, recorded[name] ?? 0]));
  const waiting = [...args.mutants];
  const outcomes = [];
  const lane = async () => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const first = recorded[mutant.name];
      const seeds = !args.replay ? range(args.from, args.seeds) : first === undefined ? [] : range(first, args.window + 1);
      const outcome = await hunt.search(mutant, seeds);
      console.log(args.json ? JSON.stringify(outcome) : row(outcome));
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: args.jobs }, lane));
  if (args.record) {
    const known = new Set(readMutants().map(({ name }) => name));
    const found = outcomes.flatMap(({ name, seed }) => (seed === null ? [] : [[name, seed]]));
    writeSeeds(Object.fromEntries([...Object.entries(recorded), ...found].filter(([name]) => known.has(name))));
  }
  const missed = outcomes.filter(({ seed }) => seed === null).map(({ name }) => name);
  if (!args.json)
    console.log(
      `${outcomes.length - missed.length} of ${outcomes.length} found${missed.length === 0 ? '' : `; not: ${missed.join(', ')}`}`,
    );
  return missed.length === 0
    ? EXIT.found
    : outcomes.some(({ problem }) => /out of date/.test(problem))
      ? EXIT.bad
      : EXIT.notFound;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = EXIT.bad;
}
