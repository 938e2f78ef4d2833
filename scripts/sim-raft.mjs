/**
 * Runs simulated Raft groups, one for each seed, on all cores: of the core alone (test/raft/sim), and of the core with driver, log
 * and checkpoints on simulated machines (test/master/group).
 *
 *   npm run sim:raft -- [--what W] [--seeds N] [--from S] [--jobs J]   many seeds; each failure with the command that replays it
 *   npm run sim:raft -- --what core|group --from S --trace             one seed: all messages, writes and applied entries
 *
 *   --what core, group or all (default)     --seeds of each, default 1000     --from default 1     --jobs threads, default all
 *   cores
 *
 * Exit code: 0 all seeds pass, 1 one fails, 254 bad arguments.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileRaft, SeedPool, SIMULATIONS, simulationsOf } from './raft/compiled-raft.mjs';

const EXIT = { passed: 0, failed: 1, bad: 254, interrupted: 130 };

function readArguments() {
  const { values } = parseArgs({
    options: {
      what: { type: 'string', default: 'all' },
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      trace: { type: 'boolean', default: false },
    },
  });
  const number = (name) => {
    const value = Number(values[name]);
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} needs a number from 1, not "${values[name]}"`);
    return value;
  };
  const what = simulationsOf(values.what);
  if (values.trace && what.length > 1) throw new Error('--trace needs --what core or --what group');
  return { what, seeds: number('seeds'), from: number('from'), jobs: number('jobs'), trace: values.trace };
}

async function trace(folder, what, seed) {
  const { worker, run } = SIMULATIONS[what];
  const module = await import(join(folder, worker));
  const { failure, acknowledged } = await module[run](seed, (line) => console.log(line));
  console.log(`seed ${seed}: ${failure ?? `passes, ${acknowledged} writes acknowledged`}`);
  return failure === null;
}

async function runMany(folder, what, { seeds, from, jobs }) {
  const pool = new SeedPool(what, folder, jobs);
  const sum = { seeds: 0, failed: 0, events: 0, acknowledged: 0 };
  const startedMs = performance.now();
  await pool.run({ from, seeds, untilFail: false }, (results) => {
    for (const { seed, failure, events, acknowledged } of results) {
      sum.seeds += 1;
      sum.events += events;
      sum.acknowledged += acknowledged;
      if (failure === null) continue;
      sum.failed += 1;
      console.log(`seed ${seed}: ${failure}\n  npm run sim:raft -- --what ${what} --from ${seed} --trace`);
    }
  });
  const seconds = (performance.now() - startedMs) / 1000;
  await pool.close();
  const { events, acknowledged, failed } = sum;
  console.log(
    `${what}: ${sum.seeds} seeds, ${failed} failed; ${events} events, ${acknowledged} writes acknowledged; ` +
      `${seconds.toFixed(1)} s, ${Math.round(sum.seeds / seconds)} seeds a second`,
  );
  return failed === 0;
}

async function main() {
  const args = readArguments();
  const copies = await compileRaft();
  process.on('exit', () => copies.remove());
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(EXIT.interrupted));
  let hasPassed = true;
  for (const what of args.what) {
    const isGood = args.trace ? await trace(copies.clean, what, args.from) : await runMany(copies.clean, what, args);
    hasPassed &&= isGood;
  }
  return hasPassed ? EXIT.passed : EXIT.failed;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = EXIT.bad;
}
