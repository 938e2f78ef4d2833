/**
 * Proves that runs on real processes, with real faults, find bugs: plants one of test/mutants in a copy of the compiled code,
 * starts `lab run` of it with one seed after the other until the verdict is "fail", and runs the same without the bug, which must
 * pass.
 *
 *   npm run real:mutants -- [NAME…] [--runs N] [--from S] [--record] [--json]     --record keeps seeds, which are tried first
 *   npm run real:mutants -- NAME… --scenario FILE                                  another one than the mutants name
 *
 * A seed fixes what is done to the cluster and when, not what happens at that moment: a bug that one run misses the next may find. Which
 * check finds what, with the scenario that each mutant names (a run takes 10 to 40 s; more where no master comes back, "slow"):
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
 * Exit code: 0 all found, 1 one not found, 254 bad arguments or a mutant that is out of date.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readMutants, readSeeds, REAL_FOLDER, recordSeeds, ROOT } from './mutants/catalogue.mjs';
import { Copies } from './mutants/copies.mjs';
import { LabRuns } from './mutants/lab-runs.mjs';
import { numberOption } from './mutants/number-option.mjs';
import { cleanUpAtExit, exitCodeOf, runScript, searchAll } from './mutants/search-all.mjs';
import { seedOrder } from './mutants/seed-order.mjs';
import { selectMutants } from './mutants/select-mutants.mjs';

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
  const { scenario } = values;
  if (scenario !== undefined && positionals.length === 0)
    throw new Error('--scenario needs the names of the mutants to run with it');
  const all = readMutants().map((mutant) => ({ ...mutant, real: scenario ?? mutant.real }));
  const real = all.filter((mutant) => mutant.real !== undefined);
  const without = all.filter(({ name, real: file }) => file === undefined && positionals.includes(name));
  if (without.length > 0) throw new Error(`No scenario of real runs is named by ${without.map(({ name }) => name).join(', ')}`);
  const mutants = selectMutants(real, positionals);
  for (const mutant of mutants) {
    if (!existsSync(join(ROOT, mutant.real))) throw new Error(`Mutant ${mutant.name}: there is no scenario ${mutant.real}`);
  }
  return {
    mutants,
    runs: numberOption(values, 'runs', RUNS, 0),
    from: numberOption(values, 'from', undefined, 0),
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

  /** Runs seeds until one fails because of the bug, and completes the outcome. */
  async search(mutant, seeds, outcome) {
    Object.assign(outcome, { scenario: mutant.real, runs: 0, check: '', reason: '' });
    const passed = [];
    const code = await this.#copies.mutate(mutant);
    for (const seed of seeds) {
      outcome.runs += 1;
      const broken = await this.#labs.run({ code, scenario: join(ROOT, mutant.real), seed });
      if (broken.verdict !== 'fail') {
        passed.push(`seed ${seed}: ${[broken.verdict, ...broken.reasons.slice(0, 1)].join(', ')}`);
        continue;
      }
      // Where the code fails without the bug as well, or proves nothing, so does the seed.
      const clean = await this.#labs.run({ code: this.#copies.clean, scenario: join(ROOT, mutant.real), seed });
      if (clean.verdict === 'pass') {
        const { exitCode, reasons, failed } = broken;
        Object.assign(outcome, { seed, exitCode, reason: reasons[0] ?? '', check: failed.join(', ') });
        return;
      }
      passed.push(`seed ${seed}: ${[`without the bug ${clean.verdict}`, ...clean.reasons.slice(0, 1)].join(', ')}`);
    }
    outcome.problem = passed.join('; ');
  }
}

/** The hints first, unless a start is asked for. */
function seedsOf({ from, runs }, { hints = [] } = {}) {
  return seedOrder({ hints: from === undefined ? hints : [], from: from ?? 1, count: runs }).slice(0, runs);
}

function row({ name, scenario = '', seed, runs = 0, check, reason, problem, seconds }) {
  const figures = `${String(seed ?? '-').padStart(5)} ${String(runs).padStart(5)} ${seconds.toFixed(1).padStart(7)}s`;
  return `${name.padEnd(28)} ${scenario.padEnd(40)} ${figures}  ${seed === null ? `NOT FOUND: ${problem}` : `${check} (${reason.split('\n')[0]})`}`;
}

async function main() {
  const args = readArguments();
  const recorded = readSeeds(REAL_FOLDER);
  const labs = new LabRuns();
  const copies = await Copies.of();
  cleanUpAtExit(() => {
    labs.close();
    copies.remove();
  });
  const hunt = new Hunt(copies, labs);
  if (!args.json) {
    const heads = `${'seed'.padStart(5)} ${'runs'.padStart(5)} ${'time'.padStart(8)}`;
    console.log(`${'mutant'.padEnd(28)} ${'scenario'.padEnd(40)} ${heads}  failed check`);
  }
  const outcomes = await searchAll({
    mutants: args.mutants,
    // Clusters of real processes disturb one another.
    lanes: 1,
    search: (mutant, outcome) => hunt.search(mutant, seedsOf(args, recorded[mutant.name]), outcome),
    print: (outcome) => console.log(args.json ? JSON.stringify(outcome) : row(outcome)),
  });
  if (args.record) {
    const names = readMutants().flatMap(({ name, real }) => (real === undefined ? [] : [name]));
    recordSeeds(
      outcomes.map((outcome) => ({ ...outcome, tried: outcome.runs })),
      names,
      REAL_FOLDER,
      1,
    );
  }
  const missed = outcomes.filter(({ seed }) => seed === null).map(({ name }) => name);
  if (!args.json) {
    const not = missed.length === 0 ? '' : `; not: ${missed.join(', ')}`;
    console.log(`${outcomes.length - missed.length} of ${outcomes.length} found${not}`);
  }
  return exitCodeOf(outcomes);
}

await runScript(main);
