import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { main } from '../../../src/cli/lab.js';
import { HistoryRecorder } from '../../../src/lab/history/history-recorder.js';
import { copyLogs } from '../../../src/lab/record/copy-logs.js';
import { junitXml } from '../../../src/lab/record/junit-xml.js';
import { readRun, RunFolder } from '../../../src/lab/record/run-folder.js';
import type { RunResults } from '../../../src/lab/record/run-results.js';
import type { CheckRow } from '../../../src/lab/run/check-row.js';
import { sha } from '../checkers/histories.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'runs-test-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(root, { recursive: true, force: true });
});

/** A run in which one file was written and read. Its results lie: they say `verdict`. */
function makeRun(read: string, verdict: RunResults['verdict'], effects = 1, rows: readonly CheckRow[] = []): string {
  const folder = RunFolder.create(root, Date.UTC(2026, 0, 31, 10, 15, 2, 500), 42);
  let nowMs = 0;
  const recorder = new HistoryRecorder(() => (nowMs += 1), folder.writeHistory);
  recorder.begin({ client: 'a', kind: 'overwrite', path: '/x', sha256: sha('1') }).complete();
  recorder.begin({ client: 'a', kind: 'read', path: '/x' }).complete({ sha256: sha(read) });
  recorder.end();
  folder.writeEvent({ event: 'start' });
  folder.writeScenario('seed: 42 # as it was\n', 'seed: 42\n');
  const final = { underReplicatedChunks: 0, orphanReplicas: 0, temporaryFiles: 0, masterDigests: ['d'] };
  const facts = { faults: [{ fault: 'kill dn-1', effects }], doubts: [], final };
  const { operations } = recorder;
  const base = { version: 2, mode: 'processes', scenario: 'one', seed: 42, elapsedMs: 1_000, reasons: [], checks: [] } as const;
  folder.finish({ ...base, operations, facts, rows, verdict });
  return folder.path;
}

async function labCheck(...args: string[]): Promise<{ readonly code: unknown; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
  await main('lab', ['check', ...args]);
  vi.restoreAllMocks();
  return { code: process.exitCode, out, err };
}

test('RunFolder: holds all parts of a run, and two of the same second do not meet', () => {
  const path = makeRun('1', 'pass');
  expect(path).toBe(join(root, '20260131T101502Z-42'));
  expect(readdirSync(path).sort()).toEqual([
    'events.ndjson',
    'history.ndjson',
    'junit.xml',
    'logs',
    'results.json',
    'scenario.resolved.yaml',
    'scenario.yaml',
  ]);
  expect(readRun(path).history).toHaveLength(2);
  expect(makeRun('1', 'pass')).toBe(`${path}-2`);
});

test('lab check: judges again and never copies the verdict', async () => {
  expect(await labCheck(makeRun('1', 'fail'))).toMatchObject({
    code: 0,
    out: expect.stringContaining('verdict: pass (one, seed 42') as unknown,
  });
  const failed = await labCheck(makeRun('2', 'pass'));
  expect(failed.code).toBe(1);
  expect(failed.out).toMatch(/FAIL {2}integrity[^]*note: the recorded verdict was pass\nverdict: fail/);
  expect((await labCheck(makeRun('1', 'pass', 0))).code).toBe(2);
  const json = await labCheck('--json', makeRun('2', 'pass'));
  expect(JSON.parse(json.out)).toMatchObject({ event: 'verdict', verdict: 'fail', exitCode: 1, recorded: 'pass' });
});

test('lab check: a run on threads is judged as one on processes', async () => {
  const path = makeRun('1', 'pass');
  const results = readFileSync(join(path, 'results.json'), 'utf8');
  writeFileSync(join(path, 'results.json'), results.replace('"processes"', '"threads"'));
  expect(readRun(path).inputs.mode).toBe('threads');
  expect(await labCheck(path)).toMatchObject({ code: 0 });
});

test('lab check: says what is wrong with a folder that is none, not whole, or damaged', async () => {
  expect(await labCheck(join(root, 'none'))).toMatchObject({ code: 254, err: expect.stringMatching(/results\.json/) as unknown });
  const torn = makeRun('1', 'pass');
  appendFileSync(join(torn, 'history.ndjson'), '{"id":3,');
  expect(await labCheck(torn)).toMatchObject({ code: 254, err: expect.stringMatching(/line 3/) as unknown });
  const short = makeRun('1', 'pass');
  writeFileSync(
    join(short, 'history.ndjson'),
    readFileSync(join(short, 'history.ndjson'), 'utf8').split('\n').slice(1).join('\n'),
  );
  expect(await labCheck(short)).toMatchObject({
    code: 254,
    err: expect.stringMatching(/1 operations, but its results record 2/) as unknown,
  });
  const odd = makeRun('1', 'pass');
  writeFileSync(
    join(odd, 'results.json'),
    '{"version":2,"mode":"processes","scenario":"one","seed":1,"operations":2,"verdict":"pass","facts":{}}',
  );
  expect(await labCheck(odd)).toMatchObject({ code: 254, err: expect.stringMatching(/"facts"/) as unknown });
});

