/** `get` and `put` with local files that are not regular ones, and the signals that end commands. */
import { execFileSync } from 'node:child_process';
import {
  createWriteStream,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { deviceNode } from '../device-node.js';
import { Lab, outcomeOf, startBin, temporaryFolder, waitFor } from './processes.js';

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
