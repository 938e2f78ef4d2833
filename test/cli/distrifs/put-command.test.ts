import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PutFlags, putFiles } from '../../../src/cli/distrifs/put-command.js';
import { DistriFSError } from '../../../src/client/sdk-error.js';
import { DfsError } from '../../../src/shared/errors.js';
import { MIB } from '../../../src/shared/limits.js';
import { until } from '../../until.js';
import { CommandRig } from './memory-files.js';

let folder: string;
let rig: CommandRig;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'put-'));
  rig = new CommandRig();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Makes local files; a name that ends in `/` is a directory. */
function local(...names: readonly string[]): void {
  for (const name of names) {
    const path = join(folder, name);
    mkdirSync(name.endsWith('/') ? path : join(path, '..'), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, name);
  }
}

const at = (name: string): string => `${folder}/${name}`;
const put = (paths: readonly string[], flags: Partial<PutFlags> = {}, json = false): Promise<void> =>
  putFiles(rig.context(json), paths, { clobber: true, parallel: 2, symlinks: 'follow', ...flags });

test('put -r: a directory becomes the target, or goes into it when it exists, as with cp -r', async () => {
  local('d/a', 'd/sub/b', 'd/empty/');
  await put([at('d'), '/new'], { recursive: true });
  expect(rig.files.paths).toEqual(['/new/', '/new/a', '/new/empty/', '/new/sub/', '/new/sub/b']);
  expect(rig.files.text('/new/sub/b')).toBe('d/sub/b');
  await put([at('d/'), '/new'], { recursive: true });
  expect(rig.files.paths.filter((path) => path.startsWith('/new/d'))).toEqual([
    '/new/d/',
    '/new/d/a',
    '/new/d/empty/',
    '/new/d/sub/',
    '/new/d/sub/b',
  ]);
  await put([at('d/.'), '/contents/'], { recursive: true });
  expect(rig.files.text('/contents/a')).toBe('d/a');
  expect(rig.failures).toEqual([]);
});

test('put: several sources need a directory, and each its own path in it', async () => {
  local('a', 'b', 'x/a');
  rig.files.make('/to/');
  await put([at('a'), at('b'), at('x/a'), '/to']);
  expect(rig.files.paths).toEqual(['/to/', '/to/a', '/to/b']);
  expect(rig.files.text('/to/a')).toBe('a');
  expect(rig.failures).toEqual(['"/to/a" is the target of another source already']);
  await expect(put([at('a'), at('b'), '/none'])).rejects.toThrow(/"\/none" is not a directory/);
});

test('put: what fails is named and does not stop the rest; a directory needs -r', async () => {
  local('a', 'b', 'dir/c');
  rig.files.make('/to/', '/to/a/');
  await put([at('a'), at('none'), at('dir'), at('b'), '/to'], { verify: true });
  expect(rig.files.paths).toEqual(['/to/', '/to/a/', '/to/b']);
  expect(rig.failures).toEqual([
    `"${at('none')}": no such file or directory`,
    `"${at('dir')}" is a directory: use -r`,
    'IS_A_DIRECTORY "/to/a"',
  ]);
});

test('put -r: special files are refused by name, links are followed or skipped, and loops noticed', async () => {
  local('d/a', 'other/b');
  execFileSync('mkfifo', [at('d/fifo')]);
  symlinkSync(at('other'), at('d/link'));
  symlinkSync('a', at('d/to-a'));
  symlinkSync('nowhere', at('d/dangling'));
  symlinkSync(folder, at('other/up'));
  symlinkSync(at('d'), at('other/loop'));
  await put([at('d'), '/skipped'], { recursive: true, symlinks: 'skip' });
  expect(rig.files.paths).toEqual(['/skipped/', '/skipped/a']);
  expect(rig.warnings.filter((text) => text.endsWith('is a symbolic link: skipped'))).toHaveLength(3);
  expect(rig.failures).toEqual([`"${at('d/fifo')}" is a fifo: only regular files are taken from a directory`]);

  rmSync(at('other/up'));
  rig.failures.length = 0;
  await put([at('d'), '/followed'], { recursive: true });
  expect(rig.files.paths.filter((path) => path.startsWith('/followed'))).toEqual([
    '/followed/',
    '/followed/a',
    '/followed/link/',
    '/followed/link/b',
    '/followed/to-a',
  ]);
  expect(rig.failures.toSorted()).toEqual([
    `"${at('d/dangling')}": no such file or directory`,
    `"${at('d/fifo')}" is a fifo: only regular files are taken from a directory`,
    `"${at('d/link/loop')}" leads back to a directory above it: a loop of symbolic links`,
  ]);
});

