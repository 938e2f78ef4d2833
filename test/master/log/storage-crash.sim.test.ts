import { expect, test } from 'vitest';
import type { MemberStorage } from '../../../src/master/log/member-storage.js';
import { bootstrapState } from '../../../src/raft/bootstrap.js';
import type { Snapshot } from '../../../src/raft/types.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import {
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

interface Crash {
  readonly power: boolean;
  readonly when: 'before' | 'after';
}

const CRASHES: readonly Crash[] = [
  { power: false, when: 'before' },
  { power: false, when: 'after' },
  { power: true, when: 'before' },
  { power: true, when: 'after' },
];
/** What a power cut tears is drawn from the seed: each point is struck this often. */
const STRIKES = 3;

/** A short entry and a long one, so that a write spans sectors. */
const body = (i: number): string => `entry ${i} `.repeat(i % 3 === 0 ? 60 : 3);
/** More than a segment. */
const LONG = 'x'.repeat(750);
const entries = (from: number, to: number, term: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => dataEntry(from + i, term, body(from + i)));

/** Writing: votes, entries alone and together, replaced entries, more than one segment. */
async function writing(storage: MemberStorage, model: Model): Promise<void> {
  await model.write(storage, batch({ hardState: hardStateOf(2, 'm-1') }));
  await model.write(storage, batch({ entries: [emptyEntry(2, 2), ...entries(3, 5, 2)] }));
  await Promise.all([
    model.write(storage, batch({ entries: entries(6, 7, 2) })),
    model.write(storage, batch({ entries: entries(8, 8, 2) })),
    model.write(storage, batch({ hardState: hardStateOf(3, 'm-2') })),
  ]);
  // Fewer entries take the place of more, across the start of the active segment; then it grows long while the log is short.
  await model.write(storage, batch({ entries: [emptyEntry(6, 3)] }));
  await model.write(storage, batch({ hardState: hardStateOf(5), entries: [dataEntry(6, 4, LONG)] }));
  await model.write(storage, batch({ entries: [dataEntry(7, 4, LONG)] }));
  await model.write(storage, batch({ entries: [dataEntry(8, 4, LONG)] }));
  await model.write(storage, batch({ entries: [dataEntry(8, 5, LONG), ...entries(9, 10, 5)] }));
  for (let index = 11; index < 15; index += 1) await model.write(storage, batch({ entries: [dataEntry(index, 5, LONG)] }));
}

/** Checkpoints while the log goes on; old segments go. */
async function checkpointing(storage: MemberStorage, model: Model): Promise<void> {
  await model.write(storage, batch({ hardState: hardStateOf(2, 'm-1'), entries: entries(2, 4, 2) }));
  for (const index of [3, 6, 9]) {
    const checkpoint = storage.checkpoint({ index, term: 2 }, GROUP, copyOf(model.now.texts.slice(0, index)));
    await Promise.all([checkpoint, model.write(storage, batch({ entries: entries(index + 2, index + 4, 2) }))]);
  }
}

const SECOND: Snapshot = { index: 14, term: 5, id: 'ab02', members: GROUP };
const SNAPSHOT: Snapshot = { index: 9, term: 4, id: 'ab01', members: GROUP };

/** A snapshot takes the place of a log that differs from it, with a vote and entries in the same batch. */
async function installing(storage: MemberStorage, model: Model): Promise<void> {
  await model.write(storage, batch({ hardState: hardStateOf(2, 'm-1'), entries: entries(2, 5, 2) }));
  await storage.checkpoint({ index: 3, term: 2 }, GROUP, copyOf(model.now.texts.slice(0, 3)));
  for (let index = 6; index <= 12; index += 1) await model.write(storage, batch({ entries: [dataEntry(index, 2, LONG)] }));
  const texts = [...model.now.texts.slice(0, 4), ...entries(5, 9, 4).map(textOf)];
  const bytes = checkpointBytes(SNAPSHOT, texts);
  void storage.storePiece({ snapshot: SNAPSHOT, offset: 0, data: bytes.subarray(0, 20), isLast: false });
  void storage.storePiece({ snapshot: SNAPSHOT, offset: 20, data: bytes.subarray(20), isLast: true });
  const given = batch({ snapshot: SNAPSHOT, hardState: hardStateOf(4, 'm-3'), entries: entries(10, 11, 4) });
  await model.write(storage, given, texts);
  await model.write(storage, batch({ entries: entries(12, 14, 4) }));
  await storage.checkpoint({ index: 12, term: 4 }, GROUP, copyOf(model.now.texts.slice(0, 12)));
  await model.write(storage, batch({ entries: entries(15, 15, 4) }));
  // Another one, with nothing but an entry; a checkpoint is being made meanwhile.
  const later = [...model.now.texts.slice(0, 13), ...entries(14, 14, 5).map(textOf)];
  await model.write(storage, batch({ hardState: hardStateOf(5) }));
  void storage.storePiece({ snapshot: SECOND, offset: 0, data: checkpointBytes(SECOND, later), isLast: true });
  const checkpoint = storage.checkpoint({ index: 13, term: 4 }, GROUP, copyOf(model.now.texts.slice(0, 13)));
  await model.write(storage, batch({ snapshot: SECOND, entries: entries(15, 15, 5) }), later);
  await checkpoint;
  await model.write(storage, batch({ entries: entries(16, 16, 5) }));
}

