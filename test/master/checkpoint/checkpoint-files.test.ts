import { expect, test } from 'vitest';
import { CheckpointFiles } from '../../../src/master/checkpoint/checkpoint-files.js';
import { checkpointName, temporaryName } from '../../../src/master/checkpoint/checkpoint-name.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import type { Runtime } from '../../../src/shared/runtime.js';
import { checkpoint, MEMBERS, openFiles, restored, scriptWith, send, snapshotOf } from './checkpoint-fixture.js';

const damagedBy = (code = 'LOG_DAMAGED') => expect.objectContaining({ code }) as unknown;

test('write and restore: the newest comes back, with its members; two are kept', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('m-1');
  await sim.run(async () => {
    const { runtime, store } = await openFiles(machine);
    expect(await restored(store)).toBeNull();
    const script = scriptWith(1);
    const made = [];
    for (let i = 0; i < 3; i += 1) {
      script.mkdir(`/d${i}`);
      made.unshift(await checkpoint(store, script.machine, runtime));
    }
    expect(store.snapshots.map(({ snapshot }) => snapshot)).toEqual(made.slice(0, 2));
    expect(machine.disk.files()).toEqual(made.slice(0, 2).map(checkpointName).sort());
    expect(machine.disk.files()[0]).toMatch(/^checkpoint-\d{16}-[0-9a-f]{16}\.ckpt$/);
    await store.close();
    machine.crash({ power: true });

    const again = await openFiles(machine);
    expect(again.store.snapshots).toEqual(store.snapshots);
    expect(await restored(again.store)).toEqual({ digest: script.machine.digest(), snapshot: made[0] });
    expect(made[0]?.members).toEqual(MEMBERS);
  });
});

test('restore: a damaged checkpoint is set aside and reported, and the older one is loaded', async () => {
  const lines: string[] = [];
  const sim = new Simulation({ seed: 2, onLog: (line) => lines.push(`${line.level} ${line.message}`) });
  const machine = sim.machine('m-1');
  await sim.run(async () => {
    const { runtime, store } = await openFiles(machine);
    const script = scriptWith(2);
    const older = await checkpoint(store, script.machine, runtime);
    const digest = script.machine.digest();
    script.mkdir('/d');
    const newer = checkpointName(await checkpoint(store, script.machine, runtime));
    machine.disk.flipBit(newer, 300);
    expect(await restored(store)).toEqual({ digest, snapshot: older });
    expect(machine.disk.files()).toEqual([checkpointName(older), `${newer}.damaged`]);
    // The slice is named, not only the file: nothing of it was believed.
    const reports = lines.filter((line) => line.startsWith('error'));
    expect(reports).toEqual([expect.stringMatching(new RegExp(`${newer} is damaged at offset (\\d{2}|1\\d{2}): its checksum`))]);
    machine.disk.flipBit(checkpointName(older), 10);
    expect(await restored(store)).toBeNull();
    expect(store.snapshots).toEqual([]);
  });
});

test('restore: a flipped bit in any byte of the file is found, as is a cut or a longer one', async () => {
  const sim = new Simulation({ seed: 3 });
  const machine = sim.machine('m-1');
  await sim.run(async () => {
    const { runtime, store } = await openFiles(machine);
    const { machine: state } = scriptWith(3);
    const name = checkpointName(await checkpoint(store, state, runtime));
    const bytes = machine.disk.readFile(name);
    const headerBytes = 16 + new DataView(bytes.buffer).getUint32(8);
    const refuse = async (damaged: Uint8Array, at = bytes.length): Promise<void> => {
      machine.disk.writeFile(name, damaged);
      const damagedStore = await CheckpointFiles.open(runtime);
      // What a file says of itself is not believed even until it is loaded.
      expect(damagedStore.snapshots).toHaveLength(at < headerBytes ? 0 : 1);
      expect(await restored(damagedStore)).toBeNull();
      expect(machine.disk.files()).toEqual([`${name}.damaged`]);
    };
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      await refuse(damaged, at);
    }
    for (let length = 0; length < bytes.length; length += 7) await refuse(bytes.subarray(0, length), length);
    await refuse(Buffer.concat([bytes, new Uint8Array(1)]));
    machine.disk.writeFile(name, bytes);
    expect((await restored(await CheckpointFiles.open(runtime)))?.digest).toBe(state.digest());
  });
});

