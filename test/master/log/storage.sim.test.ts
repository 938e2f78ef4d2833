import { expect, test } from 'vitest';
import { BATCH_BYTES_MAX } from '../../../src/master/log/group-commit.js';
import { encodeRecord, recordSizeBytes } from '../../../src/master/log/record.js';
import type { LogRecord } from '../../../src/master/log/record.js';
import { bootstrapState } from '../../../src/raft/bootstrap.js';
import type { Entry, Snapshot } from '../../../src/raft/types.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import type { DiskOperation } from '../../../src/runtime/memory/machine-disk.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import {
  ALONE,
  batch,
  checkpointBytes,
  copyOf,
  dataEntry,
  emptyEntry,
  found,
  GROUP,
  hardStateOf,
  Model,
  openMember,
  SELF,
  textOf,
} from './storage-rig.js';

const data = (from: number, to: number, term = 1, bytes = 20) =>
  Array.from({ length: to - from + 1 }, (_, i) => dataEntry(from + i, term, `${from + i} `.padEnd(bytes, '.')));

/** Runs a task on the machine of a founded member. */
async function onMember(seed: string, task: (machine: Machine, sim: Simulation) => Promise<void>): Promise<void> {
  const sim = new Simulation({ seed });
  const machine = sim.machine('m-1');
  await sim.run(async () => {
    await found(machine);
    await task(machine, sim);
  });
}

/** Calls of an operation on the log that the machine makes during a task. */
function callsOf(events: readonly string[], operation: DiskOperation): number {
  return events.filter((what) => what.startsWith(`disk.${operation} master.log`) && !what.includes('durable')).length;
}

test('openStorage: a founded member begins with the founding entry and its term', async () => {
  await onMember('founded', async (machine) => {
    const { stored, texts } = await openMember(machine.boot());
    expect(stored).toEqual(bootstrapState(SELF, GROUP));
    expect(texts).toHaveLength(1);
  });
});

