import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSimulations } from '../../../src/lab/campaign/run-simulations.js';
import type { OpenRunner, RunSimulationsOptions } from '../../../src/lab/campaign/run-simulations.js';
import type { SeedResult } from '../../../src/lab/simulation/seed-task.js';
import { judgeHistory } from '../../../src/lab/checkers/judge-history.js';
import { readRun } from '../../../src/lab/record/run-folder.js';
import { BUSY, lieAfter, PAUSING, ROLES, runnerWith, scenarioOf } from '../simulation/fixtures.js';
import { simulateSeed } from '../../../src/lab/simulation/simulate-seed.js';

let dir = '';
let file = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'distrifs-sim-'));
  file = join(dir, 'busy.yaml');
  await writeFile(file, BUSY);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** One fault on one node. */
async function pausing(): Promise<string> {
  const path = join(dir, 'pausing.yaml');
  await writeFile(path, PAUSING);
  return path;
}

async function run(options: Partial<RunSimulationsOptions> = {}, openRunner?: OpenRunner) {
  const lines: string[] = [];
  const errors: string[] = [];
  const base = { files: [file], seeds: 1, json: false, trace: false, signal: new AbortController().signal };
  const write = (line: string): void => void lines.push(line);
  const exitCode = await runSimulations({ ...base, write, writeError: (line) => void errors.push(line), ...options }, openRunner);
  return { exitCode, lines, errors };
}

/** A runner whose results are planted. */
const planted =
  (verdictOf: (seed: number) => SeedResult['verdict']): OpenRunner =>
  async () => ({
    jobs: 2,
    close: async () => {},
    run: async ({ seed }) => {
      // Later seeds end earlier.
      await new Promise((resolve) => setTimeout(resolve, seed % 2 === 1 ? 20 : 1));
      const verdict = verdictOf(seed);
      const reasons = verdict === 'pass' ? [] : [`planted ${verdict}`];
      const figures = { events: 1, virtualMs: 1, realMs: 1, filesAcked: 1, readsVerified: 1, errors: 0 };
      const faults = { planned: 0, seen: 0, passed: 0 };
      return { event: 'seed', seed, verdict, reasons, checks: [], digest: `d${seed}`, faults, ...figures };
    },
    watch: async () => {
      throw new Error('Nobody asked for a record');
    },
  });

test('runSimulations shows each seed in order, and the command that replays one that did not pass', async () => {
  const { exitCode, lines } = await run(
    { seeds: 4, from: 7 },
    planted((seed) => (seed === 8 ? 'fail' : 'pass')),
  );
  expect(exitCode).toBe(1);
  expect(lines.filter((line) => line.startsWith('seed ')).map((line) => line.split(/ +/).slice(1, 3).join(' '))).toEqual([
    '7 pass',
    '8 fail',
    '9 pass',
    '10 pass',
  ]);
  expect(lines).toContain('  - planted fail');
  expect(lines).toContain(`  replay: lab sim ${file} --seeds 1 --from 8 --trace`);
  expect(lines.at(-1)).toMatch(/^4 seeds: 3 pass, 1 fail, 0 unknown \| \d+\.\d\d seeds\/s/);
});

test('runSimulations takes several files: seeds in order, file by file, and one table with what did not pass', async () => {
  const other = await pausing();
  const openRunner = planted((seed) => (seed === 8 ? 'unknown' : 'pass'));
  const several = { files: [file, other], seeds: 2, from: 7 };
  const { exitCode, lines } = await run(several, openRunner);
  expect(exitCode).toBe(2);
  const [own, pause] = [basename(file, '.yaml'), 'pausing'];
  expect(
    lines.map((line) => line.split('  ')[0]).filter((line) => line === own || line === pause || /^seed/.test(line ?? '')),
  ).toEqual([own, 'seed 7', 'seed 8', pause, 'seed 7', 'seed 8', own, pause]);
  expect(lines).toContain(`${pause} seed 8: unknown: planted unknown`);
  expect(lines).toContain(`  repeat: lab sim ${other} --seeds 1 --from 8 --trace`);
  expect(lines.at(-1)).toMatch(/^4 seeds: 2 pass, 0 fail, 2 unknown \|/);

  const json = await run({ ...several, json: true }, openRunner);
  const events = json.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.map(({ run: number, scenario }) => [number, scenario])).toEqual([
    ...[own, own, pause, pause].map((name, index) => [index + 1, name]),
    [undefined, undefined],
  ]);
  expect(events.at(-1)).toMatchObject({ seeds: 4, scenarios: [{ file, runs: 2, pass: 1, unknown: 1 }, { file: other }] });

  const twice = await run({ files: [file, file] }, openRunner);
  expect(twice).toMatchObject({
    exitCode: 254,
    lines: [],
    errors: [`"${file}" is given twice: use --seeds for more runs of one file`],
  });
});

