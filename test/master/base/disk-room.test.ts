import { expect, test } from 'vitest';
import { DiskRoom, RESERVE_FILE } from '../../../src/master/base/disk-room.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { DfsError } from '../../../src/shared/errors.js';

test('DiskRoom.retry: spends the reserve file before it waits, undoes each failed step, and passes other errors on', async () => {
  const sim = new Simulation({ seed: 1 });
  await sim.run(async () => {
    const { disk } = sim.machine('m-1');
    const runtime = sim.machine('m-1').boot();
    await runtime.disk.makeDirectory('.');
    const room = await DiskRoom.open(runtime);
    await room.refill();
    const fault = disk.inject({ kind: 'fill', freeBytes: 0 });
    const file = await runtime.disk.open('log', 'create');
    const write = (bytes: number, position: number) => (): Promise<void> => file.write(new Uint8Array(bytes), position);
    let undone = 0;
    const undo = async (): Promise<void> => void (undone += 1);

    const patient = room.withoutReserve.retry(write(10, 0), undo);
    await sim.advance(1_200);
    expect([disk.files().includes(RESERVE_FILE), room.isWaiting, undone]).toEqual([true, true, 3]);
    await room.retry(write(20, 10), undo);
    expect([disk.files().includes(RESERVE_FILE), undone]).toEqual([false, 4]);
    await patient;

    const late = room.retry(write(1_000_000, 30), undo);
    await sim.advance(600);
    expect(room.isWaiting).toBe(true);
    fault.lift();
    await late;
    expect(room.isWaiting).toBe(false);
    const failing = room.retry(() => Promise.reject(new DfsError('IO_ERROR', 'broken')), undo);
    await expect(failing).rejects.toMatchObject({ code: 'IO_ERROR' });
  });
});

test('DiskRoom.close: ends what waits with the lack of space', async () => {
  const sim = new Simulation({ seed: 2 });
  await sim.run(async () => {
    const runtime = sim.machine('m-1').boot();
    await runtime.disk.makeDirectory('.');
    const room = await DiskRoom.open(runtime);
    const waiting = room.retry(() => Promise.reject(new DfsError('NO_SPACE', 'full')));
    const ended = expect(waiting).rejects.toMatchObject({ code: 'NO_SPACE' });
    await sim.advance(100);
    room.close();
    await ended;
  });
});
