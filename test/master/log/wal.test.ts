import { expect, test } from 'vitest';
import { HINT_FILE, HintWriter, readHint } from '../../../src/master/log/durable-hint.js';
import { LOG_FILE, recover } from '../../../src/master/log/recover.js';
import { Wal } from '../../../src/master/log/wal.js';
import type { DiskFile, Runtime } from '../../../src/shared/runtime.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';

/** The log of a machine, with its fsyncs counted. */
async function openWal(runtime: Runtime) {
  const counts = { syncs: 0, writes: 0 };
  const failures: Error[] = [];
  const file = await runtime.disk.open(LOG_FILE, 'create');
  const counted: DiskFile = {
    read: (target, position) => file.read(target, position),
    write: (data, position) => {
      counts.writes += 1;
      return file.write(data, position);
    },
    sync: () => {
      counts.syncs += 1;
      return file.sync();
    },
    truncate: (size) => file.truncate(size),
    sizeBytes: () => file.sizeBytes(),
    close: () => file.close(),
  };
  const hint = await HintWriter.open(runtime.disk, runtime.log);
  const wal = new Wal(counted, 0, hint, (error) => failures.push(error));
  const append = (index: number) => wal.append({ opCode: 13, term: 1, index, body: Buffer.from(`entry ${index}`) });
  return { wal, append, counts, failures };
}

test('Wal.append: what is queued while an fsync is under way shares the next one, and resolves in order', async () => {
  const sim = new Simulation({ seed: 3 });
  await sim.run(async () => {
    const runtime = sim.machine('m-1').boot();
    const { wal, append, counts } = await openWal(runtime);
    const order: number[] = [];
    const appends = Array.from({ length: 500 }, (_, i) => append(i + 1).then(() => order.push(i + 1)));
    await appends[0];
    const later = Array.from({ length: 500 }, (_, i) => append(i + 501).then(() => order.push(i + 501)));
    await Promise.all([...appends, ...later]);
    expect(counts.syncs).toBeLessThanOrEqual(3);
    expect(order).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 1));
    await wal.close();
    const indexes: number[] = [];
    const recovered = await recover(runtime.disk, runtime.log, (record) => indexes.push(record.index));
    expect(indexes).toEqual(order);
    expect(await readHint(runtime.disk)).toBe(recovered.offset);
  });
});

for (const operation of ['sync', 'write'] as const) {
  test(`Wal: after a failed ${operation} it fails for good and never tries again`, async () => {
    const sim = new Simulation({ seed: 4 });
    await sim.run(async () => {
      const machine = sim.machine('m-1');
      const { append, wal, counts, failures } = await openWal(machine.boot());
      await append(1);
      const before = { ...counts };
      machine.disk.failNext(operation, LOG_FILE);
      await expect(Promise.all([append(2), append(3)])).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true });
      await expect(append(4)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(failures).toHaveLength(1);
      expect(counts.writes).toBe(before.writes + 1);
      expect(counts.syncs).toBe(before.syncs + (operation === 'sync' ? 1 : 0));
      await wal.close();
    });
  });
}

test('Wal: a failed hint write stops nothing', async () => {
  const sim = new Simulation({ seed: 5 });
  await sim.run(async () => {
    const machine = sim.machine('m-1');
    const { append, wal, failures } = await openWal(machine.boot());
    machine.disk.failNext('write', HINT_FILE);
    await append(1);
    await append(2);
    expect(failures).toEqual([]);
    await wal.close();
  });
});

test('Wal: what was acknowledged survives a power cut at any call', async () => {
  for (let call = 1; call < 40; call += 1) {
    const sim = new Simulation({ seed: call });
    const machine = sim.machine('m-1');
    let acknowledged = 0;
    await sim.run(async () => {
      const runtime = machine.boot();
      const { append } = await openWal(runtime);
      await runtime.disk.syncDirectory('.');
      machine.crashAtCall(call, { power: true });
      void (async () => {
        for (let i = 1; i <= 12; i += 1) {
          await append(i);
          acknowledged = i;
        }
      })();
      await sim.advance(10_000);
    });
    machine.crash({ power: true });
    const indexes = await sim.run(async () => {
      const runtime = machine.boot();
      const found: number[] = [];
      await recover(runtime.disk, runtime.log, (record) => found.push(record.index));
      return found;
    });
    expect(indexes.length).toBeGreaterThanOrEqual(acknowledged);
    expect(indexes).toEqual(indexes.map((_, i) => i + 1));
  }
});
