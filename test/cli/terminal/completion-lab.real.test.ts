/** Completion against a real lab: the names of its nodes, and paths of its cluster. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { until } from '../../until.js';
import { endLabs, lab, labUp } from '../lab-processes.js';

const DISTRIFS = fileURLToPath(new URL('../../../bin/distrifs.cjs', import.meta.url));

afterEach(endLabs);

function distrifs(...args: readonly string[]): Promise<{ readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [DISTRIFS, ...args], (_error, out, err) => resolve({ out, err }));
  });
}

test('complete: offers the nodes of a running lab, and what its directories hold', async () => {
  const { ready, exit } = await labUp([], '--masters', '1', '--datanodes', '2', '--replication', '1');
  const dir = ['--dir', ready.dir];
  expect(await lab('complete', '--', 'kill', ...dir, '')).toEqual({
    code: 0,
    out: 'm-1\tmaster\ndn-1\tdatanode\ndn-2\tdatanode\n:none\n',
    err: '',
  });
  expect((await lab('complete', '--', 'partition', ...dir, '--to', 'm-1,dn-2,d')).out).toBe('m-1,dn-2,dn-1\tdatanode\n:none\n');
  const { DISTRIFS_MASTER: master } = JSON.parse((await lab('env', '--json', ...dir)).out) as {
    readonly DISTRIFS_MASTER: string;
  };
  const target = ['--master', master, '--profile', 'fast'];
  expect(await distrifs('mkdir', '-p', '/films/new', '/notes', ...target)).toEqual({ out: '', err: '' });
  const complete = (path: string): Promise<{ readonly out: string; readonly err: string }> =>
    distrifs('complete', '--', ...target, 'ls', path);
  // An answer that would come late is empty.
  await until(async () => (await complete('/f')).out === '/films/\t\n:no-space\n', 'the directory is offered');
  await until(async () => (await complete('/films/')).out === '/films/new/\t\n:no-space\n', 'what is in it is offered');
  expect(await lab('down', ...dir)).toMatchObject({ code: 0 });
  await exit;
  expect((await lab('complete', '--', 'kill', ...dir, '')).out).toBe(':none\n');
  expect(await complete('/f')).toEqual({ out: ':none\n', err: '' });
});