test.each([
  ['unknown', 2],
  ['error', 255],
  ['fail', 1],
] as const)('runSimulations ends with %s as %i when one seed does', async (verdict, expected) => {
  const { exitCode, lines } = await run(
    { seeds: 3, from: 1, json: true },
    planted((seed) => (seed === 2 ? verdict : 'pass')),
  );
  expect(exitCode).toBe(expected);
  const events = lines.map((line) => JSON.parse(line) as { readonly event: string; readonly replay?: string });
  expect(events.map(({ event }) => event)).toEqual(['seed', 'seed', 'seed', 'summary']);
  expect(events.map(({ replay }) => replay !== undefined)).toEqual([false, true, false, false]);
});

test('runSimulations: a planted world that breaks a promise gives "fail" and its replay command', async () => {
  let reads = 0;
  const openRunner = runnerWith(() => ({
    wrapClient: (client) => ({
      ...client,
      readFile: async (path) => (++reads === 3 ? new Uint8Array(1) : client.readFile(path)),
    }),
  }));
  const { exitCode, lines } = await run({ from: 5 }, openRunner);
  expect(exitCode).toBe(1);
  expect(lines.join('\n')).toMatch(/seed 5 {2}fail .*\n {2}- no-corruption: .*1 bytes instead of \d+/);
  expect(lines.join('\n')).toContain('--seeds 1 --from 5 --trace');
});

test('runSimulations with a canary that no check finds ends with 1, whatever its seeds say', async () => {
  const { exitCode, lines, errors } = await run(
    { seeds: 2, canary: true },
    planted(() => 'pass'),
  );
  expect(errors).toEqual([expect.stringMatching(/^canary: MISSED/)]);
  expect(lines.at(-1)).toContain('2 pass');
  expect(exitCode).toBe(1);
  // A single seed is no campaign.
  expect(
    await run(
      { canary: true },
      planted(() => 'pass'),
    ),
  ).toMatchObject({ exitCode: 0, errors: [] });
});

test('runSimulations ends with 254 on a bad file and on seeds beyond the last, before anything runs', async () => {
  const bad = join(dir, 'bad.yaml');
  await writeFile(bad, BUSY.replace('rate:', 'rat:'));
  expect(await run({ files: [bad] })).toMatchObject({
    exitCode: 254,
    lines: [],
    errors: [expect.stringMatching(/did you mean "rate"/)],
  });
  expect(await run({ files: [join(dir, 'none.yaml')] })).toMatchObject({ exitCode: 254 });
  expect(await run({ from: 0xffff_ffff, seeds: 2 })).toMatchObject({ exitCode: 254 });
});

test('runSimulations stops with 130 when interrupted', async () => {
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(), 100);
  const { exitCode, errors } = await run({ seeds: 50, signal: interrupt.signal });
  expect(exitCode).toBe(130);
  expect(errors).toEqual([expect.stringMatching(/^Interrupted after \d+ of 50 seeds$/)]);
});

test('runSimulations: the seed that an interruption ended is no error', async () => {
  const interrupt = new AbortController();
  const openRunner = runnerWith(() => ({ onRunEvent: () => interrupt.abort() }));
  const { exitCode, lines, errors } = await run({ seeds: 2, signal: interrupt.signal }, openRunner);
  expect({ exitCode, lines }).toEqual({ exitCode: 130, lines: [] });
  expect(errors).toEqual(['Interrupted after 0 of 2 seeds']);
});

