import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { planRuns } from '../../../src/lab/campaign/planned-runs.js';
import { readScenarioFiles } from '../../../src/lab/campaign/scenario-files.js';
import { repetitionSeeds } from '../../../src/lab/scenario/plan/repetitions.js';

const BODY = 'workload: [{ type: write-verify, clients: 1, size: 1KiB }]\nduration: 1s\n';
const SEEDED = `apiVersion: lab/v1\nkind: Scenario\nmetadata: { name: same }\nseed: 7\n${BODY}`;
const SEEDLESS = SEEDED.replace('seed: 7\n', '');

async function filesOf(texts: Readonly<Record<string, string>>): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'planned-runs-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const entries = Object.entries(texts).map(([name, text]) => ({ path: join(dir, name), text }));
  await Promise.all(entries.map(({ path, text }) => writeFile(path, text)));
  return entries.map(({ path }) => path);
}

async function readAll(paths: readonly string[]) {
  const read = await readScenarioFiles(paths, { moreRuns: '--repeat' });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.files;
}

test('planRuns takes every file once before any again; each run of a file has a seed of its own, the first the file’s', async () => {
  const files = await readAll(await filesOf({ 'a.yaml': SEEDED, 'b.yaml': SEEDLESS }));
  const runs = planRuns(files, { repeat: 3, chooseSeed: () => 99 });
  const [own, chosen] = [repetitionSeeds(7, 3), repetitionSeeds(99, 3)];
  expect(runs.map(({ number, seed, seedFrom }) => [number, seed, seedFrom])).toEqual([
    [1, 7, 'file'],
    [2, 99, 'chance'],
    [3, own[1], 'repetition'],
    [4, chosen[1], 'repetition'],
    [5, own[2], 'repetition'],
    [6, chosen[2], 'repetition'],
  ]);
  expect(runs.map(({ repetition }) => repetition?.number)).toEqual([1, 1, 2, 2, 3, 3]);
  const [alone] = planRuns(files, { seed: 5, repeat: 1, chooseSeed: () => 99 });
  expect(alone).toMatchObject({ seed: 5, seedFrom: 'option', repetition: undefined });
});

test('readScenarioFiles tells scenarios of one name apart', async () => {
  const paths = await filesOf({ 'a.yaml': SEEDED, 'b.yaml': SEEDLESS, 'c.yaml': SEEDED.replace('same', 'other') });
  expect((await readAll(paths)).map(({ label }) => label)).toEqual([`same (${paths[0]})`, `same (${paths[1]})`, 'other']);
});

test('readScenarioFiles says everything that is wrong with any of the files', async () => {
  const [good = '', bad = ''] = await filesOf({ 'a.yaml': SEEDED, 'b.yaml': SEEDED.replace('size', 'seize') });
  const read = await readScenarioFiles([good, bad, '/nonexistent.yaml', good], { moreRuns: '--repeat' });
  expect(read).toMatchObject({ ok: false });
  expect(read.ok ? [] : read.problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/b\.yaml:5:.*seize/),
    expect.stringMatching(/Cannot read scenario "\/nonexistent\.yaml"/),
    `"${good}" is given twice: use --repeat for more runs of one file`,
  ]);
});
