import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalFileError, writingLocally } from '../../../src/cli/distrifs/local-file-error.js';
import { openLocalTarget } from '../../../src/cli/distrifs/local-target.js';
import { readSpecialFile } from '../../../src/cli/distrifs/special-file.js';
import { deviceNode } from '../../device-node.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'local-target-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NEVER = new AbortController().signal;

async function write(path: string, text: string): Promise<void> {
  const target = await openLocalTarget(path, NEVER);
  await pipeline(Readable.from([Buffer.from(text)]), target.sink);
  await target.commit();
}

test('openLocalTarget: a file is replaced at commit, and not before; discard leaves it', async () => {
  const path = join(folder, 'x'.repeat(250));
  await write(path, 'first');
  const target = await openLocalTarget(path, NEVER);
  target.sink.write('second');
  expect(readFileSync(path, 'utf8')).toBe('first');
  await target.discard();
  expect(readdirSync(folder)).toEqual(['x'.repeat(250)]);
  // Even when the temporary file is not open yet.
  await (await openLocalTarget(path, NEVER)).discard();
  expect(readdirSync(folder)).toEqual(['x'.repeat(250)]);
});

test('openLocalTarget: a link stays; the file it leads to is written, also one that is missing', async () => {
  mkdirSync(join(folder, 'deep'));
  writeFileSync(join(folder, 'deep', 'file'), 'old');
  symlinkSync('deep/file', join(folder, 'link'));
  symlinkSync('link', join(folder, 'link-to-link'));
  symlinkSync('deep/new', join(folder, 'dangling'));
  await write(join(folder, 'link-to-link'), 'new');
  await write(join(folder, 'dangling'), 'made');
  expect(readFileSync(join(folder, 'deep', 'file'), 'utf8')).toBe('new');
  expect(readFileSync(join(folder, 'deep', 'new'), 'utf8')).toBe('made');
  for (const name of ['link', 'link-to-link', 'dangling']) expect(lstatSync(join(folder, name)).isSymbolicLink()).toBe(true);
  symlinkSync('loop', join(folder, 'loop'));
  await expect(write(join(folder, 'loop'), '')).rejects.toMatchObject({ code: 'ELOOP' });
});

test('openLocalTarget: bytes go into a device and a fifo', async () => {
  const device = deviceNode(folder, 'null');
  await write(device, 'anything');
  expect(statSync(device).isCharacterDevice()).toBe(true);
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const reading = readSpecialFile(fifo, statSync(fifo)).setEncoding('utf8').toArray();
  await write(fifo, 'through the fifo');
  expect((await reading).join('')).toBe('through the fifo');
  expect(statSync(fifo).isFIFO()).toBe(true);
});

test('special files: a signal ends the wait for the other end of a fifo', async () => {
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const cut = new AbortController();
  const writing = openLocalTarget(fifo, cut.signal);
  const source = readSpecialFile(join(folder, 'fifo'), statSync(fifo));
  source.destroy();
  cut.abort();
  await expect(writing).rejects.toMatchObject({ name: 'AbortError' });

  const again = new AbortController();
  const copying = pipeline(readSpecialFile(fifo, statSync(fifo)), new PassThrough(), { signal: again.signal });
  again.abort();
  await expect(copying).rejects.toMatchObject({ name: 'AbortError' });
});

test('writingLocally: names the wanted file, the reason and the code; a full disk has no file of its own', async () => {
  const full = await writingLocally('wanted', async () => {
    const target = await openLocalTarget(deviceNode(folder, 'full'), NEVER);
    await pipeline(Readable.from([Buffer.from('x')]), target.sink);
  }).catch((error: unknown) => error);
  expect(full).toBeInstanceOf(LocalFileError);
  expect(full).toMatchObject({ code: 'ENOSPC', message: 'Cannot write "wanted": no space left on device' });
  const path = join(folder, 'missing', 'file');
  await expect(writingLocally(path, () => write(path, ''))).rejects.toMatchObject({
    code: 'ENOENT',
    message: expect.stringMatching(
      /^Cannot write ".*missing\/file": no such file or directory \(temporary file ".*\.part"\)$/,
    ) as string,
  });
  const own = new Error('of another kind');
  await expect(writingLocally('wanted', () => Promise.reject(own))).rejects.toBe(own);
});
