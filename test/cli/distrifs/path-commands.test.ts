/** Commands that take several paths, and patterns. */
import { beforeEach, expect, test } from 'vitest';
import { listPaths } from '../../../src/cli/distrifs/ls-command.js';
import { movePaths, removePaths } from '../../../src/cli/distrifs/namespace-commands.js';
import { showStats } from '../../../src/cli/distrifs/stat-command.js';
import { showChecksums } from '../../../src/cli/distrifs/transfer/checksum-command.js';
import { CommandRig } from './memory-files.js';

let rig: CommandRig;
beforeEach(() => {
  rig = new CommandRig();
  rig.files.make('/d/a.gz', '/d/b.gz', '/d/sub/c', '/e/');
});

test('ls: one directory as ever; several paths as ls does', async () => {
  const list = (...paths: readonly string[]): Promise<string> => rig.output(() => listPaths(rig.context(), paths, {}));
  expect(await list()).toBe('d\ne\n');
  expect(await list('/d/a.gz')).toBe('a.gz\n');
  expect(await list('/d/*')).toBe('/d/a.gz\n/d/b.gz\n\n/d/sub:\nc\n');
  expect(await list('/e', '/none', '/d')).toBe('/e:\n\n/d:\na.gz\nb.gz\nsub\n');
  expect(rig.failures).toEqual(['NOT_FOUND "/none"']);
  const json = await rig.output(() => listPaths(rig.context(true), ['/d/sub', '/d/*.gz'], {}));
  expect((JSON.parse(json) as { path: string }[]).map(({ path }) => path)).toEqual(['/d/a.gz', '/d/b.gz', '/d/sub/c']);
});

test('stat: one object as ever; an array for a pattern', async () => {
  const stat = async (...paths: readonly string[]): Promise<unknown> =>
    JSON.parse(await rig.output(() => showStats(rig.context(true), paths)));
  expect(await stat('/d/a.gz')).toMatchObject({ path: '/d/a.gz', chunks: [{ index: 0 }] });
  expect(await stat('/d/*.gz')).toMatchObject([{ path: '/d/a.gz' }, { path: '/d/b.gz' }]);
  expect(await rig.output(() => showStats(rig.context(), ['/d/*.gz']))).toMatch(/^path +\/d\/a\.gz[^]*\n\npath +\/d\/b\.gz/);
});

test('rm: patterns; one that cannot be removed does not keep the others; -f ignores what is missing', async () => {
  await removePaths(rig.context(), ['/none', '/d/*', '/x/*'], {});
  expect(rig.files.paths).toEqual(['/d/', '/d/sub/', '/d/sub/c', '/e/']);
  expect(rig.failures.splice(0)).toEqual(['NOT_FOUND "/none"', 'IS_A_DIRECTORY "/d/sub"', '"/x/*": no path matches']);
  await removePaths(rig.context(), ['/none', '/x/*', '/d'], { force: true, recursive: true });
  expect(rig.files.paths).toEqual(['/e/']);
  expect(rig.failures).toEqual([]);
});

test('mv: several to a directory, and patterns; one that cannot be moved does not keep the others', async () => {
  await movePaths(rig.context(), ['/d/a.gz', '/d/new']);
  expect(rig.files.paths).toContain('/d/new');
  await movePaths(rig.context(), ['/none', '/d/*', '/e/']);
  expect(rig.files.paths).toEqual(['/d/', '/e/', '/e/b.gz', '/e/new', '/e/sub/', '/d/sub/c'].toSorted());
  expect(rig.failures.splice(0)).toEqual(['NOT_FOUND "/none"']);
  await expect(movePaths(rig.context(), ['/e/*', '/nowhere'])).rejects.toThrow(/"\/nowhere" is not a directory/);
});

test('checksum: as crc32 prints it, of files and patterns; differing replicas are a failure', async () => {
  rig.files.make(['/n', '123456789']);
  expect(await rig.output(() => showChecksums(rig.context(), ['/n', '/d/*.gz', '/d']))).toMatch(
    /^cbf43926 {2}\/n\n[0-9a-f]{8} {2}\/d\/a\.gz\n[0-9a-f]{8} {2}\/d\/b\.gz\n$/,
  );
  expect(rig.failures.splice(0)).toEqual(['"/d" is a directory: use -r']);
  rig.files.checksum = async (path) => ({
    path,
    crc32: null,
    length: 9,
    chunks: 1,
    compared: 1,
    differences: [
      { index: 0, offset: 0, length: 9, crc32: null, replicas: [1, 2].map((crc32) => ({ node: `dn-${crc32}`, crc32 })) },
    ],
  });
  const lines = await rig.lines(() => showChecksums(rig.context(true), ['/n']));
  expect(lines).toMatchObject([
    { path: '/n', crc32: null, differences: [{ index: 0, replicas: [{ node: 'dn-1', crc32: '00000001' }, {}] }] },
  ]);
  expect(rig.failures).toEqual(['"/n": replicas differ: chunk 0 is 00000001 on dn-1, 00000002 on dn-2']);
});