test('runSimulations runs seeds that fail again and records them, no more than it was told to keep', async () => {
  const record = join(dir, 'runs');
  const plain = runnerWith(() => lieAfter('pause', 'dn-3'));
  const { exitCode, lines } = await run({ seeds: 4, from: 1, record, keep: 1, files: [await pausing()] }, plain);
  expect(exitCode).toBe(1);
  const records = lines.filter((line) => line.startsWith('  record: '));
  expect(records).toHaveLength(1);
  const path = /record: (\S+) \(lab shrink /.exec(records[0] ?? '')?.[1] ?? '';
  expect(await readdir(record)).toEqual([basename(path)]);
  expect((await readdir(path)).sort()).toEqual([
    'events.ndjson',
    'history.ndjson',
    'junit.xml',
    'logs',
    'messages.ndjson',
    'report.html',
    'results.json',
    'samples.ndjson',
    'scenario.resolved.yaml',
    'scenario.yaml',
  ]);
  expect(await readFile(join(path, 'scenario.yaml'), 'utf8')).toBe(await readFile(await pausing(), 'utf8'));
  expect((await readdir(join(path, 'logs'))).sort()).toEqual(expect.arrayContaining(['dn-1.log', 'm-1.log']));
  const { inputs, history } = readRun(path);
  expect(inputs).toMatchObject({ mode: 'simulation', seed: 1, recorded: 'fail' });
  expect(judgeHistory(history, inputs.facts).verdict).toBe('fail');
  // The digest of the run that was not recorded.
  expect(lines[0]).toContain(` ${inputs.simulation?.digest.slice(0, 16) ?? 'none'} `);
  expect(await readFile(join(path, 'events.ndjson'), 'utf8')).toMatch(/^\{"event":"start"[^]*"event":"verdict","verdict":"fail"/);
  expect(await readFile(join(path, 'junit.xml'), 'utf8')).toMatch(/name="no-corruption">[^]*name="integrity">/);
});

test('runSimulations says that a seed is not deterministic when its record is of another run', async () => {
  let runs = 0;
  const flaky = runnerWith(() => {
    runs += 1;
    return runs === 1 ? lieAfter('pause', 'dn-3') : {};
  });
  const { lines } = await run({ record: join(dir, 'flaky'), files: [await pausing()], from: 1 }, flaky);
  expect(lines.join('\n')).toContain('NOT DETERMINISTIC');
});

test('runSimulations: what cannot be recorded is said, and the verdict stays', async () => {
  const { exitCode, errors } = await run(
    { record: join(file, 'runs'), files: [await pausing()] },
    runnerWith(() => lieAfter('pause', 'dn-3')),
  );
  expect(exitCode).toBe(1);
  expect(errors).toEqual([expect.stringMatching(/^Cannot record seed 1: .*ENOTDIR/)]);
});

test('runSimulations traces who sent what to whom, filtered', async () => {
  const { exitCode, lines } = await run({ seeds: 1, from: 1, trace: 'CreateFile' });
  expect(exitCode).toBe(0);
  expect(lines.some((line) => /client-1 > m-1 +call CreateFile #\d+/.test(line))).toBe(true);
  const other = lines.filter((line) => !line.includes('CreateFile') && !line.includes('s  # '));
  expect(other).toHaveLength(2);
});

test('lab sim: threads of the built package give the digests that this thread gives', async () => {
  const lab = new URL('../../../bin/lab.cjs', import.meta.url).pathname;
  const args = [lab, 'sim', file, '--seeds', '2', '--from', '1', '--jobs', '2', '--json', '--no-record'];
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(stderr))));
  });
  const results = output.split('\n').flatMap((line) => (line.includes('"seed"') ? [JSON.parse(line) as SeedResult] : []));
  expect(results.map(({ seed }) => seed)).toEqual([1, 2]);
  for (const { seed, digest, verdict } of results) {
    const here = await simulateSeed({ scenario: scenarioOf(BUSY), seed }, { roles: ROLES });
    expect({ seed, digest, verdict }).toEqual({ seed, digest: here.digest, verdict: 'pass' });
  }
});
