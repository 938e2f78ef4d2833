import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Closers } from '../../../src/runtime/node/base/closers.js';
import { NodeDisk } from '../../../src/runtime/node/node-disk.js';
import type { Disk } from '../../../src/shared/runtime.js';
import { type Fixture, openFixture } from './fixture.js';

let fixture: Fixture;
let disk: Disk;

const diskOf = (root: string): Disk => new NodeDisk(root, new Closers());

beforeEach(async () => {
  fixture = await openFixture();
  disk = fixture.runtime.disk;
});

afterEach(() => fixture.close());

test('Disk: a symbolic link is listed as it is, and removed without what it leads to', async () => {
  await disk.makeDirectory('d');
  await writeFile(join(fixture.folder, 'd', 'f'), 'x');
  await symlink('nowhere', join(fixture.folder, 'dangling'));
  await symlink('d', join(fixture.folder, 'link'));
  const entries = await disk.list('.');
  expect(entries).toContainEqual({ name: 'dangling', kind: 'other', sizeBytes: 0 });
  expect(entries).toContainEqual({ name: 'link', kind: 'other', sizeBytes: 0 });
  for (const name of ['dangling', 'link']) await disk.remove(name);
  expect(await disk.list('.')).toEqual([{ name: 'd', kind: 'directory', sizeBytes: 0 }]);
  expect(await disk.list('d')).toHaveLength(1);
});

test.runIf(process.platform === 'linux')('Disk.space: knows memory from disk', async () => {
  expect((await diskOf('/dev/shm').space()).isVolatile).toBe(true);
});

test('Disk.lock: makes the folder, and names itself there and in the error of who comes second', async () => {
  const inner = diskOf(join(fixture.folder, 'made', 'by-lock'));
  const lock = await inner.lock();
  expect(await readFile(join(inner.root, 'lock'), 'utf8')).toBe(`${process.pid}\n`);
  await expect(diskOf(inner.root).lock()).rejects.toThrow(`"${inner.root}" is in use by process ${process.pid}`);
  await lock.release();
});

/** Locks the folder in argv or workerData with the built runtime, tells the outcome, and stays. */
const CHILD = `
  import { parentPort, workerData } from 'node:worker_threads';
  import { createNodeRuntime } from ${JSON.stringify(new URL('../../../dist/runtime/node/index.js', import.meta.url).href)};
  const outcome = await createNodeRuntime({ dataDir: workerData ?? process.argv[1], log: {} }).runtime.disk.lock().then(() => 'locked', (error) => error.code);
  // A lock that nobody refers to any more must stay.
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 50));
  globalThis.gc?.();
  if (parentPort === null) { console.log(outcome); setInterval(() => {}, 1000); } else parentPort.postMessage(outcome);
`;

test('Disk.lock: excludes another process, and SIGKILL frees it', async () => {
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', CHILD, fixture.folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  expect(line.toString()).toBe('locked\n');
  await expect(disk.lock()).rejects.toThrow(`in use by process ${child.pid}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await (await disk.lock()).release();
});

test('Disk.lock: excludes a thread of this process', async () => {
  const lock = await disk.lock();
  const ask = async (): Promise<unknown> => {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(CHILD)}`), { workerData: fixture.folder });
    const [outcome] = (await once(worker, 'message')) as [unknown];
    await worker.terminate();
    return outcome;
  };
  expect(await ask()).toBe('DATA_DIR_LOCKED');
  await lock.release();
  expect(await ask()).toBe('locked');
});

test.runIf(process.platform !== 'win32')('Disk.syncDirectory: opens nothing for the folder while it is locked', async () => {
  const lock = await disk.lock();
  // What is open does not depend on a path.
  await rename(fixture.folder, `${fixture.folder}-elsewhere`);
  try {
    await disk.syncDirectory('.');
  } finally {
    await rename(`${fixture.folder}-elsewhere`, fixture.folder);
  }
  await lock.release();
  await disk.syncDirectory('.');
});
