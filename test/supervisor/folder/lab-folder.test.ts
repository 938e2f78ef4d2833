import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LABS_DIR, labEntries, openLabFolder, removeLabFolder } from '../../../src/supervisor/folder/lab-folder.js';
import { writeRunningRecord } from '../../../src/supervisor/folder/lab-record.js';
import { isOwn } from '../../../src/supervisor/folder/own-path.js';
import { sweepLabs } from '../../../src/supervisor/folder/sweep-labs.js';

let root: string;
let labs: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lab-folder-'));
  labs = join(root, 'labs');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

/** From now on all existing files belong to another user. */
const becomeAnother = (): void => void vi.spyOn(process, 'getuid').mockReturnValue(statSync(root).uid + 1);

test('openLabFolder: the labs folder is private, and named by the user', () => {
  expect(basename(LABS_DIR)).toBe(`distrifs-labs-${process.getuid!()}`);
  const folder = openLabFolder(undefined, labs);
  expect(statSync(labs).mode & 0o777).toBe(0o700);
  expect(statSync(folder.dir).mode & 0o777).toBe(0o700);
  expect(labEntries(labs)).toEqual([folder.entry]);
  removeLabFolder(folder);
  expect(labEntries(labs)).toEqual([]);
});

test.each([
  ['that others can enter', () => chmodSync(labs, 0o755)],
  ['that others can write, with a sticky bit', () => chmodSync(labs, 0o1777)],
  [
    'that is a link',
    () => {
      rmSync(labs, { recursive: true });
      mkdirSync(join(root, 'x'), { mode: 0o700 });
      symlinkSync('x', labs);
    },
  ],
  ['of another user', becomeAnother],
])('openLabFolder, labEntries: a labs folder %s is not used', (_name, change) => {
  openLabFolder(undefined, labs);
  change();
  expect(() => openLabFolder(undefined, labs)).toThrow(/must be a folder of this user.*0700/);
  expect(labEntries(labs)).toEqual([]);
});

test('isOwn: a link counts as itself; a missing path belongs to no user', () => {
  symlinkSync('/proc/1', join(root, 'link'));
  expect(isOwn(join(root, 'link'))).toBe(true);
  expect(isOwn(join(root, 'missing'))).toBe(false);
  becomeAnother();
  expect(isOwn(join(root, 'link'))).toBe(false);
});

test('sweepLabs: the folder of another user is left as it is; the link to it goes', async () => {
  const theirs = join(root, 'theirs');
  mkdirSync(theirs);
  const owner = { pid: process.pid, startTime: 'earlier' };
  writeRunningRecord(theirs, { owner, temporary: false, control: join(theirs, 'control.sock'), children: [] });
  const link = join(root, 'link');
  symlinkSync(theirs, link);
  utimesSync(theirs, 1, 1);
  becomeAnother();
  await sweepLabs(undefined, () => [link]);
  expect(readdirSync(theirs)).toEqual(['running.json']);
  expect(existsSync(link)).toBe(false);
});
