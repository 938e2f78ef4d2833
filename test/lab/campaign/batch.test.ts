import { expect, test } from 'vitest';
import { nodeClock } from '../../../src/runtime/node/node-clock.js';
import { Batch } from '../../../src/lab/campaign/batch.js';
import type { BatchOptions } from '../../../src/lab/campaign/batch.js';
import { planRuns } from '../../../src/lab/campaign/planned-runs.js';
import type { RunOne, RunTask } from '../../../src/lab/campaign/run-task.js';
import type { RunEvent, VerdictEvent } from '../../../src/lab/run/run-events.js';
import { fileOf } from './scenario-file.js';

/** What a run tells before its end. */
const tick = (filesAcked: number): RunEvent => {
  const figures = {
    bytesAcked: 0,
    readsVerified: 0,
    filesDeleted: 0,
    errors: 0,
    healthy: 0,
    underReplicated: 0,
    missing: 0,
    unreported: 0,
  };
  return { event: 'tick', elapsedMs: 5, nodes: 1, live: 1, filesAcked, masterReachable: true, ...figures };
};

const verdict = (seed: number): VerdictEvent => {
  const figures = { elapsedMs: 5, filesAcked: 3, bytesAcked: 0, readsVerified: 0, filesDeleted: 0, errors: 0 };
  const faults = { planned: 0, seen: 0, passed: 0 };
  const judged = { verdict: 'unknown', exitCode: 2, reasons: ['why', 'and why'], checks: [] } as const;
  return { event: 'verdict', scenario: 'alpha', seed, ...judged, ...figures, faults };
};

interface Rig {
  readonly lines: string[];
  readonly errors: string[];
  readonly tasks: RunTask[];
  readonly mostAtOnce: () => number;
  readonly interrupt: AbortController;
}

async function run(
  runOne: RunOne,
  more: Partial<BatchOptions> & { readonly repeat?: number; readonly labels?: readonly string[] },
) {
  const { repeat = 1, labels = ['alpha', 'beta'], ...options } = more;
  const interrupt = new AbortController();
  const rig: Rig = { lines: [], errors: [], tasks: [], mostAtOnce: () => most, interrupt };
  let [atOnce, most] = [0, 0];
  const planned = planRuns(labels.map(fileOf), { repeat, chooseSeed: () => 1 });
  const ended = await new Batch({
    planned,
    jobs: 2,
    failFast: false,
    isVerbose: false,
    json: false,
    dir: undefined,
    record: 'runs',
    repeatCommand: ({ entry, seed }) => `lab run ${entry.file} --seed ${seed}`,
    signal: interrupt.signal,
    clock: nodeClock,
    write: (line) => void rig.lines.push(line),
    writeError: (line) => void rig.errors.push(line),
    showProgress: undefined,
    writeProgress: undefined,
    ...options,
    runOne: async (task, print, signal) => {
      rig.tasks.push(task);
      atOnce += 1;
      most = Math.max(most, atOnce);
      const code = await runOne(task, print, signal);
      atOnce -= 1;
      return code;
    },
  }).run();
  return { ...rig, ended, planned };
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

test('Batch keeps so many runs going, in order, each from its own seed, and tells each end in a line', async () => {
  const runOne: RunOne = async (_, print) => {
    print(tick(3));
    await soon();
    return 0;
  };
  const { tasks, mostAtOnce, lines, ended, planned } = await run(runOne, { repeat: 3 });
  expect(mostAtOnce()).toBe(2);
  expect(tasks.map(({ scenario, seed }) => [scenario.name, seed])).toEqual(
    planned.map(({ entry, seed }) => [entry.scenario.name, seed]),
  );
  expect(new Set(tasks.map(({ seed }) => seed)).size).toBe(3);
  expect(ended.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 6 }, () => 'pass'));
  expect(lines).toHaveLength(6);
  expect(lines[0]).toMatch(/^\[1\/6\] pass {5}alpha {2}seed 7 +\d+\.\ds \| 3 files acked, 0\/0 faults seen$/);
});

