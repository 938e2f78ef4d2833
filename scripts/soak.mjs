/**
 * A long campaign: scenarios from many seeds, on virtual time, on processes and on threads, and simulated Raft groups.
 *
 *   npm run soak                                   every example, every way, until the time limit
 *   npm run soak -- --minutes 30 --on sim,process  this time limit, these ways only (sim, process, thread)
 *   npm run soak -- --from 5000 a.yaml b.yaml      these files, beginning with this seed
 *
 * The campaign consists of rounds: in each round every file runs with new seeds (--seeds on virtual time, --runs on real nodes), in
 * every way that supports the file. Each way of a round begins with the canary of `lab run` and `lab sim`: clients with planted defects,
 * which every check must find. Each round on virtual time begins with another one: a bug that is planted in the nodes, and that the
 * simulation must find. A campaign whose canary is not found is a failure (exit code 1), whatever its other runs say: it would not have
 * found a bug of the file system either. No run begins after the time limit; --rounds limits the number of rounds. Runs that do not
 * pass are recorded below `runs/soak`, and reported with the command that repeats them. Exit codes: as for `lab run`, the worst of all
 * runs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const CANARY = 'damaged-set-aside';
/** Tried at most. */
const CANARY_SEEDS = 10;
const EXIT_INTERRUPTED = 130;
const EXIT_BAD_FILE = 254;
const GROUPS_A_SEED = 50;
/** The worst first, as for `lab run`. A file that cannot be run at all precedes all others except an interruption. */
const BY_WEIGHT = [EXIT_INTERRUPTED, EXIT_BAD_FILE, 1, 255, 2, 0];

const cwd = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '1000000' },
    from: { type: 'string', default: '1000' },
    on: { type: 'string', default: 'sim,process,thread' },
    seeds: { type: 'string', default: '20' },
    runs: { type: 'string', default: '2' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    'no-raft': { type: 'boolean', default: false },
  },
});
const [minutes, rounds, firstSeed, seeds, runs] = ['minutes', 'rounds', 'from', 'seeds', 'runs'].map((name) =>
  Number(values[name]),
);
if (![minutes, rounds, firstSeed, seeds, runs].every((value) => value >= 0)) {
  console.error('soak: --minutes, --rounds, --from, --seeds and --runs are numbers');
  process.exit(EXIT_BAD_FILE);
}
const ways = values.on.split(',');
const examples = readdirSync(new URL('../examples/', import.meta.url)).filter((name) => name.endsWith('.yaml'));
const files =
  positionals.length > 0 ? positionals.map((file) => relative(cwd, resolve(file))) : examples.map((name) => `examples/${name}`);
const endMs = performance.now() + minutes * 60_000;
const codes = [];
/** By way: ended runs, and the runs that did not pass with the commands that repeat them. */
const sums = new Map();
/** By way: the supported files, as far as known. */
const fitting = new Map();
let isInterrupted = false;
/** The running process. */
let current;
// Ctrl-C also reaches the running process; a second signal would end it at once.
process.on('SIGINT', () => (isInterrupted = true));
process.on('SIGTERM', () => {
  isInterrupted = true;
  current?.kill('SIGTERM');
});
const isOver = () => isInterrupted || performance.now() >= endMs;

/** Runs a command to its end. @param onEvent called for each line of its output, which must be JSON @returns its exit code */
async function run(command, args, { env = {}, onEvent } = {}) {
  const stdio = ['ignore', onEvent === undefined ? 'inherit' : 'pipe', 'inherit'];
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio });
  current = child;
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (piece) => {
    const lines = (text + piece).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) onEvent(JSON.parse(line));
  });
  const [code] = await once(child, 'close');
  return code ?? 255;
}

