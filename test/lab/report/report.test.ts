import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { main } from '../../../src/cli/lab.js';
import { buildModel } from '../../../src/lab/report/build-model.js';
import { FAULTS_MAX } from '../../../src/lab/report/fault-bands.js';
import { OPERATIONS_MAX, operationRows } from '../../../src/lab/report/operation-rows.js';
import { rateBins } from '../../../src/lab/report/rate-bins.js';
import { embeddedJson, escapeHtml, reportHtml } from '../../../src/lab/report/report-html.js';
import type { Operation } from '../../../src/lab/history/operation.js';
import { FATES } from '../../../src/lab/report/report-model.js';
import type { ReportModel } from '../../../src/lab/report/report-model.js';
import { runClockOffset } from '../../../src/lab/report/run-clock-offset.js';
import { readRunData } from '../../../src/lab/report/run-data.js';
import type { RunData } from '../../../src/lab/report/run-data.js';
import { writeReport } from '../../../src/lab/report/write-report.js';
import { EVIL, historyOf, makeRunFolder } from './run-fixture.js';
import type { FixtureOptions } from './run-fixture.js';

const folders: string[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  for (const folder of folders.splice(0)) rmSync(dirname(folder), { recursive: true, force: true });
});

function make(options: FixtureOptions = {}): string {
  const folder = makeRunFolder(options);
  folders.push(folder);
  return folder;
}

const modelOf = (options: FixtureOptions = {}, operationsMax?: number): ReportModel =>
  buildModel(readRunData(make(options)), operationsMax);
const htmlOf = (model: ReportModel): string => reportHtml(model, { script: 'run()', style: 'a{}' });

test('reportHtml: nothing in a run becomes markup or script, and the embedded model is what it was', () => {
  const model = modelOf();
  const html = htmlOf(model);
  expect(html.match(/<script/g)).toHaveLength(2);
  expect(html.match(/<\/script/g)).toHaveLength(2);
  expect(html).not.toMatch(/<img|<!--/);
  // It is there, as text: description, reason, evidence, violation, scenario.
  expect(html.split(escapeHtml(EVIL)).length).toBeGreaterThanOrEqual(6);
  const [, json = ''] = /<script type="application\/json" id="model">([^<]*)<\/script>/.exec(html) ?? [];
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(model)));
  expect(embeddedJson('\u2028</SCRIPT>')).toBe('"\\u2028\\u003c/SCRIPT>"');
});

