import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FaultyRuntime } from '../../../src/runtime/faulty/faulty-runtime.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { Closers } from '../../../src/runtime/node/base/closers.js';
import { nodeClock } from '../../../src/runtime/node/node-clock.js';
import { NodeDisk } from '../../../src/runtime/node/node-disk.js';
import { nodeRandom } from '../../../src/runtime/node/node-random.js';
import type { Clock, Disk, DiskFile, Random, Runtime } from '../../../src/shared/runtime.js';

const KINDS = ['memory', 'node'] as const;
type Kind = (typeof KINDS)[number];

/** Runs on a simulated machine, or on a real folder; the rest of a runtime is not used. */
async function onDisk(kind: Kind, body: (faulty: FaultyRuntime, clock: Clock, dir: string) => Promise<void>): Promise<void> {
  if (kind === 'memory') {
    const sim = new Simulation({ seed: 'faulty' });
    const runtime = sim.machine('m').boot();
    await sim.run(() => body(new FaultyRuntime(runtime, null), runtime.clock, ''));
    return;
  }
  const parent = mkdtempSync(join(tmpdir(), 'distrifs-faulty-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const dir = join(parent, 'data');
  const parts: { disk: Disk; clock: Clock; random: Random } = {
    disk: new NodeDisk(dir, new Closers()),
    clock: nodeClock,
    random: nodeRandom,
  };
  const faulty = new FaultyRuntime(parts as Runtime, dir);
  await parts.disk.makeDirectory('.');
  await body(faulty, nodeClock, dir);
  await faulty.close();
}

const bytes = (count: number): Uint8Array => new Uint8Array(count).fill(7);

test.each(KINDS)('FaultyRuntime on %s: failing calls, by operation, path and exact byte', (kind) =>
  onDisk(kind, async (faulty) => {
    const { disk } = faulty.runtime;
    const file = await disk.open('a', 'create');
    await file.write(bytes(100), 0);
    const eio = { kind: 'eio', probability: 1, path: (path: string) => path === 'a' } as const;
    await faulty.inject(1, { disk: { ...eio, operations: ['read'] } });
    await faulty.inject(2, { disk: { ...eio, operations: ['write', 'truncate'], offsetBytes: 50 } });
    await expect(file.read(bytes(1), 0)).rejects.toMatchObject({ code: 'IO_ERROR' });
    await expect(file.write(bytes(10), 45)).rejects.toMatchObject({ code: 'IO_ERROR' });
    await file.write(bytes(10), 40);
    await file.write(bytes(10), 51);
    await file.truncate(99);
    const other = await disk.open('b', 'create');
    await other.write(bytes(100), 0);
    expect(await other.read(bytes(100), 0)).toBe(100);
    expect([faulty.hits(1), faulty.hits(2)]).toEqual([1, 1]);
    expect(faulty.lift(1)).toBe(1);
    expect(await file.read(bytes(100), 0)).toBe(99);
    faulty.lift(2);
    await file.write(bytes(10), 45);
    expect(faulty.lift(2)).toBe(0);
    await file.close();
    await other.close();
  }),
);

test.each(KINDS)('FaultyRuntime on %s: a folder that may hold so much and no more', (kind) =>
  onDisk(kind, async (faulty) => {
    const { disk } = faulty.runtime;
    const [file, other] = [await disk.open('a', 'create'), await disk.open('b', 'create')];
    await file.write(bytes(100), 0);
    await other.write(bytes(50), 0);
    await faulty.inject(1, { disk: { kind: 'fill', freeBytes: 30 } });
    await faulty.inject(2, { disk: { kind: 'fill', freeBytes: 999 } }, { limitBytes: 200 });
    expect((await disk.space()).freeBytes).toBe(30);
    await expect(file.write(bytes(50), 90)).rejects.toMatchObject({ code: 'NO_SPACE' });
    // As much as fitted.
    expect([await file.sizeBytes(), (await disk.space()).freeBytes]).toEqual([130, 0]);
    await file.write(bytes(10), 0);
    await expect(file.truncate(131)).rejects.toMatchObject({ code: 'NO_SPACE' });
    await other.close();
    await disk.remove('b');
    expect((await disk.space()).freeBytes).toBe(50);
    expect(faulty.lift(1)).toBe(faulty.hits(2));
    expect((await disk.space()).freeBytes).toBe(70);
    await faulty.inject(3, { disk: { kind: 'enospc' } });
    await expect(file.write(bytes(1), 130)).rejects.toMatchObject({ code: 'NO_SPACE' });
    faulty.lift(3);
    faulty.lift(2);
    await file.write(bytes(500), 130);
    await file.close();
  }),
);

test.each(KINDS)('FaultyRuntime on %s: what is not written takes no room', (kind) =>
  onDisk(kind, async (faulty) => {
    const { disk } = faulty.runtime;
    const file = await disk.open('a', 'create');
    await faulty.inject(1, { disk: { kind: 'fill', freeBytes: 30 } });
    await file.write(bytes(0), 20);
    await file.write(bytes(0), 4_000);
    await expect(file.write(bytes(10), 4_000)).rejects.toMatchObject({ code: 'NO_SPACE' });
    expect([await file.sizeBytes(), (await disk.space()).freeBytes]).toEqual([0, 30]);
    await file.write(bytes(10), 10);
    expect((await disk.space()).freeBytes).toBe(10);
    await file.close();
  }),
);

/** A disk whose calls settle when they are let. */
function reluctantDisk(): { readonly disk: Disk; readonly settleAll: () => void } {
  const waiting: (() => void)[] = [];
  const later = <T>(value: T): Promise<T> => new Promise((resolve) => waiting.push(() => resolve(value)));
  const done = (): Promise<void> => later(undefined);
  const file: DiskFile = {
    read: () => later(1),
    write: done,
    sync: done,
    truncate: done,
    sizeBytes: () => later(1),
    close: done,
  };
  return {
    disk: {
      root: 'reluctant',
      lock: () => later({ release: () => Promise.resolve() }),
      open: () => later(file),
      rename: done,
      remove: done,
      list: () => later([]),
      makeDirectory: done,
      syncDirectory: done,
      space: () => later({ totalBytes: 1, freeBytes: 1, isVolatile: false, diskId: '' }),
    },
    settleAll: () => waiting.splice(0).forEach((settle) => settle()),
  };
}

const DISK_CALLS: Record<string, (disk: Disk) => Promise<unknown>> = {
  lock: (disk) => disk.lock(),
  open: (disk) => disk.open('a', 'create'),
  rename: (disk) => disk.rename('a', 'b'),
  remove: (disk) => disk.remove('a'),
  list: (disk) => disk.list('.'),
  makeDirectory: (disk) => disk.makeDirectory('d'),
  syncDirectory: (disk) => disk.syncDirectory('.'),
  space: (disk) => disk.space(),
};
const FILE_CALLS: Record<string, (file: DiskFile) => Promise<unknown>> = {
  read: (file) => file.read(bytes(1), 0),
  write: (file) => file.write(bytes(1), 0),
  sync: (file) => file.sync(),
  truncate: (file) => file.truncate(0),
  sizeBytes: (file) => file.sizeBytes(),
  close: (file) => file.close(),
};

test.each(['no fault', 'a fault of another file'])(
  'FaultyRuntime: no call settles before that of the disk, with %s',
  async (what) => {
    const { disk, settleAll } = reluctantDisk();
    const parts: { disk: Disk; clock: Clock; random: Random } = { disk, clock: nodeClock, random: nodeRandom };
    const faulty = new FaultyRuntime(parts as Runtime, null);
    if (what !== 'no fault') {
      const fault = { kind: 'eio', operations: ['sync'], probability: 1, path: (path: string) => path === 'other' } as const;
      await faulty.inject(1, { disk: fault });
    }
    const early: string[] = [];
    const settle = async <T>(name: string, call: Promise<T>): Promise<T> => {
      let isLet = false;
      void call.then(() => isLet || early.push(name));
      // All that could settle it by itself has run.
      await new Promise(setImmediate);
      isLet = true;
      settleAll();
      return call;
    };
    for (const [name, call] of Object.entries(DISK_CALLS)) await settle(name, call(faulty.runtime.disk));
    const file = await settle('open', faulty.runtime.disk.open('a', 'create'));
    for (const [name, call] of Object.entries(FILE_CALLS)) await settle(name, call(file));
    expect(early).toEqual([]);
  },
);

test.each(KINDS)('FaultyRuntime on %s: what is lifted while it is put in force is not in force', (kind) =>
  onDisk(kind, async (faulty) => {
    const file = await faulty.runtime.disk.open('a', 'create');
    await file.write(bytes(10), 0);
    for (const disk of [{ kind: 'enospc' }, { kind: 'fill', freeBytes: 0 }] as const) {
      const active = faulty.inject(1, { disk });
      // The folder is looked at now.
      faulty.lift(1);
      await active;
      await file.write(bytes(10), await file.sizeBytes());
    }
    await file.close();
  }),
);

test.each(KINDS)('FaultyRuntime on %s: a limit that leaves more than the disk has is not felt', (kind) =>
  onDisk(kind, async (faulty) => {
    const before = await faulty.runtime.disk.space();
    await faulty.inject(1, { disk: { kind: 'fill', freeBytes: 2 * before.totalBytes } });
    expect((await faulty.runtime.disk.space()).freeBytes).toBeGreaterThan(0);
    expect(faulty.lift(1)).toBe(0);
  }),
);

test.each(KINDS)('FaultyRuntime on %s: slow calls take that much longer, several add up', (kind) =>
  onDisk(kind, async (faulty, clock) => {
    await faulty.inject(1, { disk: { kind: 'slow', delayMs: 30 } });
    await faulty.inject(2, { disk: { kind: 'slow', delayMs: 20 } });
    const begunMs = clock.nowMs();
    await faulty.runtime.disk.list('.');
    expect(clock.nowMs() - begunMs).toBeGreaterThanOrEqual(49);
    expect([faulty.lift(1), faulty.lift(2)]).toEqual([1, 1]);
    await faulty.runtime.disk.list('.');
  }),
);

test.each(KINDS)('FaultyRuntime on %s: where fsyncs alone are slow, no other call is', (kind) =>
  onDisk(kind, async (faulty, clock) => {
    await faulty.inject(1, { disk: { kind: 'slow', delayMs: 30, operations: ['sync', 'syncDirectory'] } });
    const { disk } = faulty.runtime;
    const file = await disk.open('f', 'create');
    await file.write(Uint8Array.of(1, 2, 3), 0);
    expect(faulty.hits(1)).toBe(0);
    const begunMs = clock.nowMs();
    await file.sync();
    await disk.syncDirectory('.');
    expect(clock.nowMs() - begunMs).toBeGreaterThanOrEqual(59);
    await file.close();
    expect(faulty.lift(1)).toBe(2);
  }),
);

test.each(KINDS)('FaultyRuntime on %s: a wall clock that jumps, is set and drifts; time that passes is not touched', (kind) =>
  onDisk(kind, async (faulty, clock) => {
    const aheadMs = (): number => faulty.runtime.clock.wallMs() - clock.wallMs();
    await faulty.inject(1, { clock: { kind: 'jump', offsetMs: 5_000 } });
    await faulty.inject(2, { clock: { kind: 'drift', ppm: 1_000_000 } }, { ageMs: 60_000 });
    expect(aheadMs()).toBeGreaterThanOrEqual(64_990);
    expect(faulty.lift(2)).toBe(1);
    expect(Math.abs(aheadMs() - 5_000)).toBeLessThan(1_000);
    await faulty.inject(3, { clock: { kind: 'skew', offsetMs: -100_000 } });
    expect(Math.abs(aheadMs() + 100_000)).toBeLessThan(1_000);
    expect(Math.abs(faulty.runtime.clock.nowMs() - clock.nowMs())).toBeLessThan(1_000);
    faulty.lift(3);
    faulty.lift(1);
    expect(Math.abs(aheadMs())).toBeLessThan(1_000);
  }),
);

test('FaultyRuntime: an fsync that fails loses what was not synced, and never what was', async () => {
  const left = new Set<string>();
  for (let round = 0; round < 40; round += 1) {
    await onDisk('node', async (faulty, _clock, dir) => {
      const file = await faulty.runtime.disk.open('a', 'create');
      await file.write(Buffer.from('synced, '), 0);
      await file.sync();
      await file.write(Buffer.from('lost'), 8);
      await faulty.inject(1, { disk: { kind: 'eio', operations: ['sync'], probability: 1 } });
      await expect(file.sync()).rejects.toMatchObject({ code: 'IO_ERROR' });
      faulty.lift(1);
      const content = readFileSync(join(dir, 'a'), 'utf8');
      expect(content.startsWith('synced, ')).toBe(true);
      left.add(content);
      await file.close();
    });
  }
  expect(left.has('synced, ') && left.has('synced, lost')).toBe(true);
});

test('FaultyRuntime: after a power cut no call settles, and what follows it does not reach the disk', async () => {
  await onDisk('node', async (faulty, _clock, dir) => {
    const { disk } = faulty.runtime;
    const file = await disk.open('a', 'create');
    await file.write(bytes(10), 0);
    await file.sync();
    await disk.syncDirectory('.');
    await faulty.inject(1, { disk: { kind: 'eio', operations: ['write', 'open'], probability: 1 } });
    await faulty.powerCut(1);
    let settled = 0;
    for (const call of [file.write(bytes(90), 0), disk.open('b', 'create'), disk.list('.'), file.close()]) {
      call.then(
        () => settled++,
        () => settled++,
      );
    }
    await nodeClock.sleep(50);
    expect([settled, statSync(join(dir, 'a')).size]).toEqual([0, 10]);
  });
});

test.each(KINDS)(
  'FaultyRuntime on %s: calls that hang return when the fault is lifted, and failures have their own code',
  (kind) =>
    onDisk(kind, async (faulty) => {
      const { disk } = faulty.runtime;
      await disk.open('a', 'create').then((file) => file.close());
      await faulty.inject(1, { disk: { kind: 'hang', operations: ['rename'] } });
      let isDone = false;
      const renaming = disk.rename('a', 'b').then(() => (isDone = true));
      await disk.list('.');
      expect({ isDone, hits: faulty.hits(1) }).toEqual({ isDone: false, hits: 1 });
      faulty.lift(1);
      await renaming;
      await faulty.inject(2, { disk: { kind: 'eio', operations: ['open'], probability: 1, errno: 'ENOENT' } });
      await expect(disk.open('b', 'read')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      faulty.lift(2);
    }),
);

test('FaultyRuntime on node: a sync that lies keeps nothing, and the power cut takes it', () =>
  onDisk('node', async (faulty, _clock, dir) => {
    const { disk } = faulty.runtime;
    const write = async (name: string): Promise<void> => {
      const file = await disk.open(name, 'create');
      await file.write(bytes(100), 0);
      await file.sync();
      await file.close();
      await disk.syncDirectory('.');
    };
    await write('kept');
    await faulty.inject(1, { disk: { kind: 'lie' } });
    const told = Array.from({ length: 20 }, (_, index) => `told-${index}`);
    for (const name of told) await write(name);
    expect(faulty.hits(1)).toBe(40);
    await faulty.powerCut(7);
    expect(readFileSync(join(dir, 'kept'))).toHaveLength(100);
    const whole = told.filter((name) => existsSync(join(dir, name)) && readFileSync(join(dir, name)).equals(bytes(100)));
    expect(whole.length).toBeLessThan(told.length);
  }));