test('put -p: the permission bits of files and directories; without it the defaults', async () => {
  local('d/a');
  chmodSync(at('d/a'), 0o640);
  chmodSync(at('d'), 0o750);
  await put([at('d'), '/kept'], { recursive: true, preserve: true });
  expect((await rig.files.stat('/kept')).mode & 0o7777).toBe(0o750);
  expect((await rig.files.stat('/kept/a')).mode & 0o7777).toBe(0o640);
  await put([at('d'), '/plain'], { recursive: true });
  expect((await rig.files.stat('/plain/a')).mode & 0o7777).toBe(0o644);
});

test('put --json: one file is one line as ever; a batch has a line for each, and a summary', async () => {
  local('d/a', 'd/b');
  expect(await rig.lines(() => put([at('d/a'), '/a'], {}, true))).toEqual([{ path: '/a', length: 3 }]);
  expect(await rig.lines(() => put([at('d/a'), '/a'], { verify: true }, true))).toEqual([
    { path: '/a', length: 3, crc32: expect.stringMatching(/^[0-9a-f]{8}$/) as string },
  ]);
  const lines = await rig.lines(() => put([at('d'), at('none'), '/'], { recursive: true }, true));
  expect(lines.at(-1)).toEqual({ summary: { files: 2, bytes: 6, failed: 1, skipped: 0 } });
  expect(lines).toContainEqual({ path: '/d/a', length: 3 });
});

test('put --verify: a difference is a failure with both checksums', async () => {
  local('a');
  rig.files.wrongBy = 1;
  await put([at('a'), '/a'], { verify: true });
  expect(rig.failures).toEqual([
    expect.stringMatching(/"\/a" does not match its copy: 1 bytes with CRC32 [0-9a-f]{8} are in the cluster/),
  ]);
});

test('put: at most so many files at a time; when no master answers, no further one is begun', async () => {
  local(...Array.from({ length: 20 }, (_, i) => `d/${i}`));
  let [now, most, begun] = [0, 0, 0];
  rig.files.onWrite = async () => {
    begun++;
    most = Math.max(most, ++now);
    await until(() => begun >= 3);
    now--;
    if (begun > 6) throw new DistriFSError(new DfsError('UNAVAILABLE', 'no master answers'), { syscall: 'open' });
  };
  await put([at('d'), '/d'], { recursive: true, parallel: 3 });
  expect(most).toBe(3);
  expect(begun).toBeLessThan(12);
  expect(rig.failures).toContain('no master answers');
  expect(rig.warnings.at(-1)).toMatch(/^\d failed, \d+ done; ended early$/);
});

test('put: a signal ends the batch', async () => {
  local(...Array.from({ length: 20 }, (_, i) => `d/${i}`));
  let begun = 0;
  rig.files.onWrite = () => {
    if (++begun === 3) rig.ending.abort();
  };
  await put([at('d'), '/d'], { recursive: true, parallel: 1 });
  expect(begun).toBe(3);
  expect(rig.failures).toEqual([]);
});

test('put: a file of up to 1 MiB is stored with its length known, a larger one as a stream', async () => {
  const calls: string[] = [];
  for (const name of ['writeFile', 'createWriteStream'] as const) {
    const original = rig.files[name].bind(rig.files) as (path: string, ...rest: unknown[]) => never;
    Object.assign(rig.files, {
      [name]: (path: string, ...rest: unknown[]) => {
        calls.push(`${name} ${path}`);
        return original(path, ...rest);
      },
    });
  }
  for (const [name, bytes] of [
    ['none', 0],
    ['whole', MIB],
    ['streamed', MIB + 1],
  ] as const) {
    writeFileSync(at(name), Buffer.alloc(bytes, name));
    await put([at(name), `/${name}`], { verify: true });
    expect(rig.files.text(`/${name}`)).toBe(Buffer.alloc(bytes, name).toString());
  }
  expect(
    calls.filter((call) => !call.startsWith('createWriteStream /none') && !call.startsWith('createWriteStream /whole')),
  ).toEqual(['writeFile /none', 'writeFile /whole', 'createWriteStream /streamed']);
  expect(rig.failures).toEqual([]);
});
