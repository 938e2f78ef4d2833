import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRunning } from '../../src/supervisor/folder/process-identity.js';
import { readRunningRecord } from '../../src/supervisor/folder/lab-record.js';

const LAB = join(import.meta.dirname, '../../bin/lab.cjs');

const TINY = `apiVersion: lab/v1
kind: Scenario
metadata: { name: NAME }
seed: 5
cluster: { masters: 1, datanodes: 3, replication: 2, chunkSize: 256KiB }
workload:
  - { type: metadata, clients: 2, rate: 40/s, names: 4, size: 0-4KiB }
duration: 600ms
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'distrifs-run-many-'));
  for (const name of ['alpha', 'beta']) await writeFile(join(folder, `${name}.yaml`), TINY.replace('NAME', name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Fields = Readonly<Record<string, unknown>>;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly Fields[];
}

/** @param onEvent with each line of --json as it comes, and what ends the command */
async function labRun(
  args: readonly string[],
  onEvent: (event: Fields, kill: (pid?: number) => void) => void = () => {},
): Promise<Ended> {
  const child = spawn(process.execPath, [LAB, 'run', ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr, read] = ['', '', 0];
  const events: Fields[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (let end = stdout.indexOf('\n', read); args.includes('--json') && end >= 0; end = stdout.indexOf('\n', read)) {
      const event = JSON.parse(stdout.slice(read, end)) as Fields;
      read = end + 1;
      events.push(event);
      onEvent(event, (pid) => (pid === undefined ? child.kill('SIGINT') : process.kill(pid, 'SIGKILL')));
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr, events };
}

const labsOf = (events: readonly Fields[]): string[] =>
  events.flatMap(({ event, dir }) => (event === 'ready' ? [String(dir)] : []));

test('lab run runs two files twice, two at a time, on clusters of their own, and leaves nothing behind', async () => {
  const { code, events, stderr } = await labRun([
    ...['alpha.yaml', 'beta.yaml', '--repeat', '2', '--jobs', '2', '--json', '--no-record', '--junit', 'out/all.xml'],
  ]);
  expect(stderr).toBe('');
  expect(events[0]).toMatchObject({ event: 'canary', verdict: 'found', missed: [] });
  const summary = events.at(-1);
  expect(summary).toMatchObject({ event: 'summary', exitCode: 0, planned: 4, runs: 4, pass: 4 });
  expect(summary?.['scenarios']).toMatchObject([
    { scenario: 'alpha', runs: 2, pass: 2, notPassed: [] },
    { scenario: 'beta', runs: 2, pass: 2, notPassed: [] },
  ]);
  expect(code).toBe(0);
  const seeds = (run: number): unknown => events.find((event) => event['event'] === 'start' && event['run'] === run)?.['seed'];
  // The same file seed leads to the same seeds.
  expect([seeds(1), seeds(2)]).toEqual([5, 5]);
  expect(seeds(3)).toBe(seeds(4));
  expect(seeds(3)).not.toBe(5);
  const labs = labsOf(events);
  expect(new Set(labs).size).toBe(4);
  expect(labs.filter((dir) => existsSync(dir))).toEqual([]);
  // Two had started before the first was over.
  const order = events.flatMap(({ event, run }) => (event === 'start' || event === 'verdict' ? [`${event} ${String(run)}`] : []));
  expect(order.slice(0, 2).sort()).toEqual(['start 1', 'start 2']);
  expect((await readFile(join(folder, 'out/all.xml'), 'utf8')).match(/<testcase /g)).toHaveLength(4);
  expect(await readdir(folder)).not.toContain('runs');
});

test('lab run: a run whose process dies is an error of its own, swept, and takes no other with it', async () => {
  const labs = new Map<unknown, ReturnType<typeof readRunningRecord>>();
  const { code, events } = await labRun(
    [...['alpha.yaml', 'beta.yaml'], '--jobs', '2', '--json', '--no-record', '--no-canary'],
    (event, kill) => {
      if (event['event'] !== 'ready') return;
      labs.set(event['run'], readRunningRecord(String(event['dir'])));
      // Once both run: a lab that starts would sweep what the other left.
      if (labs.size === 2) kill(labs.get(1)?.owner.pid);
    },
  );
  expect(code).toBe(255);
  expect(events.at(-1)).toMatchObject({
    runs: 2,
    pass: 1,
    error: 1,
    scenarios: [
      {
        notPassed: [
          {
            verdict: 'error',
            reason: 'The lab failed: the process of the run ended by SIGKILL',
            repeat: 'lab run alpha.yaml --seed 5',
          },
        ],
      },
      { pass: 1 },
    ],
  });
  expect(labsOf(events).filter((dir) => existsSync(dir))).toEqual([]);
  expect(labs.get(1)?.children.filter(isRunning)).toEqual([]);
});

test('lab run ends all that runs when interrupted, and still tells what ended', async () => {
  await writeFile(join(folder, 'long.yaml'), TINY.replace('NAME', 'long').replace('600ms', '60s'));
  let isAsked = false;
  const { code, events } = await labRun(
    ['long.yaml', 'alpha.yaml', '--repeat', '9', '--jobs', '2', '--json', '--no-record', '--no-canary'],
    (event, kill) => {
      if (event['event'] !== 'verdict' || isAsked) return;
      isAsked = true;
      kill();
    },
  );
  expect(code).toBe(130);
  expect(events.at(-1)).toMatchObject({ event: 'summary', exitCode: 130, planned: 18, pass: 1 });
  expect(events.at(-1)?.['interrupted']).toBeGreaterThanOrEqual(1);
  const labs = labsOf(events);
  expect(labs.length).toBeGreaterThanOrEqual(2);
  expect(labs.filter((dir) => existsSync(dir))).toEqual([]);
});

test('lab run: one bad file among good ones, and nothing is started', async () => {
  await writeFile(join(folder, 'bad.yaml'), TINY.replace('duration', 'duratoin'));
  const { code, stdout, stderr } = await labRun(['alpha.yaml', 'bad.yaml', 'none.yaml', 'alpha.yaml']);
  expect(code).toBe(254);
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^bad\.yaml:8:1: .*did you mean "duration"/),
    expect.stringMatching(/Cannot read scenario "none\.yaml"/),
    '"alpha.yaml" is given twice: use --repeat for more runs of one file',
  ]);
});

test.each([
  [['a.yaml', '--jobs', '0'], /--jobs <n>.*whole number from 1 to 64/],
  [['a.yaml', '--runtime', 'fork'], /--runtime <kind>.*process, thread/],
  [['alpha.yaml', 'beta.yaml', '--dir', 'x'], /cannot share one folder/],
])('lab run ends with 254 and one line on wrong usage: %j', async (args, message) => {
  const { code, stdout, stderr } = await labRun(args);
  expect([code, stdout]).toEqual([254, '']);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
