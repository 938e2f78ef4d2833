/** Faults on a real lab, from another terminal. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { identityOf } from '../../src/supervisor/process-identity.js';
import type { ClusterStatus, FaultAnswer, FaultInForce } from '../../src/supervisor/types.js';

const LAB = fileURLToPath(new URL('../../bin/lab.cjs', import.meta.url));
const started = new Set<ChildProcess>();

afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
});

interface Ready {
  readonly dir: string;
  readonly masters: readonly { readonly id: string; readonly pid: number }[];
  readonly datanodes: readonly { readonly id: string; readonly pid: number }[];
}

async function up(lines: Record<string, unknown>[]): Promise<{ readonly ready: Ready; readonly exit: Promise<number | null> }> {
  const child = spawn(process.execPath, [LAB, 'up', '--json', '--masters', '3', '--datanodes', '3'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.add(child);
  const exit = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  const ready = await new Promise<Ready>((resolve, reject) => {
    void exit.then(() => reject(new Error('lab up ended before it was ready')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const object = JSON.parse(line) as Record<string, unknown>;
      if (lines.push(object) === 1) resolve(object as unknown as Ready);
    });
  });
  return { ready, exit };
}

async function lab(...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [LAB, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.add(child);
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within 15 s: ${what}`);
    await delay(50);
  }
}

test('lab partition, pause, faults, lift, heal: what is in force shows, is felt, and ends', async () => {
  const lines: Record<string, unknown>[] = [];
  const { ready, exit } = await up(lines);
  const target = ['--dir', ready.dir];
  const json = async <T>(...args: readonly string[]): Promise<T> => {
    const { code, out, err } = await lab(...args, '--json', ...target);
    expect([code, err]).toEqual([0, '']);
    return JSON.parse(out) as T;
  };
  const status = (): Promise<ClusterStatus> => json('status');
  const stateOf = async (id: string): Promise<string | undefined> => (await status()).nodes.find((node) => node.id === id)?.state;

  expect((await lab('partition', 'dn-1,dn-2', '--kind', 'reset', ...target)).out).toBe(
    'partition: in force as #1 (dn-1, dn-2); lab lift 1 ends it\n',
  );
  await until(async () => ['stale', 'dead'].includes((await stateOf('dn-1')) ?? ''), 'dn-1 is given up');
  const { leader } = await status();
  const paused = await json<FaultAnswer>('pause', '--is', 'follower', '--for', '1h');
  expect(paused).toMatchObject({ effect: 'seen', effects: 2, text: expect.stringContaining('duration=3600s') as unknown });
  expect([...paused.nodes, leader].sort()).toEqual(['m-1', 'm-2', 'm-3']);

  const listed = await json<FaultInForce[]>('faults');
  expect(listed.map(({ text }) => text)).toEqual(['partition dn-1 dn-2 kind=reset', paused.text]);
  expect(listed[0]?.effects).toBeGreaterThan(0);
  expect((await status()).faults).toHaveLength(2);
  const shown = (await lab('status', ...target)).out;
  expect(shown).toMatch(/^dn-1 .*cut off/m);
  expect(shown).toMatch(/^#1 +\d+ .* partition dn-1 dn-2 kind=reset$/m);

  // Its time is not over: lifting it lets them go on.
  const lifted = await lab('lift', String(listed[1]?.id), ...target);
  expect([lifted.code, lifted.err]).toEqual([0, '']);
  for (const id of paused.nodes) await until(async () => (await stateOf(id)) === 'live', `${id} goes on`);
  expect((await lab('lift', '77', ...target)).code).toBe(1);
  expect(await lab('resume', 'dn-1', '--for', '5s', ...target)).toMatchObject({ code: 2 });
  expect(await lab('resume', '--state', 'paused', ...target)).toMatchObject({
    code: 1,
    err: 'lab: "resume" had no effect: the command asks for all, and 0 fit then\n',
  });

  expect((await lab('heal', ...target)).out).toMatch(/^heal: done: links open; ended: #1\n$/);
  expect(await json('faults')).toEqual([]);
  await until(async () => (await stateOf('dn-1')) === 'live', 'dn-1 is back');
  expect(lines.filter(({ event }) => event === 'fault-end')).toMatchObject([
    { action: 'pause', effects: 2 },
    { action: 'partition', id: 1, text: 'partition dn-1 dn-2 kind=reset' },
  ]);

  // In force when the lab ends: nothing stays behind.
  await lab('isolate', 'dn-3', ...target);
  await lab('pause', 'dn-2', '--for', '1h', ...target);
  expect((await lab('down', ...target)).code).toBe(0);
  expect(await exit).toBe(0);
  for (const { pid } of [...ready.masters, ...ready.datanodes]) expect(identityOf(pid)).toBeNull();
}, 60_000);