function report(way, { scenario, runs: ended, pass, notPassed }) {
  const sum = sums.get(way) ?? { runs: 0, pass: 0, notPassed: [] };
  sums.set(way, sum);
  sum.runs += ended;
  sum.pass += pass;
  for (const { seed, verdict, reason, repeat } of notPassed) {
    sum.notPassed.push(`${scenario} seed ${seed} ${verdict}: ${String(reason).split('\n', 1)[0]}\n    ${repeat}`);
  }
  const others = notPassed.map(({ seed, verdict }) => `, seed ${seed} ${verdict}`).join('');
  console.log(`  ${way.padEnd(7)} ${scenario.padEnd(26)} ${pass}/${ended} pass${others}`);
}

/** One round of one way. Files that the way does not support are reported, and excluded from all rounds. */
async function lab(way, round) {
  const fit = fitting.get(way) ?? files;
  fitting.set(way, fit);
  if (fit.length === 0) return;
  const args =
    way === 'sim'
      ? ['sim', ...fit, '--seeds', String(seeds), '--from', String(firstSeed + round * seeds)]
      : // At least two: a single run has no summary.
        ['run', ...fit, '--runtime', way, '--seed', String(firstSeed + round), '--repeat', String(Math.max(2, runs))];
  const refused = new Set();
  const code = await run(process.execPath, ['bin/lab.cjs', ...args, '--jobs', values.jobs, '--json', '--record', 'runs/soak'], {
    onEvent: (event) => {
      if (event.event === 'canary') console.log(`  ${way.padEnd(7)} canary ${event.verdict}`, ...event.missed);
      if (event.event === 'summary') for (const scenario of event.scenarios) report(way, scenario);
      if (event.event !== 'error' || event.run !== undefined) return;
      console.log(`  ${way.padEnd(7)} ${event.message}`);
      if (event.file !== undefined) refused.add(event.file);
    },
  });
  if (code !== EXIT_BAD_FILE || refused.size === 0) {
    codes.push(code);
    return;
  }
  fitting.set(
    way,
    fit.filter((file) => !refused.has(file)),
  );
  await lab(way, round);
}

/** Simulated Raft groups, which check all guarantees after every step: fifty for each seed of the round. */
async function raftGroups(round) {
  const count = Math.max(1, seeds * GROUPS_A_SEED);
  const args = ['--seeds', String(count), '--from', String(1 + firstSeed + round * count), '--jobs', values.jobs];
  codes.push((await run(process.execPath, ['scripts/sim-raft.mjs', ...args])) === 0 ? 0 : 1);
}

/** A planted bug that nearly every seed finds, at seeds of the round: what does not find it proves nothing. */
async function canary(round) {
  const args = [CANARY, '--seeds', String(CANARY_SEEDS), '--from', String(firstSeed + round * CANARY_SEEDS), '--json'];
  let found = null;
  const code = await run(process.execPath, ['scripts/sim-mutants.mjs', ...args], {
    onEvent: ({ seed, problem }) => (found = seed ?? problem),
  });
  if (isInterrupted) return;
  codes.push(code === 0 ? 0 : 1);
  console.log(`  canary  ${CANARY.padEnd(26)} ${code === 0 ? `found at seed ${found}` : `NOT FOUND: ${found}`}`);
}

let round = 0;
for (; round < rounds && !isOver(); round += 1) {
  console.log(`round ${round + 1}`);
  // First: no campaign is too short for it.
  if (ways.includes('sim')) await canary(round);
  for (const way of ways) if (!isOver()) await lab(way, round);
  if (!values['no-raft'] && ways.includes('sim') && !isOver()) await raftGroups(round);
}
if (isInterrupted) codes.push(EXIT_INTERRUPTED);
console.log(`\n${round} rounds of ${files.length} files`);
for (const [way, sum] of sums) {
  console.log(`${way.padEnd(7)} ${sum.runs} runs, ${sum.pass} pass, ${sum.notPassed.length} not`);
  for (const line of sum.notPassed) console.log(`  ${line}`);
}
// A soak without a run proves nothing.
process.exitCode = codes.length === 0 ? 2 : (BY_WEIGHT.find((code) => codes.includes(code)) ?? 255);