test('open: a file under another name than its own is damaged; temporaries are removed, the rest is left alone', async () => {
  const sim = new Simulation({ seed: 4 });
  const machine = sim.machine('m-1');
  await sim.run(async () => {
    const { runtime, store } = await openFiles(machine);
    const name = checkpointName(await checkpoint(store, scriptWith(1).machine, runtime));
    const other = checkpointName({ index: 99, id: 'other' });
    machine.disk.writeFile(other, machine.disk.readFile(name));
    machine.disk.writeFile('checkpoint-x.tmp', new Uint8Array(3));
    machine.disk.writeFile('identity.json.tmp', new Uint8Array(3));
    const reopened = await CheckpointFiles.open(runtime);
    expect(reopened.snapshots).toEqual(store.snapshots);
    expect(machine.disk.files()).toEqual([name, `${other}.damaged`, 'identity.json.tmp'].sort());
  });
});

test('two writers never share a temporary name, even of the same snapshot', async () => {
  const sim = new Simulation({ seed: 5 });
  const machine = sim.machine('m-1');
  await sim.run(async () => {
    const opened: string[] = [];
    const { runtime } = await openFiles(machine);
    const noting: Runtime = {
      ...runtime,
      disk: {
        ...runtime.disk,
        open: (path, mode) => {
          if (mode !== 'read') opened.push(path);
          return runtime.disk.open(path, mode);
        },
      },
    };
    const store = await CheckpointFiles.open(noting);
    const [one, other] = [scriptWith(4), scriptWith(4)];
    const snapshot = snapshotOf(one.machine, runtime.random);
    await Promise.all([store.write(snapshot, one.machine.checkpoint()), store.write(snapshot, other.machine.checkpoint())]);
    expect(opened).toHaveLength(2);
    expect(new Set(opened).size).toBe(2);
    expect((await restored(store))?.digest).toBe(one.machine.digest());
    expect(machine.disk.files()).toEqual([checkpointName(snapshot)]);
    const names = Array.from({ length: 1_000 }, () => temporaryName(snapshot, runtime.random));
    expect(new Set(names).size).toBe(1_000);
  });
});

