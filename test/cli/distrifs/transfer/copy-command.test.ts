import { beforeEach, expect, test } from 'vitest';
import { copyFiles } from '../../../../src/cli/distrifs/transfer/copy-command.js';
import type { WriteFlags } from '../../../../src/cli/distrifs/put-command.js';
import { CommandRig } from '../memory-files.js';

let rig: CommandRig;
beforeEach(() => (rig = new CommandRig()));

const copy = (paths: readonly string[], flags: Partial<WriteFlags> = {}, json = false): Promise<void> =>
  copyFiles(rig.context(json), paths, { clobber: true, parallel: 2, ...flags });

test('cp: a file, several into a directory, and patterns', async () => {
  rig.files.make('/a', '/d/b.gz', '/d/c.gz', '/to/');
  await copy(['/a', '/copy'], { verify: true });
  expect(rig.files.text('/copy')).toBe('/a');
  await copy(['/a', '/d/*.gz', '/to'], { replication: 2 });
  expect(rig.files.paths.filter((path) => path.startsWith('/to/'))).toEqual(['/to/', '/to/a', '/to/b.gz', '/to/c.gz']);
  expect((await rig.files.stat('/to/a')).replication).toBe(2);
  expect((await rig.files.stat('/copy')).replication).toBe(3);
  expect(rig.failures).toEqual([]);
});

test('cp -r: a tree, into an existing directory or as the target; never into itself', async () => {
  rig.files.make('/d/a', '/d/sub/b', '/there/');
  await copy(['/d', '/new'], { recursive: true });
  await copy(['/d', '/there'], { recursive: true });
  expect(rig.files.text('/new/sub/b')).toBe('/d/sub/b');
  expect(rig.files.text('/there/d/sub/b')).toBe('/d/sub/b');
  const before = rig.files.paths;
  await copy(['/d', '/d/sub'], { recursive: true });
  await copy(['/d', '/d/new'], { recursive: true });
  await copy(['/', '/all'], { recursive: true });
  await copy(['/d/a', '/d/a']);
  await copy(['/d/a', '/d']);
  await copy(['/d', '/e']);
  expect(rig.files.paths).toEqual(before);
  expect(rig.failures).toEqual([
    '"/d" cannot be copied into itself, as "/d/sub/d"',
    '"/d" cannot be copied into itself, as "/d/new"',
    '"/" cannot be copied into itself, as "/all"',
    '"/d/a" and "/d/a" are the same file',
    '"/d/a" and "/d/a" are the same file',
    '"/d" is a directory: use -r',
  ]);
});

test('cp --no-clobber, --verify: an existing path, and a difference, are failures', async () => {
  rig.files.make('/a', '/b');
  await copy(['/a', '/b'], { clobber: false });
  expect(rig.files.text('/b')).toBe('/b');
  rig.files.wrongBy = 1;
  await copy(['/a', '/c'], { verify: true });
  expect(rig.failures).toEqual(['ALREADY_EXISTS "/b"', expect.stringContaining('does not match its copy')]);
});

test('cp --json: from, path and length', async () => {
  rig.files.make('/a');
  expect(await rig.lines(() => copy(['/a', '/b'], {}, true))).toEqual([{ from: '/a', path: '/b', length: 2 }]);
});
