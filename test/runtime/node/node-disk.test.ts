import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Closers } from '../../../src/runtime/node/closers.js';
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

test('Disk.open: each mode asks for or makes the file', async () => {
  await expect(disk.open('a', 'read')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(disk.open('a', 'update')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await (await disk.open('a', 'exclusive')).close();
  await expect(disk.open('a', 'exclusive')).rejects.toMatchObject({ code: 'IO_ERROR' });
  const file = await disk.open('a', 'create');
  await file.write(Buffer.from('hello'), 0);
  await file.close();
  const again = await disk.open('a', 'create');
  expect(await again.sizeBytes()).toBe(5);
  await again.close();
  const readOnly = await disk.open('a', 'read');
  await expect(readOnly.write(Buffer.from('x'), 0)).rejects.toMatchObject({ code: 'IO_ERROR' });
  await readOnly.close();
});

test('DiskFile: reads and writes whole buffers at positions, short only at the end', async () => {
  const file = await disk.open('data', 'create');
  const bytes = fixture.runtime.random.bytes(1_000_000);
  await file.write(bytes.subarray(500_000), 500_000);
  await file.write(bytes.subarray(0, 500_000), 0);
  await file.sync();
  const target = new Uint8Array(1_000_100);
  expect(await file.read(target, 0)).toBe(1_000_000);
  expect(Buffer.from(target.subarray(0, 1_000_000)).equals(Buffer.from(bytes))).toBe(true);
  expect(await file.read(target, 999_999)).toBe(1);
  expect(await file.read(target, 2_000_000)).toBe(0);
  await file.truncate(10);
  expect(await file.sizeBytes()).toBe(10);
  await file.close();
  await expect(file.sync()).rejects.toMatchObject({ code: 'IO_ERROR' });
});

test('Disk: folders, rename, list with sizes, remove', async () => {
  await disk.makeDirectory('a/b');
  await disk.makeDirectory('a/b');
  for (let i = 0; i < 50; i++) await writeFile(join(fixture.folder, 'a', `f${i}`), 'x'.repeat(i));
  await symlink('nowhere', join(fixture.folder, 'a', 'link'));
  await disk.rename('a/f0', 'a/f49');
  await disk.syncDirectory('a');
  const entries = await disk.list('a');
  expect(entries).toHaveLength(51);
  expect(entries).toContainEqual({ name: 'f49', kind: 'file', sizeBytes: 0 });
  expect(entries).toContainEqual({ name: 'f48', kind: 'file', sizeBytes: 48 });
  expect(entries).toContainEqual({ name: 'b', kind: 'directory', sizeBytes: 0 });
  expect(entries).toContainEqual({ name: 'link', kind: 'other', sizeBytes: 0 });
  await disk.remove('a/f48');
  await expect(disk.remove('a/f48')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await disk.remove('a/b');
  await expect(disk.remove('a')).rejects.toMatchObject({ code: 'IO_ERROR' });
  await expect(disk.list('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(disk.rename('none', 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(disk.syncDirectory('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('Disk: refuses paths that leave its folder', async () => {
  for (const path of ['..', '../x', 'a/../../x', '/etc/passwd', 'a\0b']) {
    await expect(disk.open(path, 'read'), path).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(disk.rename('a', path), path).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  }
  // A name that only looks like it.
  await (await disk.open('..x', 'create')).close();
  expect(await readdir(fixture.folder)).toEqual(['..x']);
});

test('Disk.space: gives bytes, and knows memory from disk', async () => {
  const space = await disk.space();
  expect(space.totalBytes).toBeGreaterThan(0);
  expect(space.freeBytes).toBeLessThanOrEqual(space.totalBytes);
  if (process.platform === 'linux') expect((await diskOf('/dev/shm').space()).isVolatile).toBe(true);
});

test('Disk.lock: two runtimes of one process exclude each other; the error names the holder; release frees', async () => {
  const inner = diskOf(join(fixture.folder, 'made', 'by-lock'));
  const lock = await inner.lock();
  expect(await readFile(join(inner.root, 'lock'), 'utf8')).toBe(`${process.pid}\n`);
  const refusal = diskOf(inner.root).lock();
  await expect(refusal).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED', retriable: false });
  await expect(refusal).rejects.toThrow(`"${inner.root}" is in use by process ${process.pid}`);
  // The refused attempt opened and closed the file, which lets POSIX record locks go.
  await expect(diskOf(inner.root).lock()).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
  await lock.release();
  await lock.release();
  await (await diskOf(inner.root).lock()).release();
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