test('Batch tells why a run did not pass, where it is recorded, and what else was said', async () => {
  const runOne: RunOne = async (task, print) => {
    if (task.scenario.name === 'beta') {
      print({ event: 'error', message: 'The lab failed: no address is free\nsecond line' });
      return 255;
    }
    print({ event: 'error', message: 'Cannot keep the logs: EIO' });
    print({ event: 'record', path: 'runs/r', verdict: 'unknown', checks: 8, failed: [] });
    print(verdict(task.seed));
    return 2;
  };
  const { lines, ended, errors } = await run(runOne, { jobs: 1 });
  expect(lines).toEqual([
    expect.stringMatching(/^\[1\/2\] unknown {2}alpha {2}seed 7 .* \| why \| runs\/r$/),
    '  note: Cannot keep the logs: EIO',
    expect.stringMatching(/^\[2\/2\] error {4}beta {3}seed 7 .* \| The lab failed: no address is free$/),
  ]);
  expect(errors).toEqual([]);
  expect(ended).toMatchObject([
    { verdict: 'unknown', reasons: ['why', 'and why'], record: 'runs/r', repeat: 'lab run alpha.yaml --seed 7' },
    { verdict: 'error', reason: 'The lab failed: no address is free\nsecond line', record: null },
  ]);
});

test('Batch with JSON gives every event the number of its run; one that is alone has none', async () => {
  const runOne: RunOne = async (_, print) => {
    print(tick(1));
    return 0;
  };
  const many = await run(runOne, { json: true });
  expect(many.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { run: 1, event: 'tick' },
    { run: 2, event: 'tick' },
  ]);
  const alone = await run(runOne, { json: true, labels: ['alpha'] });
  expect(alone.lines.map((line) => JSON.parse(line) as unknown)).toEqual([tick(1)]);
});

test('Batch stops after the first run that does not pass when it is to fail fast; those under way end', async () => {
  let release: () => void = () => undefined;
  const failed = new Promise<void>((resolve) => (release = resolve));
  const runOne: RunOne = async ({ scenario }) => {
    if (scenario.name === 'beta') return (release(), 2);
    await failed;
    await soon();
    return 0;
  };
  const { ended } = await run(runOne, { repeat: 5, failFast: true });
  expect(ended.map(({ number, verdict }) => [number, verdict])).toEqual([
    [2, 'unknown'],
    [1, 'pass'],
  ]);
});

test('Batch starts nothing more when it is interrupted, and tells what ended until then', async () => {
  const interrupt = new AbortController();
  const runOne: RunOne = async ({ repetition }, _, signal) => {
    if (repetition?.number === 1) return 0;
    interrupt.abort();
    return signal.aborted ? 130 : 0;
  };
  const { ended } = await run(runOne, { repeat: 4, jobs: 1, signal: interrupt.signal });
  expect(ended.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'interrupted']);
});

test('Batch draws what is under way, and takes it away at the end; without a terminal it says how far it is', async () => {
  const drawn: string[] = [];
  const said: string[] = [];
  const running =
    (until: () => boolean): RunOne =>
    async (_, print) => {
      print(tick(4));
      while (!until()) await soon();
      return 0;
    };
  await run(
    running(() => drawn.length > 0),
    { showProgress: (text) => void drawn.push(text), writeProgress: (line) => void said.push(line) },
  );
  expect(said).toEqual([]);
  expect(drawn[0]?.split('\n')).toEqual([
    expect.stringMatching(/^alpha {2}seed 7 +\d+\.\ds {2}running {3}4 files acked, 0\/0 faults seen$/),
    expect.stringMatching(/^beta {3}seed 7 /),
    expect.stringMatching(/^\d+\.\ds {2}2 running, 0 passed, 0 failed, 0 unknown, 0 to go$/),
  ]);
  expect(drawn.at(-1)).toBe('');
  await run(
    running(() => said.length > 0),
    { writeProgress: (line) => void said.push(line), repeat: 2 },
  );
  expect(said[0]).toMatch(/^\d+\.\ds {2}2 running, 0 passed, 0 failed, 0 unknown, 2 to go$/);
});
