import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { identityOf } from '../../src/supervisor/folder/process-identity.js';
import { sweepLabs } from '../../src/supervisor/folder/sweep-labs.js';
import { until } from '../until.js';

const LAB = fileURLToPath(new URL('../../bin/lab.cjs', import.meta.url));
const SMALL = ['--masters', '1', '--datanodes', '2', '--replication', '1'];
const PROCESSES = ['--runtime', 'process'];
const started = new Set<ChildProcess>();

afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
});

interface Ready {
  readonly event: string;
  readonly dir: string;
  readonly control: string;
  readonly proxy: string;
  readonly runtime: string;
  readonly hostPid: number | null;
  readonly masters: readonly { readonly id: string; readonly address: string; readonly pid: number; readonly log: string }[];
  readonly datanodes: readonly { readonly id: string; readonly pid: number; readonly dataDir: string }[];
}

interface RunningLab {
  readonly child: ChildProcess;
  readonly ready: Ready;
  readonly lines: Record<string, unknown>[];
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

async function up(...options: readonly string[]): Promise<RunningLab> {
  const child = spawn(process.execPath, [LAB, 'up', '--no-tui', '--json', ...SMALL, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.add(child);
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  const lines: Record<string, unknown>[] = [];
  const ready = await new Promise<Ready>((resolve, reject) => {
    void exit.then(() => reject(new Error('lab up ended before it was ready')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const object = JSON.parse(line) as Record<string, unknown>;
      if (lines.push(object) === 1) resolve(object as unknown as Ready);
    });
  });
  return { child, ready, lines, exit };
}

async function lab(...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [LAB, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

const pidsOf = (ready: Ready): number[] => [...ready.masters, ...ready.datanodes].map((node) => node.pid);

test('lab up --json prints the ready line first, obeys lab commands, and ends cleanly on SIGINT', async () => {
  const { child, ready, lines, exit } = await up(...PROCESSES);
  expect(Object.keys(ready)).toEqual(['event', 'dir', 'control', 'proxy', 'runtime', 'hostPid', 'masters', 'datanodes']);
  expect(Object.keys(ready.masters[0]!)).toEqual(['id', 'address', 'pid', 'log']);
  expect(Object.keys(ready.datanodes[0]!)).toEqual(['id', 'address', 'pid', 'dataDir', 'log']);
  const target = ['--dir', ready.dir];

  const killed = await lab('kill', 'dn-1', ...target);
  expect([killed.code, killed.out]).toEqual([0, 'kill: done (dn-1): process gone by SIGKILL\n']);
  expect((await lab('partition', 'dn-1,dn-2', '--kind', 'reset', ...target)).code).toBe(0);
  const status = JSON.parse((await lab('status', '--json', ...target)).out) as {
    nodes: { id: string; role: string; state: string; pid: number | null; usedBytes: number }[];
    chunks: unknown;
  };
  expect(status.nodes[1]).toMatchObject({ id: 'dn-1', role: 'datanode', state: 'stopped', pid: null, usedBytes: 0 });
  expect(status.nodes[0]).toMatchObject({ id: 'm-1', role: 'master', state: 'live', pid: ready.masters[0]!.pid });
  expect(status.chunks).toEqual({ total: 0, healthy: 0, underReplicated: 0, missing: 0, unreported: 0 });
  expect((await lab('heal', ...target)).code).toBe(0);
  expect((await lab('env', ...target)).out.split('\n').slice(0, 3)).toEqual([
    `export DISTRIFS_MASTER=${ready.masters[0]!.address}`,
    'export DISTRIFS_PROFILE=fast',
    `export grpc_proxy=${ready.proxy}`,
  ]);
  expect(await lab('kill', 'dn-7', ...target)).toMatchObject({
    code: 2,
    err: 'lab: unknown node "dn-7": this cluster has m-1 and dn-1 to dn-2\n',
  });
  await until(() => lines.some((line) => line['event'] === 'node-exit' && line['node'] === 'dn-1'), 'the event of the kill');

  child.kill('SIGINT');
  expect(await exit).toEqual({ code: 0, signal: null });
  expect(pidsOf(ready).map(identityOf)).toEqual([null, null, null]);
  expect(existsSync(ready.dir)).toBe(false);
});

test('a lab that is killed leaves only paused nodes and its folder, and the sweep clears them away', async () => {
  const { child, ready, exit } = await up(...PROCESSES);
  expect((await lab('pause', 'dn-2', '--dir', ready.dir)).code).toBe(0);
  child.kill('SIGKILL');
  await exit;
  const [master, first, paused] = pidsOf(ready);
  await until(() => identityOf(master!) === null && identityOf(first!) === null, 'the running nodes end by themselves');
  expect(identityOf(paused!)).not.toBeNull();
  expect(existsSync(ready.dir)).toBe(true);
  await sweepLabs();
  expect(identityOf(paused!)).toBeNull();
  expect(existsSync(ready.dir)).toBe(false);
});

test('a lab of threads that is killed takes its host process along, and the sweep clears a stopped one away', async () => {
  for (const isStopped of [false, true]) {
    const { child, ready, exit } = await up('--runtime', 'thread');
    expect(ready).toMatchObject({ runtime: 'thread', masters: [{ pid: null }], datanodes: [{ pid: null }, { pid: null }] });
    const status = await lab('status', '--dir', ready.dir);
    expect(status.out).toMatch(/^dn-1 +datanode +live .* thread /m);
    if (isStopped) process.kill(ready.hostPid!, 'SIGSTOP');
    child.kill('SIGKILL');
    await exit;
    if (isStopped) expect(identityOf(ready.hostPid!)).not.toBeNull();
    else await until(() => identityOf(ready.hostPid!) === null, 'the host process ends by itself');
    await sweepLabs();
    expect(identityOf(ready.hostPid!)).toBeNull();
    expect(existsSync(ready.dir)).toBe(false);
  }
});

test('lab up hosts nodes as threads, and a kept lab as it ran, unless it is told otherwise', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'lab-'));
  try {
    for (const [options, runtime] of [
      [[], 'thread'],
      [['--runtime', 'process'], 'process'],
      [[], 'process'],
      [['--runtime', 'thread'], 'thread'],
    ] as const) {
      const { child, ready, exit } = await up('--dir', dir, ...options);
      expect([ready.runtime, ready.hostPid === null]).toEqual([runtime, runtime === 'process']);
      child.kill('SIGTERM');
      expect(await exit).toEqual({ code: 0, signal: null });
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('lab help explains commands, and faults', async () => {
  const faults = await lab('help', 'faults');
  expect([faults.code, faults.err]).toEqual([0, '']);
  expect(faults.out).toMatch(/^ {2}kill +p t s {2}ends the node at once/m);
  expect((await lab('help', 'kill')).out).toMatch(/^Usage: lab kill /);
  expect(await lab('help', 'frobnicate')).toMatchObject({ code: 2, out: '' });
});

test('lab up ends cleanly when nobody reads its output any more, and on lab down', async () => {
  const unread = await up(...PROCESSES);
  unread.child.stdout!.destroy();
  // The next event finds nobody.
  await lab('kill', 'dn-1', '--dir', unread.ready.dir);
  expect(await unread.exit).toEqual({ code: 0, signal: null });
  expect(existsSync(unread.ready.dir)).toBe(false);

  const second = await up(...PROCESSES);
  expect(await lab('down', '--dir', second.ready.dir)).toMatchObject({ code: 0 });
  expect(await second.exit).toEqual({ code: 0, signal: null });
  expect(existsSync(second.ready.dir)).toBe(false);
});

test.each([
  [['up'], /^lab: there is no terminal .* --no-tui .*\n$/],
  [['up', '--masters', '2'], /^lab: Cannot start a cluster with masters 2: .*\n$/],
  [['up', '--datanodes', '60'], /^lab: Cannot start a cluster with datanodes 60: it must be a whole number, 1 to 50\n$/],
  [['up', '--no-tui', '--replication', '9', '--datanodes', '3'], /^lab: Cannot start a cluster with replication 9: .* 1 to 3\n$/],
  [['up', '--no-tui', '--masters', '2'], /^lab: Cannot start a cluster with masters 2: take 1, 3 or 5; 2 survive no more .*\n$/],
  [['up', '--no-tui', '--chunk-size', 'huge'], /^lab: .*'--chunk-size <size>'.*"huge" is not a size.*\n$/],
  [['up', '--no-tui', '--replication', '99'], /^lab: Cannot start a cluster with replication 99.*\n$/],
  [['up', '--runtime', 'fibre'], /^lab: .*'--runtime <kind>'.*\n$/],
  [['kill'], /^lab: kill: name at least one node, or select with --role, .*\n$/],
  [['delay', 'dn-1'], /^lab: delay needs --delay <time>: .*\n$/],
  [['loss', 'dn-1', '--percent', '5'], /^lab: loss: a byte stream has no loss, .*\n$/],
  [['lift', 'all'], /^lab: .*'id'.*number of a fault.*\n$/],
  [['frobnicate'], /^lab: unknown command 'frobnicate'.*\n$/],
])('lab %j is refused as wrong usage in one line', async (args, message) => {
  const { code, out, err } = await lab(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(message);
});

test('lab status without a lab says so and fails', async () => {
  expect(await lab('status', '--dir', '/nonexistent')).toEqual({
    code: 1,
    out: '',
    err: 'lab: No lab is running in "/nonexistent": start one with "lab up"\n',
  });
});
