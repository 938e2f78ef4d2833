/**
 * Proves that runs on real processes, with real faults, find bugs: plants one of test/mutants in a copy of the compiled code,
 * starts `lab run` of it with one seed after the other until the verdict is "fail", and runs the same without the bug, which must
 * pass.
 *
 *   npm run real:mutants -- [NAME…] [--runs N] [--from S] [--record] [--json]     --record keeps the seeds, which are tried first
 *   npm run real:mutants -- NAME… --scenario FILE                                  a scenario other than that of the patch
 *
 * A seed determines the faults and their times, not the state of the cluster at these times: a later run may find a bug that one
 * run misses. The checks that find each bug, with the scenario of its patch (a run takes 10 to 40 s; more when no master returns,
 * "slow"):
 *
 *   read-unverified             no-corruption, integrity        deleted-file-resurrected    deleted-stay-deleted, linearizability
 *   copy-unverified             no-corruption, integrity        durable-record-cut (slow)   acked-files-readable
 *   chunk-ack-before-fsync      acked-files-readable            log-ack-before-fsync        acked-files-readable, durability
 *   chunk-folder-not-fsynced    acked-files-readable            follower-ack-before-fsync   acked-files-readable, durability
 *   data-before-meta            acked-files-readable            follower-answers-reads      durability, linearizability
 *   half-written-chunk          acked-files-readable            answers-not-remembered      linearizability
 *   rename-in-two-steps         durability, linearizability     exclusive-checked-once      linearizability
 *   log-ack-after-failed-fsync  acked-files-readable (slow)
 *
 * Only the simulation finds too-few-replicas (the simulation checks the disks when a write is acknowledged; a real lab refuses to
 * destroy last copies, so that no data is lost) and reads-without-quorum (the simulation checks every answer; a real leader that is
 * cut off steps down within the half second in which another leader is elected).
 *
 * Exit code: 0 all found, 1 one not found, 254 bad arguments or a patch that is out of date.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readMutants, readSeeds, REAL_FOLDER, ROOT, writeSeeds } from './mutants/catalogue.mjs';
import { Copies } from './mutants/copies.mjs';
import { LabRuns } from './mutants/lab-runs.mjs';

const EXIT = { found: 0, notFound: 1, bad: 254, interrupted: 130 };
const RUNS = 6;

const options = {
  runs: { type: 'string' },
  from: { type: 'string' },
  scenario: { type: 'string' },
  record: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
};

function readArguments() {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const number = (name, otherwise) => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} needs a number, not "${values[name]}"`);
    return value;
  };
  const { scenario } = values;
  if (scenario !== undefined && positionals.length === 0)
    throw new Error('--scenario needs the names of the mutants to run with it');
  const all = readMutants().map((mutant) => ({ ...mutant, real: scenario ?? mutant.real }));
  const real = all.filter((mutant) => mutant.real !== undefined);
  const unknown = positionals.filter((name) => !real.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new Error(`No such mutant, or it names no scenario of real runs: ${unknown.join(', ')}`);
  const mutants = positionals.length === 0 ? real : real.filter(({ name }) => positionals.includes(name));
  for (const mutant of mutants) {
    if (!existsSync(join(ROOT, mutant.real))) throw new Error(`Mutant ${mutant.name}: there is no scenario ${mutant.real}`);
  }
  return {
    mutants,
    runs: number('runs', RUNS),
    from: values.from === undefined ? undefined : number('from', 1),
    record: values.record,
    json: values.json,
  };
}

class Hunt {
  #copies;
  #labs;

  constructor(copies, labs) {
    this.#copies = copies;
    this.#labs = labs;
  }

  /**
   * Runs seeds until one fails because of the bug.
   * @returns the outcome: `seed` is null when no seed found the bug, and `problem` is then the reason
   */
  async search(mutant, seeds) {
    const startedMs = performance.now();
    const outcome = { name: mutant.name, scenario: mutant.real, seed: null, runs: 0, check: '', reason: '', problem: '' };
    const passed = [];
    try {
      const code = this.#copies.mutate(mutant);
      for (const seed of seeds) {
        outcome.runs += 1;
        const broken = await this.#labs.run({ code, scenario: join(ROOT, mutant.real), seed });
        if (broken.verdict !== 'fail') {
          passed.push(`seed ${seed}: ${[broken.verdict, ...broken.reasons.slice(0, 1)].join(', ')}`);
          continue;
        }
        // If the code without the bug fails too, or its verdict is unknown, the seed proves nothing.
        const clean = await this.#labs.run({ code: this.#copies.clean, scenario: join(ROOT, mutant.real), seed });
        if (clean.verdict === 'pass') {
          const { exitCode, reasons, failed } = broken;
          Object.assign(outcome, { seed, exitCode, reason: reasons[0] ?? '', check: failed.join(', ') });
          break;
        }
        passed.push(`seed ${seed}: ${[`without the bug ${clean.verdict}`, ...clean.reasons.slice(0, 1)].join(', ')}`);
      }
      if (outcome.seed === null) outcome.problem = passed.join('; ');
    } catch (error) {
      outcome.problem = error.message;
    }
    return { ...outcome, seconds: Math.round((performance.now() - startedMs) / 100) / 10 };
  }
}

/** The recorded seed first. */
function seedsOf({ from, runs }, recorded) {
  const first = from ?? recorded ?? 1;
  return Array.from({ length: runs }, (_, i) => first + i);
}

function row({ name, scenario, seed, runs, check, reason, problem, seconds }) {
  const figures = `${String(seed ?? '-').padStart(5)} ${String(runs).padStart(5)} ${seconds.toFixed(1).padStart(7)}s`;
  return `${name.padEnd(28)} ${scenario.padEnd(40)} ${figures}  ${seed === null ? `NOT FOUND: ${problem}` : `${check} (${reason.split('\n')[0]})`}`;
}

async function main() {
  const args = readArguments();
  const recorded = readSeeds(REAL_FOLDER);
  const labs = new LabRuns();
  const copies = new Copies();
  process.on('exit', () => {
    labs.close();
    copies.remove();
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(EXIT.interrupted));
  const hunt = new Hunt(copies, labs);
  if (!args.json) {
    const heads = `${'seed'.padStart(5)} ${'runs'.padStart(5)} ${'time'.padStart(8)}`;
    console.log(`${'mutant'.padEnd(28)} ${'scenario'.padEnd(40)} ${heads}  failed check`);
  }
  const outcomes = [];
  for (const mutant of args.mutants) {
    const outcome = await hunt.search(mutant, seedsOf(args, recorded[mutant.name]));
    console.log(args.json ? JSON.stringify(outcome) : row(outcome));
    outcomes.push(outcome);
  }
  if (args.record) {
    const known = new Set(readMutants().flatMap(({ name, real }) => (real === undefined ? [] : [name])));
    const found = outcomes.flatMap(({ name, seed }) => (seed === null ? [] : [[name, seed]]));
    writeSeeds(Object.fromEntries([...Object.entries(recorded), ...found].filter(([name]) => known.has(name))), REAL_FOLDER);
  }
  const missed = outcomes.filter(({ seed }) => seed === null).map(({ name }) => name);
  if (!args.json) {
    const not = missed.length === 0 ? '' : `; not: ${missed.join(', ')}`;
    console.log(`${outcomes.length - missed.length} of ${outcomes.length} found${not}`);
  }
  if (missed.length === 0) return EXIT.found;
  return outcomes.some(({ problem }) => /out of date/.test(problem)) ? EXIT.bad : EXIT.notFound;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = EXIT.bad;
}
