/** A crash at any call to the disk while checkpoints are written, installed and removed. */
import { expect, test } from 'vitest';
import { CheckpointFiles } from '../../../src/master/checkpoint/checkpoint-files.js';
import { checkpointName } from '../../../src/master/checkpoint/checkpoint-name.js';
import type { Snapshot, SnapshotPiece } from '../../../src/raft/types.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { checkpoint, openFiles, restored, scriptWith, snapshotOf } from './checkpoint-fixture.js';

/** What a power cut tears is drawn from the seed: each point is struck this often. */
const STRIKES = 3;

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

/** A state at one moment. */
interface Moment {
  readonly snapshot: Snapshot;
  readonly digest: string;
}

/** A snapshot as the leader sends it. */
async function leadersPieces(): Promise<{ readonly moment: Moment; readonly pieces: readonly SnapshotPiece[] }> {
  const sim = new Simulation({ seed: 'leader' });
  return sim.run(async () => {
    const { runtime, store } = await openFiles(sim.machine('m-9'));
    const { machine } = scriptWith(9);
    const snapshot = await checkpoint(store, machine, runtime);
    const pieces: SnapshotPiece[] = [];
    for (let isLast = false, offset = 0; !isLast;) {
      const piece = await store.readPiece(snapshot.id, offset, 300);
      if (piece === null) throw new Error('nothing to send');
      pieces.push(piece);
      ({ isLast } = piece);
      offset += piece.data.length;
    }
    expect(pieces.length).toBeGreaterThan(1);
    return { moment: { snapshot, digest: machine.digest() }, pieces };
  });
}

/**
 * Two checkpoints are there; a third is written or installed, so that the first is removed, and the n-th call crashes.
 * Returns false when fewer calls were needed than that.
 */
async function crashAt(call: number, crash: Crash, how: 'write' | 'install', seed: string): Promise<boolean> {
  const sent = await leadersPieces();
  const sim = new Simulation({ seed: `${seed}/${call}` });
  const machine = sim.machine('m-1');
  const script = scriptWith(1);
  const moments: Moment[] = [];
  await sim.run(async () => {
    const { runtime, store } = await openFiles(machine);
    for (let i = 0; i < 2; i += 1) {
      script.mkdir(`/d${i}`);
      moments.push({ snapshot: await checkpoint(store, script.machine, runtime), digest: script.machine.digest() });
    }
  });
  machine.crash();
  const progress = { isDone: false };
  await sim.run(async () => {
    const { runtime, store } = await openFiles(machine);
    script.mkdir('/last');
    machine.crashAtCall(call, crash);
    const copy = script.machine.checkpoint();
    const snapshot = snapshotOf(script.machine, runtime.random);
    moments.push(how === 'write' ? { snapshot, digest: copy.digest } : sent.moment);
    void (async () => {
      if (how === 'write') await store.write(snapshot, copy);
      else {
        for (const piece of sent.pieces) await store.storePiece(piece);
        await store.install(sent.moment.snapshot);
      }
      progress.isDone = true;
    })();
  });
  await sim.runUntil(() => progress.isDone || !machine.isUp);
  const hasCrashed = !machine.isUp;
  if (!hasCrashed) machine.crash({ power: crash.power });

  await sim.run(async () => {
    const { runtime, store } = await openFiles(machine);
    const names = machine.disk.files();
    // No trace of what was under way; whatever bears a checkpoint's name is one of ours.
    for (const name of names) expect(moments.map((moment) => checkpointName(moment.snapshot))).toContain(name);
    const found = await restored(store);
    const at = moments.findIndex((moment) => moment.snapshot.id === found?.snapshot.id);
    expect(found).toEqual(moments[at]);
    expect(at).toBe(progress.isDone ? 2 : at === 2 ? 2 : 1);
    // Both of the two that are kept are whole, and there is no third.
    expect(store.snapshots).toHaveLength(2);
    expect(machine.disk.files()).toEqual(store.snapshots.map((stored) => checkpointName(stored.snapshot)).sort());
    machine.disk.flipBit(checkpointName(store.snapshots[0]!.snapshot), 0);
    expect(await restored(await CheckpointFiles.open(runtime))).toEqual(moments[at - 1]);
    // The folder is as good as new.
    const again = await CheckpointFiles.open(runtime);
    script.mkdir('/again');
    await checkpoint(again, scriptWith(20).machine, runtime);
    expect((await restored(again))?.digest).toBe(scriptWith(20).machine.digest());
  });
  return hasCrashed;
}

test.each(CRASHES.flatMap((crash) => (['write', 'install'] as const).map((how) => ({ ...crash, how }))))(
  'a crash at any call of $how leaves the old checkpoints or the new one, whole (power: $power, $when the call)',
  async (row) => {
    let call = 0;
    for (let hasCrashed = true; hasCrashed;) {
      call += 1;
      for (let strike = 0; strike < (row.power ? STRIKES : 1); strike += 1) {
        hasCrashed = await crashAt(call, row, row.how, `${row.how}/${row.when}/${strike}`);
      }
    }
    // Opening, header, slice and trailer or the pieces, fsync, close, rename, the folder's fsync, the removal.
    expect(call).toBeGreaterThan(9);
  },
);

test('a crash at any call of opening a folder with leftovers and damage costs no whole checkpoint', async () => {
  for (const power of [false, true]) {
    for (let call = 1, hasCrashed = true; hasCrashed; call += 1) {
      const sim = new Simulation({ seed: `open/${call}` });
      const machine = sim.machine('m-1');
      const moments: Moment[] = [];
      await sim.run(async () => {
        const { runtime, store } = await openFiles(machine);
        const script = scriptWith(1);
        for (let i = 0; i < 2; i += 1) {
          script.mkdir(`/d${i}`);
          moments.push({ snapshot: await checkpoint(store, script.machine, runtime), digest: script.machine.digest() });
        }
        machine.disk.writeFile('checkpoint-left.tmp', new Uint8Array(9));
        machine.disk.flipBit(checkpointName(moments[1]!.snapshot), 100);
      });
      machine.crash();
      let isDone = false;
      machine.crashAtCall(call, { power });
      const { store } = await sim.run(() => ({ store: openFiles(machine) }));
      void store.then((opened) => restored(opened.store)).then(() => (isDone = true));
      await sim.runUntil(() => isDone || !machine.isUp);
      hasCrashed = !machine.isUp;
      if (!hasCrashed) machine.crash({ power });
      await sim.run(async () => {
        expect(await restored((await openFiles(machine)).store)).toEqual(moments[0]);
        expect(machine.disk.files().filter((name) => !name.endsWith('.damaged'))).toEqual([checkpointName(moments[0]!.snapshot)]);
      });
    }
  }
});
