import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const LAB = join(import.meta.dirname, '../../bin/lab.cjs');

/** Fails whatever happens, by a probe that never comes true. */
const HOPELESS = `apiVersion: lab/v1
kind: Scenario
metadata: { name: hopeless }
cluster: { masters: 1, datanodes: 4, replication: 3, chunkSize: 64KiB }
workload:
  - { type: write-verify, clients: 2, rate: 8/s, size: 1-10KiB }
duration: 3s
nemesis: { faults: [kill, pause], interval: 500ms }
probes:
  - { eventually: "live == 99", within: 1s }
final: { heal: all, settle: 5s }
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'distrifs-lab-records-'));
  await writeFile(join(folder, 'hopeless.yaml'), HOPELESS);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function lab(...args: string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [LAB, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

test('lab sim records what fails; lab check, replay and shrink go on from there', async () => {
  const sim = lab('sim', 'hopeless.yaml', '--seeds', '2', '--from', '3', '--keep', '1');
  expect(sim).toMatchObject({ code: 1, err: '' });
  expect(sim.out).toMatch(/^canary: the planted defects were found by all 8 checks\n/);
  expect(sim.out).toMatch(/seed 3 {2}fail [^]*record: runs\/\S+-3 \(lab shrink runs[^]*seed 4 {2}fail /);
  const [name = ''] = await readdir(join(folder, 'runs'));
  expect(await readdir(join(folder, 'runs'))).toHaveLength(1);
  const run = join('runs', name);

  const check = lab('check', run);
  expect(check.code).toBe(1);
  expect(check.out).toMatch(/FAIL {2}eventually live == 99/);

  const replay = lab('replay', run);
  expect(replay).toMatchObject({ code: 0, err: '' });
  expect(replay.out).toMatch(/the same run \(hopeless, seed 3\)\n$/);

  const shrunk = lab('shrink', run);
  expect(shrunk).toMatchObject({ code: 0, err: '' });
  const [, command = ''] = /faults, 2 clients, 3s -> 0 faults, 1 client, [^]*Run it: lab (.*)\n$/.exec(shrunk.out) ?? [];
  expect(command).toMatch(/^sim \S+scenario\.shrunk\.yaml --seeds 1 --from 3 --trace$/);
  const again = lab(...command.split(' '), '--no-record');
  expect(again.code).toBe(1);
  expect(again.out).toMatch(/^seed 3 {2}fail /m);
  expect(await readdir(join(folder, 'runs'))).toHaveLength(1);
});

test.each([
  [['replay'], /missing required argument 'run'/],
  [['replay', 'none'], /results\.json/],
  [['shrink', 'none.yaml'], /Cannot read scenario "none\.yaml"/],
  [['shrink', 'hopeless.yaml'], /give the failing seed with --seed/],
  [['shrink', 'hopeless.yaml', '--trials', '0'], /--trials <n>.*whole number from 1/],
  [['run', 'hopeless.yaml', '--repeat', '2', '--dir', 'x'], /omit --dir or --repeat/],
])('lab %j ends with 254 and one line', (args, message) => {
  const { code, out, err } = lab(...args);
  expect({ code, out }).toEqual({ code: 254, out: '' });
  expect(err).toMatch(message);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});
