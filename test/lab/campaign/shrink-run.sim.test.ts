import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RunFolder } from '../../../src/lab/record/run-folder.js';
import { shrinkRun } from '../../../src/lab/campaign/shrink-run.js';
import type { ShrinkRunOptions } from '../../../src/lab/campaign/shrink-run.js';
import { runSimulations } from '../../../src/lab/campaign/run-simulations.js';
import type { OpenRunner } from '../../../src/lab/campaign/run-simulations.js';
import { lieAfter, PAUSING, runnerWith, scenarioOf } from '../simulation/fixtures.js';

/** Eight faults, of which reads lie after one. */
const MANY = PAUSING.replace(/clients: 1, /, 'clients: 2, ').replace(
  /steps:\n.*\n/,
  `steps:
  - { at: 300ms, duration: 300ms, node: { action: pause, selector: { name: dn-1 } } }
  - { at: 500ms, duration: 700ms, node: { action: kill, selector: { name: dn-2 } } }
  - { at: 700ms, duration: 300ms, network: { action: isolate, selector: { name: dn-4 } } }
  - { at: 1s, duration: 300ms, node: { action: pause, selector: { name: [dn-1, dn-3] } } }
  - { at: 1500ms, duration: 300ms, node: { action: stop, selector: { name: dn-4 } } }
  - { at: 1600ms, duration: 300ms, node: { action: pause, selector: { name: dn-2 } } }
nemesis: { faults: [kill], interval: 1s }
`,
);
const LIARS = runnerWith(() => lieAfter('pause', 'dn-3'));

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'distrifs-shrink-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function shrink(options: Partial<ShrinkRunOptions>, openRunner: OpenRunner = LIARS) {
  const lines: string[] = [];
  const errors: string[] = [];
  const base = { what: '', trials: 200, json: false, signal: new AbortController().signal };
  const write = (line: string): void => void lines.push(line);
  const exitCode = await shrinkRun({ ...base, write, writeError: (line) => void errors.push(line), ...options }, openRunner);
  return { exitCode, lines, errors };
}

async function fileOf(name: string, text: string): Promise<string> {
  const file = join(dir, name);
  await writeFile(file, text);
  return file;
}

test('shrinkRun: leaves the one fault that a planted bug needs, and proves the file that it writes', async () => {
  const file = await fileOf('many.yaml', MANY);
  const { exitCode, lines, errors } = await shrink({ what: file, seed: 1 });
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: [] });
  expect(lines[0]).toMatch(/^seed 1 fails: no-corruption \| \d+ faults, 2 clients, 3s$/);
  const out = join(dir, 'many.shrunk.yaml');
  expect(lines.at(-1)).toBe(`verified: ${out} fails with seed 1. Run it: lab sim ${out} --seeds 1 --from 1 --trace`);
  expect(lines.join('\n')).toMatch(
    /faults, 2 clients, 3s -> 1 fault, 1 client, .*no further step can be removed\n {2}1\.0s {2}step pause dn-3\n/,
  );
  const text = await readFile(out, 'utf8');
  expect(scenarioOf(text)).toMatchObject({
    seed: 1,
    steps: [{ atMs: 1_000, fault: { action: 'pause' }, selector: { names: ['dn-3'] } }],
  });
  expect(scenarioOf(text).steps).toHaveLength(1);
  expect(text).toMatch(/^# Reduced by lab shrink from .*many\.yaml, seed 1/);
});