type Script = (storage: MemberStorage, model: Model) => Promise<void>;

/** Runs a script until it crashes at a call, or at its end. */
async function runUntilCrash(call: number, crash: Crash, script: Script, seed: string) {
  const sim = new Simulation({ seed: `${seed}/${call}` });
  const machine = sim.machine('m-1');
  const model = new Model(bootstrapState(SELF, GROUP));
  let isDone = false;
  await sim.run(async () => {
    await found(machine);
    const { storage } = await openMember(machine.boot());
    machine.crashAtCall(call, crash);
    void script(storage, model).then(() => {
      isDone = true;
    });
  });
  await sim.runUntil(() => isDone || !machine.isUp);
  const hasCrashed = !machine.isUp;
  machine.crash({ power: crash.power });
  return { sim, machine, model, hasCrashed };
}

/** Returns false when the script needed fewer calls than that. */
async function crashAt(call: number, crash: Crash, script: Script, seed: string): Promise<boolean> {
  const { sim, machine, model, hasCrashed } = await runUntilCrash(call, crash, script, seed);
  await sim.run(async () => {
    const opened = await openMember(machine.boot());
    model.expectFound(opened);
    // The disk is as good as new: it goes on from what was found, and nothing that was cut comes back.
    const next = opened.texts.length + 1;
    const more = dataEntry(next, opened.stored.hardState.term, 'after the crash');
    await opened.storage.write(batch({ hardState: { ...opened.stored.hardState, votedFor: SELF }, entries: [more] }));
    machine.crash({ power: true });
    const again = await openMember(machine.boot());
    expect(again.texts).toEqual([...opened.texts, textOf(more)]);
    expect(again.stored.hardState.votedFor).toEqual(SELF);
    expect(machine.disk.files().filter((name) => name.startsWith('master.log.') && name.endsWith('.tmp'))).toEqual([]);
  });
  return hasCrashed;
}

test.each(
  CRASHES.flatMap((crash) => [
    { ...crash, what: 'writing', script: writing, callsMin: 60 },
    { ...crash, what: 'checkpointing', script: checkpointing, callsMin: 70 },
    { ...crash, what: 'installing a snapshot', script: installing, callsMin: 70 },
  ]),
)('a crash at any call of $what loses nothing acknowledged (power: $power, $when the call)', async (row) => {
  let call = 0;
  for (let hasCrashed = true; hasCrashed;) {
    call += 1;
    for (let strike = 0; strike < (row.power ? STRIKES : 1); strike += 1) {
      hasCrashed = await crashAt(call, row, row.script, `${row.what}/${row.when}/${strike}`);
    }
  }
  // Fewer would mean that the crash missed.
  expect(call).toBeGreaterThan(row.callsMin);
});

/** Every so many calls of a script, one crash is followed by others. */
const STRIDE = 8;

test.each([
  { what: 'writing', script: writing },
  { what: 'checkpointing', script: checkpointing },
  { what: 'installing a snapshot', script: installing },
])('a crash at any call of the recovery from a crash of $what loses nothing either', async ({ what, script }) => {
  for (let call = 1, hasCrashed = true; hasCrashed; call += STRIDE) {
    const progress = { isOpen: false };
    let second = 1;
    for (; !progress.isOpen; second += 1) {
      const power = second % 2 === 0;
      const run = await runUntilCrash(call, { power: true, when: 'after' }, script, `${what}/again`);
      const { sim, machine, model } = run;
      await sim.run(async () => {
        const runtime = machine.boot();
        machine.crashAtCall(second, { power, when: second % 3 === 0 ? 'before' : 'after' });
        void openMember(runtime).then(() => {
          progress.isOpen = true;
        });
      });
      await sim.runUntil(() => progress.isOpen || !machine.isUp);
      machine.crash({ power });
      model.expectFound(await sim.run(() => openMember(machine.boot())));
      hasCrashed = run.hasCrashed;
    }
    expect(second).toBeGreaterThan(20);
  }
});
