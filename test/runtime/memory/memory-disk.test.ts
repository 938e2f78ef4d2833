import { expect, test } from 'vitest';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import type { Disk, DiskFile } from '../../../src/shared/runtime.js';
import { patternBytes } from '../bytes.js';

/** Runs `work` on a fresh disk for each of many seeds, cuts the power (or kills), and collects what `look` sees afterwards. */
async function outcomes(
  work: (disk: Disk, machine: Machine) => Promise<void>,
  look: (machine: Machine) => string,
  power = true,
): Promise<string[]> {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const sim = new Simulation({ seed });
    const machine = sim.machine('m');
    const { disk } = machine.boot();
    await sim.run(() => work(disk, machine));
    machine.crash({ power });
    seen.add(look(machine));
  }
  return [...seen].sort();
}

/** A durable file of some bytes. */
async function writeDurably(disk: Disk, path: string, bytes: Uint8Array): Promise<DiskFile> {
  const file = await disk.open(path, 'create');
  await file.write(bytes, 0);
  await file.sync();
  await disk.syncDirectory('.');
  return file;
}

const text = (machine: Machine, path: string): string =>
  machine.disk.files().includes(path) ? Buffer.from(machine.disk.readFile(path)).toString('latin1') : '(none)';
const one = (byte: number, count = 1): Uint8Array => new Uint8Array(count).fill(byte);

test('MemoryDisk: an unsynced write is kept on a kill, and may be lost at a power cut', async () => {
  const work = async (disk: Disk): Promise<void> => {
    const file = await writeDurably(disk, 'f', one(65, 3));
    await file.write(one(66, 3), 0);
  };
  const look = (machine: Machine): string => text(machine, 'f');
  expect(await outcomes(work, look, false)).toEqual(['BBB']);
  const afterPowerCut = await outcomes(work, look);
  expect(afterPowerCut).toContain('AAA');
  expect(afterPowerCut).toContain('BBB');
});

test('MemoryDisk: an unsynced write of many sectors is torn in some runs: its beginning, or some sectors', async () => {
  const kinds = await outcomes(
    async (disk) => {
      const file = await writeDurably(disk, 'f', one(65, 4_096));
      await file.write(one(66, 4_096), 0);
    },
    (machine) => {
      const found = text(machine, 'f');
      expect(found).toHaveLength(4_096);
      if (/^A*$/.test(found)) return 'lost';
      if (/^B*$/.test(found)) return 'kept';
      if (/^B+A+$/.test(found) && found.indexOf('A') % 512 !== 0) return 'beginning';
      expect(found).toMatch(/^((A{512})|(B{512}))+$/);
      return 'sectors';
    },
  );
  expect(kinds).toEqual(['beginning', 'kept', 'lost', 'sectors']);
});

test('MemoryDisk: a synced file whose directory was not synced may vanish at a power cut', async () => {
  const work = async (disk: Disk): Promise<void> => {
    const file = await disk.open('f', 'create');
    await file.write(one(65), 0);
    await file.sync();
  };
  const look = (machine: Machine): string => text(machine, 'f');
  expect(await outcomes(work, look)).toEqual(['(none)', 'A']);
  expect(await outcomes(work, look, false)).toEqual(['A']);
});

test('MemoryDisk: a rename before the fsync of the file may leave the name with lost content', async () => {
  const found = await outcomes(
    async (disk) => {
      await writeDurably(disk, 'f', one(65));
      await (await disk.open('f.tmp', 'create')).write(one(66), 0);
      await disk.rename('f.tmp', 'f');
      await disk.syncDirectory('.');
    },
    (machine) => text(machine, 'f'),
  );
  expect(found).toEqual(['', 'B']);
});

test('MemoryDisk: changes of one directory survive in order', async () => {
  const found = await outcomes(
    async (disk) => {
      for (const name of ['a', 'b', 'c']) await disk.open(name, 'create');
      await disk.remove('a');
    },
    (machine) => machine.disk.files().join(''),
  );
  expect(found).toEqual(['', 'a', 'ab', 'abc', 'bc']);
});

test('MemoryDisk: a move between directories never loses the file, and is durable when the folder it left is', async () => {
  const work = async (disk: Disk): Promise<void> => {
    await disk.makeDirectory('q');
    await writeDurably(disk, 'f', one(65));
    await disk.rename('f', 'q/f');
  };
  const look = (machine: Machine): string => machine.disk.files().join();
  expect(await outcomes(work, look)).toEqual(['f', 'f,q/f', 'q/f']);
  const synced = async (disk: Disk): Promise<void> => {
    await work(disk);
    await disk.syncDirectory('.');
  };
  expect(await outcomes(synced, look)).toEqual(['q/f']);
});

test('MachineDisk.failNext: a failed fsync leaves content that a later fsync does not save', async () => {
  const found = await outcomes(
    async (disk, machine) => {
      const file = await writeDurably(disk, 'f', one(65));
      await file.write(one(66), 0);
      machine.disk.failNext('sync', 'f');
      await expect(file.sync()).rejects.toMatchObject({ code: 'IO_ERROR' });
      await file.sync();
      const target = one(0);
      await file.read(target, 0);
      expect(target).toEqual(one(66));
    },
    (machine) => text(machine, 'f'),
  );
  expect(found).toEqual(['A', 'B']);
});

