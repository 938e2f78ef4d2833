import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replayRun } from '../../../src/lab/campaign/replay-run.js';
import type { ReplayOptions } from '../../../src/lab/campaign/replay-run.js';
import type { RunScenarioOptions } from '../../../src/lab/campaign/run-scenario.js';
import { runSimulations } from '../../../src/lab/campaign/run-simulations.js';
import type { OpenRunner } from '../../../src/lab/campaign/run-simulations.js';
import { lieAfter, PAUSING, runnerWith } from '../simulation/fixtures.js';

const LIARS = runnerWith(() => lieAfter('pause', 'dn-3'));
let dir = '';
let run = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'distrifs-replay-'));
  const file = join(dir, 'pausing.yaml');
  await writeFile(file, PAUSING);
  const lines: string[] = [];
  const signal = new AbortController().signal;
  const output = { write: (line: string) => void lines.push(line), writeError: () => {} };
  await runSimulations({ files: [file], seeds: 1, from: 4, json: false, trace: false, signal, record: dir, ...output }, LIARS);
  run = /record: (\S+) /.exec(lines.join('\n'))?.[1] ?? '';
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function replay(options: Partial<ReplayOptions> = {}, openRunner: OpenRunner = LIARS) {
  const lines: string[] = [];
  const errors: string[] = [];
  const ordered: RunScenarioOptions[] = [];
  const base = { run, json: false, trace: false, signal: new AbortController().signal };
  const output = { write: (line: string) => void lines.push(line), writeError: (line: string) => void errors.push(line) };
  const world = { openRunner, runScenario: async (given: RunScenarioOptions) => (ordered.push(given), 2) };
  return { exitCode: await replayRun({ ...base, ...output, ...options }, world), lines, errors, ordered };
}

/** The results of the run with something else in them. */
async function altered(change: (results: Record<string, unknown>) => object): Promise<string> {
  const other = await mkdtemp(join(dir, 'altered-'));
  const results = JSON.parse(await readFile(join(run, 'results.json'), 'utf8')) as Record<string, unknown>;
  await writeFile(join(other, 'results.json'), JSON.stringify({ ...results, ...change(results) }));
  for (const name of ['scenario.yaml', 'scenario.resolved.yaml'])
    await writeFile(join(other, name), await readFile(join(run, name)));
  return other;
}

test('replayRun: a simulated run is the same to the last event', async () => {
  const { exitCode, lines } = await replay();
  expect(exitCode).toBe(0);
  expect(lines.at(-1)).toBe('the same run (pausing, seed 4)');
  expect(lines[0]?.split(/ +/).slice(1)).toEqual(lines[1]?.split(/ +/).slice(1));
});

test('replayRun: another digest or verdict is told, with what may explain it', async () => {
  const other = await altered(() => ({ simulation: { digest: 'ff', events: 1, virtualMs: 1 } }));
  const { exitCode, lines } = await replay({ run: other });
  expect(exitCode).toBe(1);
  expect(lines.at(-1)).toMatch(/^another run \(pausing, seed 4\): .* differs, or the run is not deterministic/);
  const honest = await replay(
    { json: true },
    runnerWith(() => ({})),
  );
  expect(honest.exitCode).toBe(1);
  expect(JSON.parse(honest.lines.at(-1) ?? '')).toMatchObject({
    same: false,
    then: { verdict: 'fail' },
    now: { verdict: 'pass' },
  });
});

test('replayRun: traces a simulated run', async () => {
  const { lines } = await replay({ trace: 'CreateFile' });
  expect(lines.some((line) => /client-1 > m-1 +call CreateFile #\d+/.test(line))).toBe(true);
});

test('replayRun: a run on processes gets the same faults, on processes', async () => {
  const real = await altered(() => ({ mode: 'processes' }));
  const { exitCode, ordered } = await replay({ run: real, record: 'elsewhere' });
  expect(exitCode).toBe(2);
  expect(ordered).toMatchObject([{ files: [join(real, 'scenario.resolved.yaml')], seed: 4, record: 'elsewhere' }]);
  expect(await replay({ run: real, trace: true })).toMatchObject({ exitCode: 254, ordered: [] });
});

test('replayRun: ends with 254 on a folder that is none, and with 130 when interrupted', async () => {
  expect(await replay({ run: join(dir, 'none') })).toMatchObject({
    exitCode: 254,
    errors: [expect.stringMatching(/results\.json/)],
  });
  const begun = await mkdtemp(join(dir, 'begun-'));
  await writeFile(join(begun, 'events.ndjson'), '{"event":"start","seed":4,"runMs":1}\n');
  expect(await replay({ run: begun })).toMatchObject({
    exitCode: 254,
    errors: [expect.stringMatching(/has no verdict: the run was interrupted, .*`lab run .*scenario\.yaml --seed 4` repeats it$/)],
  });
  const interrupt = new AbortController();
  const openRunner = runnerWith(() => ({ onRunEvent: () => interrupt.abort() }));
  expect(await replay({ signal: interrupt.signal }, openRunner)).toMatchObject({ exitCode: 130, lines: [] });
});