test('write: a failing disk or a stop leaves nothing behind, and the copy ended', async () => {
  const sim = new Simulation({ seed: 6 });
  const machine = sim.machine('m-1');
  await sim.run(async () => {
    const { runtime, store } = await openFiles(machine);
    const script = scriptWith(2);
    const first = await checkpoint(store, script.machine, runtime);
    script.mkdir('/d');
    for (const operation of ['open', 'write', 'sync', 'rename', 'syncDirectory'] as const) {
      machine.disk.failNext(operation);
      await expect(checkpoint(store, script.machine, runtime)).rejects.toMatchObject({ code: 'IO_ERROR' });
      expect(store.snapshots.map(({ snapshot }) => snapshot)).toEqual([first]);
      expect(machine.disk.files().filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }
    machine.disk.setFreeBytes(100);
    await expect(checkpoint(store, script.machine, runtime)).rejects.toMatchObject({ code: 'NO_SPACE' });
    machine.disk.setFreeBytes(1_000_000);
    const stopped = checkpoint(store, script.machine, runtime);
    const closing = store.close();
    await expect(stopped).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await closing;
    expect(machine.disk.files().filter((name) => name.endsWith('.tmp'))).toEqual([]);
    script.machine.checkpoint().end();
  });
});

test('write: one that was overtaken by an installed snapshot is dropped', async () => {
  const sim = new Simulation({ seed: 7 });
  const [leader, follower] = [sim.machine('m-1'), sim.machine('m-2')];
  await sim.run(async () => {
    const from = await openFiles(leader);
    const to = await openFiles(follower);
    const [old, recent] = [scriptWith(2), scriptWith(5)];
    const snapshot = await checkpoint(from.store, recent.machine, from.runtime);
    follower.disk.setExtraLatency('sync', 5_000);
    const late = checkpoint(to.store, old.machine, to.runtime);
    await sim.advance(1_000);
    follower.disk.setExtraLatency('sync', 0);
    await send(from.store, to.store, 400);
    await to.store.install(snapshot);
    await late;
    expect(to.store.snapshots.map((stored) => stored.snapshot)).toEqual([snapshot]);
    expect(follower.disk.files()).toEqual([checkpointName(snapshot)]);
  });
});

test('pieces: the bytes of the file, from any offset; of one that is gone, the newest from its start', async () => {
  const sim = new Simulation({ seed: 8 });
  const machine = sim.machine('m-1');
  await sim.run(async () => {
    const { runtime, store } = await openFiles(machine);
    expect(await store.readPiece(null, 0, 10)).toBeNull();
    const script = scriptWith(1);
    const first = await checkpoint(store, script.machine, runtime);
    const bytes = machine.disk.readFile(checkpointName(first));
    expect(await store.readPiece(first.id, 5, 10)).toEqual({
      snapshot: first,
      offset: 5,
      data: bytes.slice(5, 15),
      isLast: false,
    });
    expect(await store.readPiece(null, 77, 10_000_000)).toEqual({ snapshot: first, offset: 0, data: bytes, isLast: true });
    expect(await store.readPiece(first.id, bytes.length - 1, 10)).toMatchObject({ data: bytes.slice(-1), isLast: true });
    expect(await store.readPiece(first.id, bytes.length, 10)).toMatchObject({ offset: 0 });
    // The file goes while a piece of it is being read: opened before, or not any more.
    for (let i = 0; i < 12; i += 1) {
      const asked = store.snapshots[0]?.snapshot.id ?? '';
      const writes = (async () => {
        for (let made = 0; made < 2; made += 1) {
          script.mkdir(`/${i}-${made}`);
          await checkpoint(store, script.machine, runtime);
        }
      })();
      let isWriting = true;
      void writes.then(() => (isWriting = false));
      while (isWriting) {
        const piece = await store.readPiece(asked, 5, 10);
        expect(piece?.offset).toBe(piece?.snapshot.id === asked ? 5 : 0);
      }
    }
    machine.disk.removeFile(checkpointName(store.snapshots[0]?.snapshot ?? first));
    expect(await store.readPiece(null, 0, 10)).toMatchObject({ snapshot: store.snapshots[0]?.snapshot });
    expect(store.snapshots).toHaveLength(1);
  });
});

test('pieces: a checkpoint that has rotted is not sent', async () => {
  const sim = new Simulation({ seed: 9 });
  const machine = sim.machine('m-1');
  await sim.run(async () => {
    const { runtime, store } = await openFiles(machine);
    const script = scriptWith(1);
    const older = await checkpoint(store, script.machine, runtime);
    script.mkdir('/d');
    const newer = await checkpoint(store, script.machine, runtime);
    machine.disk.flipBit(checkpointName(newer), 200, 3);
    const pieces = await Promise.all([store.readPiece(null, 0, 10), store.readPiece(newer.id, 0, 10)]);
    for (const piece of pieces) expect(piece).toMatchObject({ snapshot: older, offset: 0 });
    expect(machine.disk.files()).toEqual([checkpointName(older), `${checkpointName(newer)}.damaged`]);
  });
});

test('install: what came in pieces becomes the newest; anything else is refused and leaves no trace', async () => {
  const sim = new Simulation({ seed: 10 });
  const [leader, follower] = [sim.machine('m-1'), sim.machine('m-2')];
  await sim.run(async () => {
    const from = await openFiles(leader);
    const to = await openFiles(follower);
    const script = scriptWith(3);
    const snapshot = await checkpoint(from.store, script.machine, from.runtime);
    const whole = await from.store.readPiece(null, 0, 10_000_000);
    if (whole === null) throw new Error('nothing to send');
    const refuse = async (code: string, action: Promise<unknown>): Promise<void> => {
      await expect(action).rejects.toEqual(damagedBy(code));
      expect(follower.disk.files()).toEqual([]);
      expect(to.store.snapshots).toEqual([]);
    };
    await refuse('LOG_DAMAGED', to.store.install(snapshot));
    await refuse('PROTOCOL_ERROR', to.store.storePiece({ ...whole, offset: 3 }));
    await refuse('PROTOCOL_ERROR', to.store.storePiece({ ...whole, snapshot: { ...snapshot, id: '../../evil' } }));
    for (const claimed of [{ id: 'abc' }, { index: 1 }, { term: 9 }, { members: [] }]) {
      await to.store.storePiece(whole);
      await refuse('LOG_DAMAGED', to.store.install({ ...snapshot, ...claimed }));
    }
    for (let at = 0; at < whole.data.length; at += 97) {
      const data = Uint8Array.from(whole.data);
      data[at] = (data[at] ?? 0) ^ 16;
      await to.store.storePiece({ ...whole, data });
      await refuse('LOG_DAMAGED', to.store.install(snapshot));
    }
    await to.store.storePiece({ ...whole, data: whole.data.subarray(0, 100), isLast: false });
    await refuse('LOG_DAMAGED', to.store.install(snapshot));
    await to.store.storePiece({ ...whole, data: whole.data.subarray(0, 100), isLast: false });
    // Begun anew: what came before is dropped.
    expect(await send(from.store, to.store, 64)).toEqual(snapshot);
    expect(follower.disk.files()).toEqual([expect.stringMatching(/\.tmp$/)]);
    await to.store.install(snapshot);
    expect(await restored(to.store)).toEqual({ digest: script.machine.digest(), snapshot });
    expect(follower.disk.files()).toEqual([checkpointName(snapshot)]);
    await to.store.storePiece({ ...whole, isLast: false });
    await to.store.close();
    expect(follower.disk.files()).toEqual([checkpointName(snapshot)]);
  });
});
