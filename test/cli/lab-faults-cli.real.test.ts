/** Faults on a real lab, from another terminal. */
import { afterEach, expect, test } from 'vitest';
import { identityOf } from '../../src/supervisor/folder/process-identity.js';
import type { ClusterStatus } from '../../src/supervisor/api/cluster-status.js';
import type { FaultAnswer, ActiveFaultView } from '../../src/supervisor/api/lab-faults.js';
import { until } from '../until.js';
import { endLabs, lab, labUp } from './lab-processes.js';

afterEach(endLabs);

test('lab partition, pause, faults, lift, heal: what is in force shows, is felt, and ends', async () => {
  const lines: Record<string, unknown>[] = [];
  const { ready, exit } = await labUp(lines, '--masters', '3', '--datanodes', '3');
  const target = ['--dir', ready.dir];
  const json = async <T>(...args: readonly string[]): Promise<T> => {
    const { code, out, err } = await lab(...args, '--json', ...target);
    expect([code, err]).toEqual([0, '']);
    return JSON.parse(out) as T;
  };
  const status = (): Promise<ClusterStatus> => json('status');
  const stateOf = async (id: string): Promise<string | undefined> => (await status()).nodes.find((node) => node.id === id)?.state;

  expect((await lab('partition', 'dn-1,dn-2', '--kind', 'reset', ...target)).out).toBe(
    'partition: active as #1 (dn-1, dn-2); lab lift 1 ends it\n',
  );
  await until(async () => ['stale', 'dead'].includes((await stateOf('dn-1')) ?? ''), 'dn-1 is given up');
  const { leader } = await status();
  const paused = await json<FaultAnswer>('pause', '--is', 'follower', '--for', '1h');
  expect(paused).toMatchObject({ effect: 'seen', effects: 2, text: expect.stringContaining('duration=3600s') as unknown });
  expect([...paused.nodes, leader].sort()).toEqual(['m-1', 'm-2', 'm-3']);

  const listed = await json<ActiveFaultView[]>('faults');
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
    err: 'lab: "resume" had no effect: no node is paused\n',
  });

  expect((await lab('heal', ...target)).out).toMatch(/^heal: done: links open; ended: #1\n$/);
  expect(await json('faults')).toEqual([]);
  await until(async () => (await stateOf('dn-1')) === 'live', 'dn-1 is back');
  expect(lines.filter(({ event }) => event === 'fault-end')).toMatchObject([
    { action: 'pause', effects: 2 },
    { action: 'partition', id: 1, text: 'partition dn-1 dn-2 kind=reset' },
  ]);

  expect(identityOf(ready.hostPid)).not.toBeNull();
  // In force when the lab ends: nothing stays behind.
  await lab('isolate', 'dn-3', ...target);
  await lab('pause', 'dn-2', '--for', '1h', ...target);
  expect((await lab('down', ...target)).code).toBe(0);
  expect(await exit).toBe(0);
  expect(identityOf(ready.hostPid)).toBeNull();
}, 60_000);