test('write: what is given while an fsync is under way shares the next one, in one write, and resolves in order', async () => {
  const events: string[] = [];
  const sim = new Simulation({ seed: 'group', onEvent: ({ what }) => events.push(what) });
  await sim.run(async () => {
    const machine = sim.machine('m-1');
    await found(machine);
    const { storage } = await openMember(machine.boot(), { segmentBytes: 2 ** 26 });
    events.length = 0;
    const command: number[] = [];
    const one = (index: number) =>
      storage.write(batch({ entries: data(index, index) })).then(() => {
        command.push(index);
      });
    const first = Array.from({ length: 256 }, (_, i) => one(2 + i));
    expect(storage.queuedBytes).toBeGreaterThan(256 * 20);
    await first[0];
    await Promise.all([...first, ...Array.from({ length: 256 }, (_, i) => one(258 + i))]);
    expect(command).toEqual(Array.from({ length: 512 }, (_, i) => 2 + i));
    expect({ writes: callsOf(events, 'write'), syncs: callsOf(events, 'sync') }).toEqual({ writes: 2, syncs: 2 });
    expect(storage.queuedBytes).toBe(0);
    expect(storage.figures.fsyncP50Ms).toBeGreaterThan(0);
    expect(storage.figures.fsyncP99Ms).toBeGreaterThanOrEqual(storage.figures.fsyncP50Ms);
    await storage.close();
    await expect(storage.write(batch({ entries: data(514, 514) }))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    machine.crash({ power: true });
    expect((await openMember(machine.boot())).texts).toHaveLength(513);
  });
});

test('write: a batch larger than one write resolves when all of it is durable, and a crash leaves a beginning', async () => {
  for (let call = 1; call < 10; call += 1) {
    await onMember(`large ${call}`, async (machine, sim) => {
      const { storage } = await openMember(machine.boot(), { segmentBytes: 2 ** 26 });
      const model = new Model(bootstrapState(SELF, GROUP));
      let isDone = false;
      machine.crashAtCall(call, { power: true });
      const large = data(2, 14, 1, BATCH_BYTES_MAX / 5);
      void model.write(storage, batch({ entries: large })).then(() => {
        isDone = true;
      });
      await sim.runUntil(() => isDone || !machine.isUp);
      machine.crash({ power: true });
      model.expectFound(await openMember(machine.boot(), { segmentBytes: 2 ** 26 }));
    });
  }
});

test.each(['sync', 'write'] as const)(
  'after a failed %s of the log every later call fails with the same, and none is tried',
  async (operation) => {
    await onMember(`failed ${operation}`, async (machine) => {
      const { storage } = await openMember(machine.boot());
      await storage.write(batch({ entries: data(2, 2) }));
      machine.disk.failNext(operation, 'master.log');
      const failing = [storage.write(batch({ entries: data(3, 3) })), storage.write(batch({ entries: data(4, 4) }))];
      for (const write of failing) await expect(write).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      const before = machine.calls;
      await expect(storage.write(batch({ hardState: hardStateOf(9) }))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await expect(
        storage.storePiece({ snapshot: SNAPSHOT, offset: 0, data: new Uint8Array(1), isLast: true }),
      ).rejects.toThrow();
      await expect(storage.readPiece(null, 0, 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await expect(storage.checkpoint({ index: 2, term: 1 }, GROUP, copyOf(['a', 'b']))).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      });
      expect(machine.calls).toBe(before);
      await storage.close();
    });
  },
);

test.each(['sync', 'rename', 'syncDirectory'] as const)(
  'a failed %s of the vote fails the write that promised it',
  async (operation) => {
    await onMember(`vote ${operation}`, async (machine) => {
      const { storage } = await openMember(machine.boot());
      machine.disk.failNext(operation, operation === 'syncDirectory' ? '.' : 'master.vote.tmp');
      await expect(storage.write(batch({ hardState: hardStateOf(2, 'm-2') }))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await storage.close();
      machine.crash();
      expect((await openMember(machine.boot())).stored.hardState.term).toBeGreaterThanOrEqual(1);
    });
  },
);

test('openStorage: what a failed fsync left in the page cache is served only once it is on the disk', async () => {
  for (let seed = 0; seed < 12; seed += 1) {
    await onMember(`cache ${seed}`, async (machine) => {
      const { storage } = await openMember(machine.boot());
      await storage.write(batch({ entries: data(2, 2) }));
      machine.disk.failNext('sync', 'master.log');
      await expect(storage.write(batch({ entries: data(3, 5, 1, 600) }))).rejects.toThrow();
      machine.crash();
      const seen = await openMember(machine.boot());
      machine.crash({ power: true });
      expect((await openMember(machine.boot())).texts).toEqual(seen.texts);
    });
  }
});

test('openStorage: preallocated zeros after the log are cut, and are no operation', async () => {
  const lines: string[] = [];
  const sim = new Simulation({ seed: 'zeros', onLog: ({ message }) => lines.push(message) });
  await sim.run(async () => {
    const machine = sim.machine('m-1');
    await found(machine);
    const log = machine.disk.readFile('master.log');
    machine.disk.writeFile('master.log', Buffer.concat([log, Buffer.alloc(70_000)]));
    const { texts, storage } = await openMember(machine.boot());
    expect(texts).toHaveLength(1);
    expect(lines).toEqual([expect.stringContaining('Cut a torn tail of 70000 bytes off master.log')]);
    await storage.write(batch({ entries: data(2, 2) }));
    machine.crash({ power: true });
    expect((await openMember(machine.boot())).texts).toHaveLength(2);
  });
});

test('checkpoint: wanted after so many bytes; two are kept, and the log back to the older one', async () => {
  await onMember('two kept', async (machine) => {
    const opened = await openMember(machine.boot(), { checkpointLogBytes: 2_000 });
    const { storage } = opened;
    const texts = [...opened.texts];
    const returned: number[] = [];
    for (let index = 2; index <= 120; index += 1) {
      const entry = data(index, index, 1, 100);
      texts.push(...entry.map(textOf));
      await storage.write(batch({ entries: entry }));
      if (storage.wantsCheckpoint) {
        returned.push(await storage.checkpoint({ index, term: 1 }, GROUP, copyOf(texts)));
        expect(storage.wantsCheckpoint).toBe(false);
        expect(storage.figures.checkpointIndex).toBe(index);
        expect(storage.figures.logBytes).toBeLessThan(3 * 2_000 + 1_000);
      }
    }
    expect(returned.length).toBeGreaterThan(5);
    // The one before, each time: everything kept is newer than what the core forgets.
    expect(returned[0]).toBe(0);
    expect(returned[3]).toBeGreaterThan(returned[2]!);
    await storage.close();
    machine.crash({ power: true });
    const onDisk = machine.disk.files().filter((name) => name.endsWith('.ckpt'));
    expect(onDisk).toHaveLength(2);
    const whole = await openMember(machine.boot());
    expect(whole.texts).toEqual(texts);
    machine.crash();
    // The newest one rots: the older one and the log after it hold everything.
    machine.disk.flipBit(onDisk[1]!, 50);
    const older = await openMember(machine.boot());
    expect(older.texts).toEqual(texts);
    expect(older.stored.snapshot!.index).toBeLessThan(whole.stored.snapshot!.index);
  });
});

const SNAPSHOT: Snapshot = { index: 30, term: 2, id: 'abcd', members: GROUP };

test('checkpoint: a snapshot that is installed meanwhile voids it', async () => {
  await onMember('void', async (machine, sim) => {
    const { storage, snapshots, texts } = await openMember(machine.boot());
    await storage.write(batch({ hardState: hardStateOf(2), entries: data(2, 9) }));
    snapshots.sliceDelayMs = 50;
    const copy = copyOf([...texts, ...data(2, 9).map(textOf)]);
    let hasEnded = false;
    const making = storage.checkpoint({ index: 9, term: 1 }, GROUP, {
      ...copy,
      end: () => {
        hasEnded = true;
        copy.end();
      },
    });
    await sim.advance(20);
    expect(storage.wantsCheckpoint).toBe(false);
    const held = Array.from({ length: 30 }, (_, i) => textOf(dataEntry(i + 1, 2, 'of the leader')));
    await storage.storePiece({ snapshot: SNAPSHOT, offset: 0, data: checkpointBytes(SNAPSHOT, held), isLast: true });
    const installed = storage.write(batch({ snapshot: SNAPSHOT }));
    const tooLate = storage.checkpoint({ index: 9, term: 1 }, GROUP, copyOf(texts));
    await installed;
    expect(await making).toBe(0);
    expect(await tooLate).toBe(0);
    expect(hasEnded).toBe(true);
    expect(snapshots.snapshots.map(({ snapshot }) => snapshot.id)).toEqual(['abcd']);
    await storage.write(batch({ entries: [emptyEntry(31, 2)] }));
    await storage.close();
    machine.crash({ power: true });
    const { stored, texts: found } = await openMember(machine.boot());
    expect(stored.snapshot).toEqual(SNAPSHOT);
    expect(found).toEqual([...held, textOf(emptyEntry(31, 2))]);
    expect(machine.disk.files().filter((name) => name.startsWith('master-'))).toEqual([]);
  });
});

test('write: a checkpoint that is being put in place is waited for before a snapshot is installed', async () => {
  await onMember('order', async (machine, sim) => {
    const { storage, snapshots, texts } = await openMember(machine.boot());
    await storage.write(batch({ hardState: hardStateOf(2), entries: data(2, 9) }));
    machine.disk.setExtraLatency('rename', 100);
    const making = storage.checkpoint({ index: 9, term: 1 }, GROUP, copyOf([...texts, ...data(2, 9).map(textOf)]));
    await sim.runUntil(() => machine.disk.files().some((name) => name.endsWith('.ckpt.tmp')));
    await sim.advance(50);
    machine.disk.setExtraLatency('rename', 0);
    const held = Array.from({ length: 30 }, (_, i) => textOf(dataEntry(i + 1, 2, 'of the leader')));
    await storage.storePiece({ snapshot: SNAPSHOT, offset: 0, data: checkpointBytes(SNAPSHOT, held), isLast: true });
    await Promise.all([making, storage.write(batch({ snapshot: SNAPSHOT }))]);
    expect(snapshots.snapshots.map(({ snapshot }) => snapshot.index)).toEqual([30, 9]);
    await storage.close();
  });
});

test('write: a snapshot whose bytes are not what they should be stops the member, and its old log stays', async () => {
  await onMember('bad snapshot', async (machine) => {
    const { storage } = await openMember(machine.boot());
    await storage.write(batch({ hardState: hardStateOf(2), entries: data(2, 4) }));
    await storage.storePiece({ snapshot: SNAPSHOT, offset: 0, data: Buffer.alloc(99), isLast: true });
    await expect(storage.write(batch({ snapshot: SNAPSHOT, entries: [emptyEntry(31, 2)] }))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await storage.close();
    machine.crash();
    expect((await openMember(machine.boot())).texts).toHaveLength(4);
  });
});

test('checkpoint: one that fails for want of room leaves log and older checkpoints as they are', async () => {
  await onMember('no room', async (machine) => {
    const { storage, texts } = await openMember(machine.boot(), { checkpointLogBytes: 200 });
    await storage.write(batch({ entries: data(2, 9) }));
    expect(storage.wantsCheckpoint).toBe(true);
    const fault = machine.disk.inject({
      kind: 'eio',
      operations: ['write'],
      probability: 1,
      path: (path) => path.includes('.ckpt'),
    });
    await expect(storage.checkpoint({ index: 9, term: 1 }, GROUP, copyOf(texts))).rejects.toMatchObject({ code: 'IO_ERROR' });
    fault.lift();
    expect(storage.wantsCheckpoint).toBe(false);
    await storage.write(batch({ entries: data(10, 20) }));
    expect(storage.wantsCheckpoint).toBe(true);
    await storage.close();
    machine.crash({ power: true });
    expect((await openMember(machine.boot())).texts).toHaveLength(20);
  });
});

test('write: an entry that no record can hold stops the member before anything is written', async () => {
  await onMember('too large', async (machine) => {
    const { storage } = await openMember(machine.boot());
    const before = machine.calls;
    await expect(storage.write(batch({ entries: data(2, 2, 1, 2 ** 21) }))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(machine.calls).toBe(before);
    await storage.close();
  });
});

test('write: an operation of a newer release stops the member before anything is written', async () => {
  await onMember('newer leader', async (machine) => {
    const { storage } = await openMember(machine.boot());
    const before = machine.calls;
    const newer: Entry = { index: 3, term: 1, body: { kind: 'data', data: Uint8Array.of(99, 1, 2) } };
    const message = expect.stringContaining('Entry 3, which the leader sent, holds operation 99') as unknown;
    const cause = { code: 'UNIMPLEMENTED', message };
    for (const entries of [[...data(2, 2), newer], data(2, 2)]) {
      await expect(storage.write(batch({ entries }))).rejects.toMatchObject({ code: 'UNAVAILABLE', cause });
    }
    expect(machine.calls).toBe(before);
    await storage.close();
  });
});

test('openStorage: a record of a newer release is no damage: nothing starts, nothing is cut or set aside', async () => {
  for (const members of [GROUP, ALONE]) {
    const sim = new Simulation({ seed: 'newer log' });
    const machine = sim.machine('m-1');
    const open = () => openMember(machine.boot(), { bootstrapMembers: members });
    await sim.run(async () => {
      await found(machine, members);
      const { storage } = await open();
      await storage.write(batch({ entries: data(2, 2) }));
      await storage.close();
      machine.crash();
    });
    const log = machine.disk.readFile('master.log');
    const record: LogRecord = { opCode: 99, term: 1, index: 3, durableOffset: log.length, body: Uint8Array.of(1, 2, 3) };
    const bytes = new Uint8Array(recordSizeBytes(record.body.length));
    encodeRecord(record, bytes, 0);
    machine.disk.writeFile('master.log', Buffer.concat([log, bytes]));
    const folder = () => machine.disk.files().map((name) => [name, Buffer.from(machine.disk.readFile(name)).toString('hex')]);
    const before = folder();
    const message = expect.stringContaining(`master.log at offset ${log.length} holds operation 99`) as unknown;
    await sim.run(() => expect(open()).rejects.toMatchObject({ code: 'UNIMPLEMENTED', message }));
    expect(folder()).toEqual(before);
    machine.crash();
    // With a bit flipped it is a torn tail, like any other.
    machine.disk.flipBit('master.log', log.length + 30);
    expect((await sim.run(open)).texts).toHaveLength(2);
  }
});

test('openStorage: a group of one has no special case', async () => {
  const sim = new Simulation({ seed: 'alone' });
  await sim.run(async () => {
    const machine = sim.machine('m-1');
    await found(machine, ALONE);
    const { storage } = await openMember(machine.boot(), { bootstrapMembers: ALONE });
    await storage.write(batch({ hardState: hardStateOf(2, 'm-1'), entries: [emptyEntry(2, 2)] }));
    machine.crash({ power: true });
    const { stored } = await openMember(machine.boot(), { bootstrapMembers: ALONE });
    expect(stored.hardState).toEqual(hardStateOf(2, 'm-1'));
    expect(stored.entries).toHaveLength(2);
  });
});
