import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GetFlags, getFiles } from '../../../src/cli/distrifs/get-command.js';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import { until } from '../../until.js';
import { CommandRig, MODIFIED_MS } from './memory-files.js';

let folder: string;
let rig: CommandRig;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'get-'));
  rig = new CommandRig();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const text = (name: string): string => readFileSync(at(name), 'utf8');
const names = (): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
const get = (paths: readonly string[], flags: Partial<GetFlags> = {}, json = false): Promise<void> =>
  getFiles(rig.context(json), paths, { parallel: 2, ...flags });

test('get -r: a directory becomes the target, or goes into it when it exists, as with cp -r', async () => {
  rig.files.make('/d/a', '/d/sub/b', '/d/empty/');
  await get(['/d', at('new')], { recursive: true });
  expect(names()).toEqual(['new', 'new/a', 'new/empty', 'new/sub', 'new/sub/b']);
  expect(text('new/sub/b')).toBe('/d/sub/b');
  await get(['/d', at('new')], { recursive: true });
  expect(text('new/d/a')).toBe('/d/a');
  expect(rig.failures).toEqual([]);
});

test('get: patterns and several sources need a directory; what fails is named and does not stop the rest', async () => {
  rig.files.make('/d/a.gz', '/d/b.gz', '/d/c.txt', '/d/sub/', '/e/a.gz');
  await expect(get(['/d/*.gz', at('none')])).rejects.toThrow(/is not a directory: several sources/);
  mkdirSync(at('b.gz'));
  await get(['/d/*.gz', '/d/c.txt', '/none', '/d/sub', '/e/a.gz', '/x/*', folder], { verify: true });
  expect(names()).toEqual(['a.gz', 'b.gz', 'c.txt']);
  expect(rig.failures.slice(0, 3)).toEqual(['NOT_FOUND "/none"', '"/d/sub" is a directory: use -r', '"/x/*": no path matches']);
  expect(rig.failures.slice(3).toSorted()).toEqual([
    expect.stringContaining('a.gz" is the target of another source already') as string,
    expect.stringMatching(/b\.gz": .*director/),
  ]);
});

test('get -p: the permission bits and the time; get --verify: the file as it was written here', async () => {
  rig.files.make('/a');
  await get(['/a', at('a')], { preserve: true, verify: true });
  expect(statSync(at('a')).mtimeMs).toBe(MODIFIED_MS);
  expect(statSync(at('a')).mode & 0o777).toBe(0o644);
  rig.files.wrongBy = 1;
  await get(['/a', at('b')], { verify: true });
  expect(rig.failures).toEqual([expect.stringContaining('"/a" does not match its copy')]);
  expect(names()).toEqual(['a']);
});

test('get --json: one file is one line as ever, a batch has a summary', async () => {
  rig.files.make('/d/a', '/d/b');
  expect(await rig.lines(() => get(['/d/a', at('a')], {}, true))).toEqual([{ path: '/d/a', local: at('a'), length: 4 }]);
  const lines = await rig.lines(() => get(['/d/*', folder], {}, true));
  expect(lines).toHaveLength(3);
  expect(lines.at(-1)).toEqual({ summary: { files: 2, bytes: 8, failed: 0, skipped: 0 } });
});

test('get: to standard output, with patterns', async () => {
  rig.files.make(['/d/a', 'one '], ['/d/b', 'two']);
  expect(await rig.output(() => get(['/d/*', '-']))).toBe('one two');
});

const DATA = Buffer.from(Array.from({ length: 5 * BLOCK_BYTES + 7 }, (_, i) => (i * 31 + (i >> 8)) & 0xff));

const parts = (): string[] => names().filter((name) => name.includes('.resume.'));

/** Bytes of the unfinished file. */
const partBytes = (): number => statSync(at(parts().find((name) => name.endsWith('.part')) ?? '')).size;

/** Interrupts a `get --resume` when the bytes before this place are written. */
async function interruptAt(place: number): Promise<void> {
  rig.files.onRead = async (_path, from) => {
    if (from < place) return;
    await until(() => partBytes() === place);
    throw new Error('interrupted');
  };
  await get(['/f', at('f')], { resume: true });
  expect(rig.failures.splice(0)).toEqual(['interrupted']);
  rig.files.onRead = () => undefined;
}

test('get --resume: goes on after the last whole block, and leaves nothing beside the file', async () => {
  rig.files.make(['/f', DATA]);
  await interruptAt(3 * BLOCK_BYTES);
  expect(parts().map((name) => name.replace(/\.[0-9a-f]{8}\./, '.'))).toEqual(['.f.resume.json', '.f.resume.part']);
  const lines = await rig.lines(() => get(['/f', at('f')], { resume: true, verify: true }, true));
  expect(lines).toMatchObject([{ length: DATA.length, resumedAt: 3 * BLOCK_BYTES }]);
  expect(rig.warnings).toEqual([expect.stringMatching(/^"\/f": continued at 192 KiB of /)]);
  expect(rig.files.reads.at(-1)).toBe(`/f ${3 * BLOCK_BYTES}`);
  expect(readFileSync(at('f')).equals(DATA)).toBe(true);
  expect(names()).toEqual(['f']);
  // What is complete is not fetched again.
  const count = rig.files.reads.length;
  expect(await rig.lines(() => get(['/f', at('f')], { resume: true }, true))).toMatchObject([{ unchanged: true }]);
  expect(rig.files.reads).toHaveLength(count);
});

test('get --resume: bytes that do not match their checksums are fetched again', async () => {
  rig.files.make(['/f', DATA]);
  await interruptAt(5 * BLOCK_BYTES);
  const [part = ''] = parts().filter((name) => name.endsWith('.part'));
  const bytes = readFileSync(at(part));
  bytes[2 * BLOCK_BYTES + 1]! ^= 1;
  writeFileSync(at(part), bytes);
  await get(['/f', at('f')], { resume: true });
  // The second chunk, of two blocks, is damaged.
  expect(rig.files.reads.at(-1)).toBe(`/f ${2 * BLOCK_BYTES}`);
  expect(rig.warnings).toEqual([expect.stringMatching(/does not match its checksum: it is fetched again at 128 KiB/)]);
  expect(readFileSync(at('f')).equals(DATA)).toBe(true);
});

test('get --resume: another file at the path is fetched from the start', async () => {
  rig.files.make(['/f', DATA]);
  await interruptAt(3 * BLOCK_BYTES);
  await rig.files.rm('/f');
  const other = Buffer.from(DATA.toReversed());
  rig.files.make(['/f', other]);
  await get(['/f', at('f')], { resume: true });
  expect(rig.files.reads.at(-1)).toBe('/f 0');
  expect(rig.warnings).toEqual(['"/f": the file in the cluster has changed: it is fetched again from the start']);
  expect(readFileSync(at('f')).equals(other)).toBe(true);
  expect(parts()).toEqual([]);
});

test('get --resume: a file that is replaced while it is fetched is an error, and the next command starts again', async () => {
  rig.files.make(['/f', DATA]);
  rig.files.onRead = async (_path, from) => {
    if (from !== BLOCK_BYTES) return;
    await rig.files.rm('/f');
    rig.files.make(['/f', DATA]);
  };
  await get(['/f', at('f')], { resume: true });
  expect(rig.failures).toEqual(['"/f" was replaced while it was fetched: run the command again']);
  rig.files.onRead = () => undefined;
  await get(['/f', at('f')], { resume: true });
  expect(rig.files.reads.at(-1)).toBe('/f 0');
  expect(names()).toEqual(['f']);
});

test('get --resume: of two commands for one file, the second is refused while the first one writes', async () => {
  rig.files.make(['/f', DATA]);
  let second: Promise<void> | undefined;
  rig.files.onRead = async (_path, from) => {
    if (from !== BLOCK_BYTES) return;
    second ??= get(['/f', at('f')], { resume: true });
    await second;
  };
  await get(['/f', at('f')], { resume: true });
  expect(rig.failures).toEqual([expect.stringContaining('another command fetches')]);
  expect(readFileSync(at('f')).equals(DATA)).toBe(true);
});

test('get --resume: without the option nothing is kept, and a target that is no regular file is refused', async () => {
  rig.files.make(['/f', DATA], ['/empty', '']);
  rig.files.onRead = () => {
    throw new Error('interrupted');
  };
  await get(['/f', at('f')]);
  expect(names()).toEqual([]);
  rig.files.onRead = () => undefined;
  mkdirSync(at('dir'));
  symlinkSync('/dev/null', at('null'));
  await get(['/f', at('null')], { resume: true });
  expect(rig.failures).toEqual(['interrupted', expect.stringContaining('is not a regular file')]);
  await get(['/empty', at('empty')], { resume: true });
  expect(text('empty')).toBe('');
});