test('reportHtml: asks for nothing from anywhere', () => {
  const html = htmlOf(modelOf());
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"`);
  expect(html.replace(/<pre[^]*?<\/pre>/g, '')).not.toMatch(/\b(?:src|href)="(?!#|data:)/);
  const folder = make();
  const page = readFileSync(writeReport(folder), 'utf8');
  // Names of XML, and not addresses that anything is fetched from.
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\/|@import|url\(["']?(?!#)/);
});

test('reportHtml: checks, faults and nodes are there without any script', () => {
  const model = modelOf();
  const html = htmlOf(model).replace(/<script[^]*?<\/script>/g, '');
  for (const { check, detail } of model.checks) expect(html).toMatch(new RegExp(`>${check}<[^]*?>${detail}`));
  expect(model.faults.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
  for (const { id, text } of model.faults)
    expect(html).toContain(`data-fault="${id}"><td class="num">${id}</td><th scope="row">${text}`);
  expect(html).toMatch(/<noscript>.*m-1, dn-1, dn-2, dn-3/);
  expect(html).toContain('<span class="verdict fail">✕ fail</span>');
  for (const text of ['seed</dt><dd>9', 'lab check .', 'distrifs-lab 1.2.3, Node v20', 'operations 3, 9'])
    expect(html).toContain(text);
});

test('buildModel: faults last from start to end, with their effects', () => {
  const { faults } = modelOf();
  expect(faults).toMatchObject([
    { id: 1, action: 'kill', nodes: ['dn-1'], fromMs: 1_010, toMs: 2_020, effect: 'seen', effects: 1 },
    { id: 2, action: 'restart', fromMs: 2_020, toMs: null },
    { id: 3, action: 'partition', fromMs: 2_500, toMs: 4_000, effect: 'seen', effects: 42, evidence: '42 bytes held' },
    { id: 4, action: 'lift', text: 'end of fault 3' },
    { id: 5, action: 'bitflip', fromMs: 4_500, toMs: null, effect: 'none' },
    { id: 6, action: 'kill', fromMs: 99_000, effect: 'planned' },
  ]);
});

test('buildModel: nodes have their states and terms, on the time of the run', () => {
  const { nodes, chunks, traffic, fromMs, toMs, violations, focusMs } = modelOf();
  expect(nodes.map(({ id }) => id)).toEqual(['m-1', 'dn-1', 'dn-2', 'dn-3']);
  expect(nodes[0]?.leads).toEqual([{ term: 2, fromMs: 0, toMs }]);
  expect(nodes[1]?.segments).toEqual([
    { state: 'live', fromMs, toMs: 1_010 },
    { state: 'stopped', fromMs: 1_010, toMs: 2_020 },
    { state: 'live', fromMs: 2_020, toMs },
  ]);
  expect(nodes[2]?.segments.map(({ state }) => state)).toEqual(['live', 'stale', 'dead', 'live']);
  expect(chunks).toContainEqual({ atMs: 1_500, healthy: 1, underReplicated: 2, missing: 0, unreported: 0 });
  expect(traffic).toMatchObject({ kind: 'flows', places: ['client-1', 'dn-1', 'dn-2'] });
  expect(traffic.arrows[0]).toEqual([0, 1, 2_000, 2_250, 0, 9_000]);
  // When the last of its operations ended: the ninth.
  expect(violations[0]).toMatchObject({ operationIds: [3, 9], atMs: 820 });
  expect(focusMs).toBe(820);
});

test('buildModel: messages of a simulation are arrows from one to another', () => {
  const message = { sentMs: 5_810, runMs: 5_812, from: 'client-1', to: 'm-1', kind: 'call', method: 'Rename', bytes: 40 };
  const { traffic, commands } = modelOf({ messages: [message] });
  expect(traffic).toEqual({
    kind: 'messages',
    places: ['m-1', 'client-1'],
    labels: ['call Rename'],
    arrows: [[1, 0, 810, 812, 0, 40]],
  });
  expect(commands).toContain('lab replay . --trace');
});

test('buildModel: of an earlier lab or of a run that did not end, what is missing is said', () => {
  const old = modelOf({ withoutSamples: true });
  expect(old.notes.join('\n')).toMatch(/samples\.ndjson is not in the folder[^]*aligned by the first operation/);
  expect(old.nodes.every(({ segments }) => segments.every(({ state }) => state === 'unknown'))).toBe(true);
  expect(old.chunks).toEqual([{ atMs: 3_000, healthy: 3, underReplicated: 2, missing: 1, unreported: 0 }]);
  expect(old.traffic.kind).toBe('none');
  const unfinished = modelOf({ withoutResults: true });
  expect(unfinished).toMatchObject({ verdict: 'unfinished', scenario: 'evil', checks: [] });
  expect(unfinished.notes[0]).toMatch(/results\.json is not in the folder: the run did not end/);
});

test('runClockOffset: leaders of the setup move nothing, whatever time they tell', () => {
  const tick = { event: 'tick', elapsedMs: 1_000, runMs: 7_000 };
  const offsetOf = (leader: object): unknown => {
    const events = [{ event: 'leader', node: 'm-1', term: 1, ...leader }, tick] as unknown as RunData['events'];
    return runClockOffset({ events, history: [] });
  };
  expect(offsetOf({ elapsedMs: null, runMs: 5_700 })).toEqual({ offsetMs: 6_000, note: null });
  // Earlier labs told its time since the cluster was there.
  expect(offsetOf({ elapsedMs: 2_700, runMs: 5_700 })).toEqual({ offsetMs: 6_000, note: null });
});

test('buildModel: without samples, leaders of the setup stand where the clock says', () => {
  const data = readRunData(make());
  const leader = { event: 'leader', elapsedMs: null, runMs: 4_000, node: 'm-1', term: 1 } as const;
  const { marks, nodes, fromMs, toMs } = buildModel({ ...data, samples: [], events: [...data.events, leader] });
  expect(marks).toContainEqual({ atMs: -1_000, kind: 'leader', node: 'm-1', text: 'leads in term 1' });
  expect(nodes[0]?.leads).toEqual([{ node: 'm-1', term: 1, fromMs, toMs }]);
});

test('buildModel: says how the nodes were hosted, of threads also where an earlier lab wrote "processes"', () => {
  const data = readRunData(make());
  const start = data.events.find((event) => event.event === 'start');
  if (start === undefined || data.results === null) throw new Error('The fixture has no start or no results');
  const modeOf = (changes: Partial<RunData>): unknown =>
    buildModel({ ...data, ...changes }).facts.find(([name]) => name === 'mode')?.[1];
  const events = [{ ...start, cluster: { ...start.cluster, runtime: 'thread' as const } }];
  expect(modeOf({})).toBe('processes, on real ports');
  expect(modeOf({ events })).toBe('threads of one process, on real ports');
  expect(modeOf({ events, results: null })).toBe('threads of one process, on real ports');
  expect(modeOf({ events, results: { ...data.results, mode: 'simulation' } })).toBe('simulation, on virtual time');
});

test('operationRows: of many operations the telling ones are kept, and the page stays small', () => {
  const count = 25_000;
  const model = modelOf({ operations: count, spanMs: 3_600_000 });
  expect(model.operations.rows).toHaveLength(OPERATIONS_MAX);
  expect(model.operations.total).toBe(count);
  expect(model.notes.join()).toMatch(/20,000 of 25,000 operations are drawn/);
  const ids = new Set(model.operations.rows.map(([id]) => id));
  for (const id of [3, 9, 5, 7]) expect(ids.has(id)).toBe(true);
  expect(model.rates.bins.length).toBeLessThanOrEqual(901);
  expect(model.rates.bins.reduce((sum, { ok, fail, unknown }) => sum + ok + fail + unknown, 0)).toBe(count);
  expect(htmlOf(model).length).toBeLessThan(4_000_000);
  expect(operationRows(historyOf(10, 10), new Set([1, 2, 3, 4]), (ms) => ms, 3).rows).toHaveLength(3);
});

test('operationRows, rateBins: what the namespace answers as it should is no failure', () => {
  const answers = ['ENOENT', 'EEXIST', 'ENOTEMPTY', 'EIO', 'ETIMEDOUT'];
  const history = historyOf(5, 500).map((one, index): Operation => ({ ...one, outcome: 'fail', error: answers[index] ?? '' }));
  const { rows } = operationRows(history, new Set(), (ms) => ms);
  expect(rows.map((row) => FATES[row[3]])).toEqual(['answered', 'answered', 'answered', 'fail', 'fail']);
  const { bins } = rateBins(history, () => 0, { fromMs: 0, toMs: 1_000 });
  expect(bins[0]).toMatchObject({ ok: 0, answered: 3, fail: 2, unknown: 0 });
});

test('keptFaults: of many faults those without effect and the earliest are kept, and the page stays small', () => {
  const data = readRunData(make());
  const example = data.events.find((event) => event.event === 'fault');
  if (example === undefined) throw new Error('The fixture has no fault');
  const count = 20_000;
  const events = Array.from({ length: count }, (_, index) => {
    const fault = { ...example.fault, id: index + 1 };
    return { ...example, elapsedMs: index, fault, effect: index === count - 1 ? ('none' as const) : ('seen' as const) };
  });
  const model = buildModel({ ...data, events });
  expect(model.faults.map(({ id }) => id)).toEqual([...Array.from({ length: FAULTS_MAX - 1 }, (_, index) => index + 1), count]);
  expect(model.notes.join()).toContain('2,000 of 20,000 faults are shown: first those without effect, then the earliest');
  expect(htmlOf(model).length).toBeLessThan(3_000_000);
});

test('rateBins: percentiles are of the acknowledged operations that ended in a second', () => {
  const history = historyOf(100, 1_000).map((operation, index) => {
    return {
      ...operation,
      outcome: 'ok' as const,
      completedMs: operation.invokedMs,
      invokedMs: operation.invokedMs - (index + 1),
    };
  });
  const { bins } = rateBins(history, (ms) => ms - 5_000, { fromMs: 0, toMs: 1_000 });
  const near = (ms: number): unknown => expect.closeTo(ms, 1);
  expect(bins).toEqual([
    { ok: 100, fail: 0, unknown: 0, answered: 0, bytes: 100_000, p50Ms: near(50), p95Ms: near(95), p99Ms: near(99), maxMs: 100 },
  ]);
});

test('writeReport: the same folder gives the same bytes', () => {
  const folder = make();
  const first = readFileSync(writeReport(folder));
  const again = readFileSync(writeReport(folder, join(folder, 'other.html')));
  expect(first.equals(again)).toBe(true);
});

async function labReport(...args: string[]): Promise<{ readonly code: unknown; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
  await main('lab', ['report', ...args]);
  vi.restoreAllMocks();
  return { code: process.exitCode, out, err };
}

test('lab report: writes where it is told, and says what is no run', async () => {
  const folder = make();
  expect(await labReport(folder)).toEqual({ code: undefined, out: `${join(folder, 'report.html')}\n`, err: '' });
  const file = join(folder, 'elsewhere.html');
  expect((await labReport(folder, '--out', file)).out).toBe(`${file}\n`);
  expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  expect(await labReport(empty)).toMatchObject({ code: 254, err: expect.stringMatching(/not a run folder/) as unknown });
  writeFileSync(join(folder, 'samples.ndjson'), '{"sample":"sta\nnonsense\n');
  process.exitCode = undefined;
  expect((await labReport(folder)).code).toBeUndefined();
});