test('MachineDisk.failNext: strikes the next such operation on that path, once', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('m');
  const { disk } = machine.boot();
  machine.disk.failNext('write', 'f');
  machine.disk.failNext('rename', 'to');
  machine.disk.failNext('list');
  await sim.run(async () => {
    const other = await disk.open('other', 'create');
    await other.write(one(1), 0);
    const file = await disk.open('f', 'create');
    await expect(file.write(one(1), 0)).rejects.toMatchObject({ code: 'IO_ERROR' });
    await file.write(one(1), 0);
    await expect(disk.rename('f', 'to')).rejects.toMatchObject({ code: 'IO_ERROR' });
    await expect(disk.list('.')).rejects.toMatchObject({ code: 'IO_ERROR' });
    expect(await disk.list('.')).toHaveLength(2);
  });
});

test('MachineDisk.setExtraLatency: slows an operation down in virtual time', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('m');
  const { disk } = machine.boot();
  machine.disk.setExtraLatency('sync', 3_000);
  await sim.run(async () => (await disk.open('f', 'create')).sync());
  expect(sim.nowMs).toBeGreaterThan(3_000);
  machine.disk.setExtraLatency('sync', 0);
  await sim.run(async () => (await disk.open('f', 'create')).sync());
  expect(sim.nowMs).toBeLessThan(3_100);
});

test('MachineDisk.setFreeBytes: a full disk takes what fits and answers NO_SPACE; removing makes room', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('m');
  const { disk } = machine.boot();
  await sim.run(async () => {
    const file = await disk.open('f', 'create');
    await file.write(one(1, 1_000), 0);
    machine.disk.setFreeBytes(500);
    expect(await disk.space()).toEqual({ totalBytes: 1_500, freeBytes: 500, isVolatile: false, diskId: 'm' });
    await file.write(one(2, 1_000), 0);
    await expect(file.write(one(3, 1_000), 900)).rejects.toMatchObject({ code: 'NO_SPACE' });
    expect(await file.sizeBytes()).toBe(1_500);
    await expect(file.truncate(1_501)).rejects.toMatchObject({ code: 'NO_SPACE' });
    await disk.remove('f');
    expect((await disk.space()).freeBytes).toBe(1_500);
    await (await disk.open('g', 'create')).write(one(1, 1_500), 0);
  });
});

test('MachineDisk.setFreeBytes: what is not written takes no room', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('m');
  const { disk } = machine.boot();
  machine.disk.setFreeBytes(500);
  await sim.run(async () => {
    const file = await disk.open('f', 'create');
    await file.write(new Uint8Array(0), 400);
    await file.write(new Uint8Array(0), 4_000);
    await expect(file.write(one(1), 4_000)).rejects.toMatchObject({ code: 'NO_SPACE' });
    expect([await file.sizeBytes(), (await disk.space()).freeBytes]).toEqual([0, 500]);
    await file.write(one(1), 400);
    expect((await disk.space()).freeBytes).toBe(99);
  });
});

test('MemoryDisk.lock: a crash lets go', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('m');
  const { disk } = machine.boot();
  await sim.run(() => disk.lock());
  machine.crash();
  await sim.run(() => machine.boot().disk.lock());
});

test('MachineDisk: a test can look, write, damage and remove, durably', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('m');
  machine.disk.writeFile('d/f', Uint8Array.of(0, 0));
  machine.disk.writeFile('g', Uint8Array.of(1));
  machine.disk.flipBit('d/f', 1, 3);
  expect(() => machine.disk.flipBit('d/f', 2)).toThrow(/has 2 bytes/);
  machine.disk.removeFile('g');
  machine.crash({ power: true });
  expect(machine.disk.files()).toEqual(['d/f']);
  expect(machine.disk.readFile('d/f')).toEqual(Uint8Array.of(0, 8));
  expect(() => machine.disk.readFile('g')).toThrow(/"g"/);
});

test('MachineDisk.flipBit: rot of bytes not yet synced stays through the sync and a power cut', async () => {
  const found = await outcomes(
    async (disk, machine) => {
      const file = await disk.open('f', 'create');
      await file.write(one(65, 2), 0);
      await disk.syncDirectory('.');
      machine.disk.flipBit('f', 1);
      await file.sync();
    },
    (machine) => text(machine, 'f'),
  );
  expect(found).toEqual(['A@']);
});

test('MachineDisk.durable shows what a power cut now would leave, and nothing of which that is open', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('m');
  const { disk } = machine.boot();
  const { durable } = machine.disk;
  await sim.run(async () => {
    const file = await disk.open('a', 'create');
    await file.write(patternBytes(10), 0);
    await file.sync();
    // Its name is not.
    expect(durable.files()).toEqual([]);
    await disk.syncDirectory('.');
    expect(durable.files()).toEqual(['a']);
    expect(durable.readFile('a')).toEqual(patternBytes(10));
    expect(durable.sizeBytes('a')).toBe(10);
    await file.write(patternBytes(4), 10);
    expect(durable.files()).toEqual([]);
    await file.sync();
    expect(durable.sizeBytes('a')).toBe(14);
    await disk.rename('a', 'b');
    expect(durable.files()).toEqual([]);
    expect(() => durable.readFile('a')).toThrow('No file "a" is durable');
    await disk.syncDirectory('.');
    expect(durable.files()).toEqual(['b']);
    machine.disk.failNext('sync');
    await file.write(patternBytes(3), 14);
    await file.sync().catch(() => undefined);
    // The kernel calls it clean: what is there is what reached the disk.
    expect(durable.sizeBytes('b')).toBeLessThanOrEqual(17);
  });
});
