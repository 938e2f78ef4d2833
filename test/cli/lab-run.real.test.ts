import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../until.js';

const LAB = join(import.meta.dirname, '../../bin/lab.cjs');

const SHORT = `apiVersion: lab/v1
kind: Scenario
metadata: { name: short }
seed: 5
cluster: { masters: 1, datanodes: 4, replication: 3, chunkSize: 256KiB }
workload:
  - { type: write-verify, clients: 2, rate: 20/s, size: 0-512KiB }
duration: 6s
steps:
  - { at: 500ms, duration: 2s, node: { action: kill, selector: { name: dn-2 } } }
  - { at: 2s, duration: 2500ms, network: { action: isolate, selector: { name: dn-3 } } }
  - { at: 5s, duration: 500ms, node: { action: pause, selector: { name: dn-1 } } }
probes:
  - { invariant: acked-files-readable, mode: end }
  - { eventually: "under_replicated == 0", within: 10s, mode: end }
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'distrifs-lab-run-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `lab run`; interrupted as by Ctrl-C once a line holds the text. */
const labRun = (args: readonly string[], interruptAt?: string): Promise<Ended> => lab(['run', ...args], interruptAt);

async function lab(args: readonly string[], interruptAt?: string): Promise<Ended> {
  const child = spawn(process.execPath, [LAB, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (interruptAt !== undefined && text.includes(interruptAt)) child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

async function scenarioFile(text: string): Promise<string> {
  const file = join(folder, 'short.yaml');
  await writeFile(file, text);
  return file;
}

function events(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('lab run runs a scenario on real processes, ends with the verdict, and leaves nothing behind', async () => {
  const { code, stdout, stderr } = await labRun([await scenarioFile(SHORT), '--json']);
  expect(stderr).toBe('');
  const all = events(stdout);
  expect(all.at(-1)).toMatchObject({ event: 'verdict', verdict: 'pass', reasons: [], seed: 5, faults: { planned: 6, seen: 6 } });
  expect(code).toBe(0);
  expect(all.filter((event) => event['event'] === 'tick').length).toBeGreaterThanOrEqual(5);
  const ready = all.find((event) => event['event'] === 'ready');
  expect(existsSync(String(ready?.['dir']))).toBe(false);
});

test('lab run --record keeps a history that lab check judges again, and lab check sees what was altered', async () => {
  const runs = join(folder, 'runs');
  const { code, stdout } = await labRun([await scenarioFile(SHORT.replace(/^steps:.*(?=^probes:)/ms, '')), '--record', runs]);
  expect(stdout).toMatch(/^history: pass by 8 checks, in .*runs/m);
  expect(code).toBe(0);
  const [name = ''] = await readdir(runs);
  const run = join(runs, name);
  expect(await readdir(run)).toEqual(
    [
      'events.ndjson',
      'history.ndjson',
      'junit.xml',
      'logs',
      'report.html',
      'results.json',
      'samples.ndjson',
      'scenario.resolved.yaml',
      'scenario.yaml',
    ].toSorted(),
  );
  expect((await readdir(join(run, 'logs'))).sort()).toEqual(
    ['client-1.log', 'client-2.log', 'client.log', 'dn-1.log', 'dn-2.log', 'dn-3.log', 'dn-4.log', 'm-1.log'].toSorted(),
  );
  expect(await readFile(join(run, 'logs', 'm-1.log'), 'utf8')).toMatch(/^\{"level":/);
  expect(await lab(['check', run])).toMatchObject({ code: 0, stderr: '' });

  const history = await readFile(join(run, 'history.ndjson'), 'utf8');
  const read = history.split('\n').find((line) => line.includes('"kind":"read"') && line.includes('"sha256"')) ?? '';
  const wrong = read.replace(/"sha256":"[0-9a-f]+"/, `"sha256":"${'0'.repeat(64)}"`);
  await writeFile(join(run, 'history.ndjson'), history.replace(read, wrong));
  const judged = await lab(['check', run]);
  expect(judged.code).toBe(1);
  expect(judged.stdout).toMatch(/integrity/);
});

test('lab run: a place that cannot be written to is one line and exit 254, before anything starts', async () => {
  const file = await scenarioFile(SHORT);
  const before = await readdir(folder);
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await labRun([file, ...args]);
    expect([code, stdout]).toEqual([254, '']);
    return stderr;
  };
  expect(await refused('--record', join(file, 'runs'))).toMatch(
    /^Cannot make the folder ".*runs" for records \(give another one with --record, or use --no-record\): ENOTDIR.*\n$/,
  );
  expect(await refused('--record', file)).toMatch(
    /^Cannot record runs in ".*short\.yaml", a file: --record takes a folder; give scenario files before this option\n$/,
  );
  expect(await refused('--dir', folder)).toMatch(/^The folder ".*" does not hold a lab: give an empty or a new folder\n$/);
  expect(await refused('--dir', file)).toMatch(/^Cannot make the lab's folder ".*short\.yaml": EEXIST.*\n$/);
  expect(await readdir(folder)).toEqual(before);
});

test('lab run: whoever looks at the cluster of a run is answered, and whoever acts on it is refused', async () => {
  const quiet = SHORT.replace(/steps:[^]*probes:/, 'probes:')
    .replace('datanodes: 4', 'datanodes: 3')
    .replace('6s', '10s');
  const dir = join(folder, 'kept');
  const run = labRun([await scenarioFile(quiet), '--json', '--no-record', '--dir', dir]);
  await until(() => existsSync(join(dir, 'control.sock')), 'the cluster of the run obeys');
  const status = await lab(['status', '--json', '--dir', dir]);
  expect(JSON.parse(status.stdout)).toMatchObject({ dir, faults: [] });
  const refused = {
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^lab: This cluster belongs to a run of the scenario "short": .* Ctrl-C.*\n$/) as string,
  };
  const commands = [['kill', 'dn-1'], ['load', 'start'], ['heal'], ['down']];
  expect(await Promise.all(commands.map((words) => lab([...words, '--dir', dir])))).toEqual(commands.map(() => refused));
  const { code, stdout } = await run;
  expect(events(stdout).at(-1)).toMatchObject({ event: 'verdict', verdict: 'pass', reasons: [] });
  expect(code).toBe(0);
});

test('lab run cleans up and ends with 130 when interrupted', async () => {
  const { code, stdout } = await labRun([await scenarioFile(SHORT), '--json'], '"tick"');
  expect(code).toBe(130);
  const all = events(stdout);
  expect(all.some((event) => event['event'] === 'verdict')).toBe(false);
  expect(existsSync(String(all.find((event) => event['event'] === 'ready')?.['dir']))).toBe(false);
});

test('lab run says one line about one mistake in a file of 1,000 lines, and ends with 254', async () => {
  const step = '  - { at: 2s, node: { action: kill, selector: { name: dn-2 } } }';
  const lines = [...SHORT.trimEnd().split('\n').slice(0, 9), ...Array.from({ length: 991 }, () => step)];
  lines[899] = step.replace('action', 'actoin');
  const file = await scenarioFile(`${lines.join('\n')}\n`);
  const { code, stdout, stderr } = await labRun([file]);
  expect(code).toBe(254);
  expect(stdout).toBe('');
  expect(stderr).toBe(`${file}:900:23: error on line 900, column 23: unknown key "actoin" in "node": did you mean "action"?\n`);
});

test.each([
  [[], /missing required argument 'file'/],
  [['a.yaml', '--seed', 'x'], /--seed <n>.*whole number from 0 to 4294967295/],
  [['a.yaml', '--sede', '1'], /unknown option '--sede'/],
  [['/nonexistent/a.yaml'], /Cannot read scenario "\/nonexistent\/a.yaml"/],
])('lab run ends with 254 and one line on wrong usage: %j', async (args, message) => {
  const { code, stdout, stderr } = await labRun(args);
  expect(code).toBe(254);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('lab run --help names the exit codes and ends with 0', async () => {
  const { code, stdout } = await labRun(['--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('Exit codes: 0 pass, 1 a guarantee violated, 2 unknown, 254 bad file or arguments');
});
