/** `get` and `put` with local files that are not regular ones, and the signals that end commands. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  createWriteStream,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import crc32Js from 'crc-32';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { deviceNode } from '../device-node.js';
import { Lab, outcomeOf, startBin, temporaryFolder, waitFor } from './processes.js';

const crc32Of = (bytes: Uint8Array): number => crc32Js.buf(bytes);
const CONTENT = 'the content of the file\n';
let lab: Lab;

beforeAll(async () => {
  lab = await Lab.up('--masters', '1', '--datanodes', '2');
  expect(await lab.distrifs(['put', '-', '/f'], { input: CONTENT })).toMatchObject({ code: 0 });
}, 60_000);
afterAll(async () => {
  await lab.down();
});

/** A folder with a fifo of this name. */
function folderWithFifo(): { readonly folder: string; readonly fifo: string } {
  const folder = temporaryFolder(onTestFinished);
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  return { folder, fifo };
}

test('get: into a fifo, a device and a link; each stays what it is', async () => {
  const { folder, fifo } = folderWithFifo();
  const reading = lab.distrifs(['get', '/f', fifo]);
  expect(execFileSync('cat', [fifo], { encoding: 'utf8' })).toBe(CONTENT);
  expect(await reading).toMatchObject({ code: 0 });
  expect(statSync(fifo).isFIFO()).toBe(true);

  const device = deviceNode(folder, 'null');
  const nothing = join(folder, 'link-to-null');
  symlinkSync(device, nothing);
  expect(await lab.distrifs(['get', '/f', nothing])).toMatchObject({ code: 0 });
  expect(lstatSync(nothing).isSymbolicLink()).toBe(true);
  expect(await lab.distrifs(['get', '/f', device])).toMatchObject({ code: 0 });
  expect(statSync(device).isCharacterDevice()).toBe(true);

  for (const [link, target] of [
    ['to-file', 'file'],
    ['dangling', 'new-file'],
  ] as const) {
    if (link === 'to-file') writeFileSync(join(folder, target), 'old');
    symlinkSync(target, join(folder, link));
    expect(await lab.distrifs(['get', '/f', join(folder, link)])).toMatchObject({ code: 0 });
    expect(lstatSync(join(folder, link)).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, target), 'utf8')).toBe(CONTENT);
  }
  expect((await lab.distrifs(['get', '/f', '/proc/self/fd/1'])).stdout).toBe(CONTENT);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('get: failures name the file that the user wants', async () => {
  const folder = temporaryFolder(onTestFinished);
  expect(await lab.distrifs(['get', '/f', ''])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/local path is empty/) as string,
  });
  const device = deviceNode(folder, 'full');
  const full = await lab.distrifs(['get', '/f', device, '--json']);
  expect(full.code).toBe(1);
  expect(JSON.parse(full.stderr)).toMatchObject({
    error: { command: 'get', code: 'ENOSPC', message: expect.stringContaining(`"${device}"`) as string },
  });
  const missing = await lab.distrifs(['get', '/f', join(folder, 'no', 'file')]);
  expect(missing).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`"${join(folder, 'no', 'file')}": no such file or directory`) as string,
  });
});

test('put: from a fifo, and from /dev/stdin', async () => {
  const { fifo } = folderWithFifo();
  const putting = lab.distrifs(['put', fifo, '/from-fifo']);
  const writer = createWriteStream(fifo);
  writer.write('one ');
  writer.end('two');
  expect(await putting).toMatchObject({ code: 0 });
  expect((await lab.distrifs(['cat', '/from-fifo'])).stdout).toBe('one two');
  expect(await lab.distrifs(['put', '/dev/stdin', '/from-stdin'], { input: 'three' })).toMatchObject({ code: 0 });
  expect((await lab.distrifs(['cat', '/from-stdin'])).stdout).toBe('three');
});