test('shrinkRun: takes the folder of a simulated run, and writes into it', async () => {
  const record = join(dir, 'runs');
  const file = await fileOf('recorded.yaml', MANY);
  const quiet = { seeds: 1, from: 2, json: false, trace: false, signal: new AbortController().signal, record } as const;
  const lines: string[] = [];
  await runSimulations({ ...quiet, files: [file], write: (line) => void lines.push(line), writeError: () => {} }, LIARS);
  const path = /record: (\S+) /.exec(lines.join('\n'))?.[1] ?? '';
  const shrunk = await shrink({ what: path, json: true });
  expect(shrunk.exitCode).toBe(0);
  const out = join(path, 'scenario.shrunk.yaml');
  expect(JSON.parse(shrunk.lines.at(-1) ?? '')).toMatchObject({
    event: 'shrunk',
    seed: 2,
    failure: 'no-corruption',
    to: 1,
    file: out,
  });
  expect(scenarioOf(await readFile(out, 'utf8')).steps).toHaveLength(1);
});

function runOnProcesses(text: string, verdict: 'fail' | 'pass' = 'fail'): string {
  const folder = RunFolder.create(dir, 0, 5);
  folder.writeScenario(text, text);
  folder.finish({
    version: 2,
    mode: 'processes',
    scenario: 'many',
    seed: 5,
    elapsedMs: 1,
    operations: 0,
    facts: { faults: [], doubts: [] },
    rows: [],
    verdict,
    reasons: [],
    checks: [],
  });
  return folder.path;
}

test('shrinkRun: looks for a seed with which the schedule of a run on processes fails', async () => {
  let runs = 0;
  const late = runnerWith(() => (++runs < 3 ? {} : lieAfter('pause', 'dn-3')));
  const { exitCode, lines } = await shrink({ what: runOnProcesses(PAUSING) }, late);
  expect(exitCode).toBe(0);
  expect(lines[0]).toMatch(/^seed 7 fails: no-corruption/);
});

test('shrinkRun: says plainly that the simulation does not show it', async () => {
  const { exitCode, errors } = await shrink(
    { what: runOnProcesses(PAUSING), trials: 4 },
    runnerWith(() => ({})),
  );
  expect(exitCode).toBe(2);
  expect(errors).toEqual(['The simulation does not reproduce the failure: the schedule of this run fails with none of 2 seeds']);
  const file = await fileOf('fine.yaml', PAUSING);
  const fine = await shrink(
    { what: file, seed: 1 },
    runnerWith(() => ({})),
  );
  expect(fine).toMatchObject({
    exitCode: 2,
    errors: ['Seed 1 does not fail: its verdict is pass, so that there is nothing to reduce'],
  });
});

test('shrinkRun: writes the smallest so far when interrupted', async () => {
  const interrupt = new AbortController();
  let runs = 0;
  const openRunner: OpenRunner = async (...args) => {
    const runner = await LIARS(...args);
    return { ...runner, run: (task) => (++runs === 6 && interrupt.abort(), runner.run(task)) };
  };
  const what = await fileOf('cut.yaml', MANY);
  const { exitCode, errors } = await shrink({ what, seed: 1, signal: interrupt.signal, out: join(dir, 'out.yaml') }, openRunner);
  expect(exitCode).toBe(130);
  expect(errors[0]).toMatch(/^Interrupted: the smallest schedule so far, \d+ faults?, .*out\.yaml$/);
  expect(scenarioOf(await readFile(join(dir, 'out.yaml'), 'utf8')).steps.length).toBeGreaterThan(0);
});

test('shrinkRun: ends with 254 and one line on a bad folder, a bad file and a missing seed', async () => {
  expect(await shrink({ what: dir })).toMatchObject({ exitCode: 254, errors: [expect.stringMatching(/results\.json/)] });
  expect(await shrink({ what: join(dir, 'none.yaml') })).toMatchObject({
    exitCode: 254,
    errors: [expect.stringMatching(/ENOENT/)],
  });
  const passed = await shrink({ what: runOnProcesses(PAUSING, 'pass') });
  expect(passed).toMatchObject({ exitCode: 254, errors: [expect.stringMatching(/passed: there is nothing to reduce/)] });
  const what = await fileOf('seedless.yaml', PAUSING);
  expect(await shrink({ what })).toMatchObject({
    exitCode: 254,
    errors: [expect.stringMatching(/give the failing seed with --seed/)],
  });
});