test('lab check: of a run that did not end, says so and what to do', async () => {
  const begin = (extra: object): string => {
    const folder = RunFolder.create(root, Date.UTC(2026, 0, 31), 42);
    folder.writeEvent({ event: 'start', seed: 42, cluster: { runtime: 'thread' }, ...extra });
    folder.close();
    return folder.path;
  };
  const real = begin({ runMs: 1 });
  expect(await labCheck(real)).toMatchObject({
    code: 254,
    err: expect.stringContaining(
      `Run "${real}" has no verdict: the run was interrupted, the lab failed, or the run is still in progress. ` +
        `\`lab report ${real}\` shows what was recorded; \`lab run ${real}/scenario.yaml --seed 42 --runtime thread\` repeats it`,
    ) as unknown,
  });
  const simulated = begin({});
  const { err } = await labCheck(simulated);
  expect(err).toContain(`\`lab sim ${simulated}/scenario.yaml --from 42 --seeds 1\` repeats it`);
});

test('lab check: a folder of an earlier lab is named as such', async () => {
  const old = makeRun('1', 'pass');
  writeFileSync(join(old, 'results.json'), '{"version":1,"scenario":"one","seed":1,"operations":2,"verdict":"pass"}');
  expect(await labCheck(old)).toMatchObject({
    code: 254,
    err: expect.stringMatching(/"version" is 1, and this lab reads 2 \(an earlier version of the lab wrote version 1/) as unknown,
  });
});

test('lab check: what probes saw counts, for no history tells it again', async () => {
  const row = {
    check: 'eventually under_replicated == 0',
    kind: 'promise',
    holds: false,
    detail: 'under_replicated is 2',
  } as const;
  const failed = await labCheck(makeRun('1', 'fail', 1, [row]));
  expect(failed.code).toBe(1);
  expect(failed.out).toMatch(/FAIL {2}eventually under_replicated == 0 +under_replicated is 2/);
  expect((await labCheck(makeRun('1', 'pass', 1, [{ ...row, holds: true }]))).code).toBe(0);
  const own = { ...row, check: 'no-corruption' };
  expect((await labCheck(makeRun('1', 'fail', 1, [own]))).code).toBe(0);
});

test('RunFolder: junit.xml tells the rows of the run, and a doubt that no check names', () => {
  const row = { check: 'no-corruption', kind: 'promise', holds: false, detail: 'broken for 1 files' } as const;
  expect(readFileSync(join(makeRun('1', 'fail', 1, [row]), 'junit.xml'), 'utf8')).toMatch(/failures="1"[^]*name="no-corruption"/);
  expect(readFileSync(join(makeRun('1', 'unknown'), 'junit.xml'), 'utf8')).toMatch(/errors="1"[^]*name="run"/);
});

test('copyLogs: keeps the end of each log, from a beginning of a line, and leaves out what is not there', async () => {
  const to = join(root, 'to');
  mkdirSync(to);
  writeFileSync(join(root, 'dn-1.log'), 'first line\nsecond line\nthird line\n');
  writeFileSync(join(root, 'dn-2.log'), 'short\n');
  await copyLogs([join(root, 'dn-1.log'), join(root, 'dn-2.log'), join(root, 'none.log')], to, 15);
  expect(readdirSync(to).sort()).toEqual(['dn-1.log', 'dn-2.log']);
  expect(readFileSync(join(to, 'dn-1.log'), 'utf8')).toBe('third line\n');
  expect(readFileSync(join(to, 'dn-2.log'), 'utf8')).toBe('short\n');
  await expect(copyLogs([to], to)).rejects.toThrow('EISDIR');
});

test('junitXml: is well formed whatever the messages hold; unknown is an error', () => {
  const violations = [{ operationIds: [1], message: 'a <b> & "c"\n\u0000\uD800 ]]>' }];
  const xml = junitXml(
    'x & "y"',
    [
      { checker: 'a', verdict: 'pass', detail: '', violations: [] },
      { checker: 'b', verdict: 'fail', detail: '<1>', violations },
      { checker: 'c', verdict: 'unknown', detail: 'nobody looked', violations: [] },
    ],
    1_500,
  );
  expect(xml).toContain('<testsuite name="x &amp; &quot;y&quot;" tests="3" failures="1" errors="1" time="1.500">');
  expect(xml).toContain(
    '<failure type="fail" message="&lt;1&gt;">a &lt;b&gt; &amp; &quot;c&quot;&#10;\uFFFD\uFFFD ]]&gt;</failure>',
  );
  expect(xml).toContain('<error type="unknown" message="nobody looked">nobody looked</error>');
  expect(xml.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
});
