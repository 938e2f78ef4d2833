/** Run folders of version 0.1.0, as `lab sim --record` and `lab run --record` left them: later versions judge, report and replay them. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lab } from '../../cli/lab-processes.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'distrifs-old-runs-'));
  cpSync(join(import.meta.dirname, 'old-runs'), folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['simulated', 1, 'verdict: fail (failing, seed 7, 116 operations)'],
  ['processes', 0, 'verdict: pass (small, seed 7, 56 operations)'],
])('lab check: the %s run is judged as it was', async (name, code, verdict) => {
  const checked = await lab('check', join(folder, name));
  expect(checked).toMatchObject({ code, err: '' });
  expect(checked.out).toContain(verdict);
});

test.each(['simulated', 'processes'])('lab report: the %s run has its report', async (name) => {
  expect(await lab('report', join(folder, name))).toMatchObject({ code: 0, err: '' });
  const file = join(folder, name, 'report.html');
  expect(existsSync(file)).toBe(true);
  // Every fault of the run is in it, under the number that the run gave.
  expect(readFileSync(file, 'utf8').match(/"action":"/g)?.length ?? 0).toBeGreaterThanOrEqual(9);
});

test('lab replay: the simulated run is run again from the same seed, with the same faults and the same verdict', async () => {
  const { out, code } = await lab('replay', join(folder, 'simulated'));
  // Another version may need other messages: then the events differ, which the exit code says.
  expect([0, 1]).toContain(code);
  expect(out).toMatch(/now +fail/);
  expect(out).toContain('eventually "chunks > 100000" did not come true');
});

test('lab replay: the run on processes is run again with the same faults', { timeout: 120_000 }, async () => {
  const { out, code } = await lab('replay', join(folder, 'processes'), '--no-record');
  expect(out).toContain('9 of 9');
  expect(code).toBe(0);
});
