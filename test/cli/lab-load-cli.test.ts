/** The steady load of a real lab, from another terminal. */
import { existsSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { identityOf } from '../../src/supervisor/folder/process-identity.js';
import type { SteadyLoadStatus } from '../../src/supervisor/api/steady-load.js';
import { endLabs, lab, labUp, until } from './lab-processes.js';

afterEach(endLabs);

test('lab load: start, status, stop; a load that is on when the lab ends leaves nothing', async () => {
  const { ready, exit } = await labUp([], '--masters', '1', '--datanodes', '3');
  const target = ['--dir', ready.dir];
  const load = async (...args: readonly string[]): Promise<SteadyLoadStatus> => {
    const { code, out, err } = await lab('load', ...args, '--json', ...target);
    expect([code, err]).toEqual([0, '']);
    return JSON.parse(out) as SteadyLoadStatus;
  };
  expect((await lab('load', 'status', ...target)).out).toBe('the load is off\n');
  expect(await lab('load', 'start', 'many-smal', ...target)).toMatchObject({
    code: 2,
    err: expect.stringMatching(
      /^lab: Cannot switch the load on: unknown workload type "many-smal": did you mean "many-small"/,
    ) as unknown,
  });
  expect(await lab('load', 'start', '--clients', '0', ...target)).toMatchObject({ code: 2 });

  const started = await lab('load', 'start', 'many-small', '--clients', '2', '--rate', '100/s', ...target);
  expect(started).toEqual({ code: 0, out: 'load: on (many-small, 2 clients); lab load stop ends it\n', err: '' });
  expect(await lab('load', 'start', ...target)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/stop it first/) as unknown,
  });
  const before = await load('status');
  await until(async () => (await load('status')).operations > before.operations + 10, 'operations grow');
  const shown = (await lab('load', 'status', ...target)).out;
  expect(shown).toMatch(/^the load is on: many-small, 2 clients, since \d\d:\d\d:\d\d\nnow: [\d.]+ operations\/s, /);
  expect(shown).not.toMatch(/BROKEN/);
  const stopped = await load('stop');
  expect(stopped).toMatchObject({ isOn: false, type: 'many-small', broken: 0 });
  expect(await load('status')).toEqual(stopped);

  await load('start');
  expect((await lab('down', ...target)).code).toBe(0);
  expect(await exit).toBe(0);
  expect(identityOf(ready.hostPid)).toBeNull();
  expect(existsSync(ready.dir)).toBe(false);
}, 60_000);