/** Whether a process has opened this file. */
const hasOpen = (pid: number, path: string): boolean =>
  readdirSync(`/proc/${pid}/fd`).some((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`) === path;
    } catch {
      return false;
    }
  });

/** Names of the files of chunks on the datanodes, of unfinished files too. */
const chunkFiles = (): string[] =>
  lab.ready.datanodes.flatMap(({ dataDir }) =>
    readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('chunk-')),
  );

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  'put: the first %s ends it while its source delivers nothing, with exit code %i; the path is free',
  async (signal, code) => {
    const { fifo } = folderWithFifo();
    const start = (): ReturnType<typeof startBin> =>
      startBin('distrifs', ['put', fifo, '/stalled'], { DISTRIFS_MASTER: lab.master });
    const waiting = start();
    const ofWaiting = outcomeOf(waiting);
    await waitFor('the fifo is open', 20_000, () => hasOpen(waiting.pid!, fifo));
    waiting.kill(signal);
    expect(await ofWaiting).toMatchObject({ code, signal: null });

    const before = chunkFiles().length;
    const writing = start();
    const ofWriting = outcomeOf(writing);
    const writer = createWriteStream(fifo);
    onTestFinished(() => void writer.destroy());
    writer.on('error', () => undefined);
    writer.write(Buffer.alloc(300_000));
    await waitFor('a chunk is being written', 20_000, () => chunkFiles().length > before);
    writing.kill(signal);
    expect(await ofWriting).toMatchObject({ code, signal: null });
    expect(await lab.distrifs(['put', '-', '/stalled'], { input: 'next' })).toMatchObject({ code: 0 });
  },
);

test('batches: a tree into the cluster, patterns, copies and checksums there, and back, byte for byte', async () => {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(join(folder, 'tree/sub'), { recursive: true });
  const data = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff));
  for (const name of ['a.bin', 'b.bin', 'sub/c.bin']) writeFileSync(join(folder, 'tree', name), data.subarray(name.length));
  chmodSync(join(folder, 'tree/a.bin'), 0o640);
  const stored = await lab.distrifs([
    'put',
    '-rp',
    '--verify',
    '--chunk-size',
    '100KiB',
    '--json',
    join(folder, 'tree'),
    '/tree',
  ]);
  expect(stored).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(stored.stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
    summary: { files: 3, bytes: 3 * data.length - 19, failed: 0, skipped: 0 },
  });
  expect(await lab.distrifs(['cp', '-r', '--verify', '/tree', '/copy'])).toMatchObject({ code: 0, stderr: '' });
  expect(await lab.distrifs(['mv', '/copy/*.bin', '/copy/sub'])).toMatchObject({ code: 0 });

  const checksums = await lab.distrifs(['checksum', '/copy/**/*.bin', '--json']);
  const lines = checksums.stdout.trimEnd().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
    ['a.bin', 'b.bin', 'c.bin'].map((name) => {
      const bytes = readFileSync(join(folder, 'tree', name === 'c.bin' ? 'sub/c.bin' : name));
      const crc32 = (crc32Of(bytes) >>> 0).toString(16).padStart(8, '0');
      return { path: `/copy/sub/${name}`, crc32, length: bytes.length, chunks: 3, compared: 3, differences: [] };
    }),
  );
  const fetched = await lab.distrifs(['get', '-rp', '--verify', '--resume', '/tree', '/none/*', folder + '/back']);
  expect(fetched).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^distrifs get: "\/none\/\*": no path matches\n/) as string,
  });
  for (const name of ['a.bin', 'b.bin', 'sub/c.bin']) {
    expect(readFileSync(join(folder, 'back', name)).equals(readFileSync(join(folder, 'tree', name)))).toBe(true);
  }
  expect(statSync(join(folder, 'back/a.bin')).mode & 0o777).toBe(0o640);
  expect(readdirSync(join(folder, 'back')).toSorted()).toEqual(['a.bin', 'b.bin', 'sub']);
  expect(await lab.distrifs(['rm', '-r', '/tree', '/cop?'])).toMatchObject({ code: 0 });
});

test('get: SIGHUP ends it, and removes the temporary file', async () => {
  const folder = temporaryFolder(onTestFinished);
  await lab.lab('pause', 'dn-1', 'dn-2');
  const child = startBin('distrifs', ['get', '/f', join(folder, 'copy')], { DISTRIFS_MASTER: lab.master });
  const outcome = outcomeOf(child);
  await waitFor('the temporary file', 20_000, () => readdirSync(folder).some((name) => name.endsWith('.part')));
  child.kill('SIGHUP');
  expect(await outcome).toMatchObject({ code: 129, signal: null });
  expect(readdirSync(folder)).toEqual([]);
  await lab.lab('resume', 'dn-1', 'dn-2');
});
