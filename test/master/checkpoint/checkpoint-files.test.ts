import { expect, test } from 'vitest';
import { CheckpointFiles } from '../../../src/master/checkpoint/checkpoint-files.js';
import type { ReplicatedState, StateCopy, StateRestore } from '../../../src/master/state/replicated-state.js';
import type { Snapshot, SnapshotPiece } from '../../../src/raft/types.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { DfsError } from '../../../src/shared/errors.js';

/** A state of a text, copied a few letters at a time. */
class TextState implements ReplicatedState<null> {
  readonly appliedIndex = 0;
  text: string;

  constructor(text = '') {
    this.text = text;
  }

  apply(): null {
    return null;
  }

  checkpoint(): StateCopy {
    let rest = this.text;
    return {
      index: 0,
      digest: this.digest(),
      next: () => {
        if (rest === '') return null;
        const slice = rest.slice(0, 7);
        rest = rest.slice(7);
        return new TextEncoder().encode(slice);
      },
      end: () => (rest = ''),
    };
  }

  restore(): StateRestore {
    let text = '';
    return {
      add: (bytes) => (text += new TextDecoder().decode(bytes)),
      finish: (digest) => {
        if (digest !== `digest of ${text}`) throw new DfsError('LOG_DAMAGED', 'the digest differs');
        this.text = text;
      },
    };
  }

  digest(): string {
    return `digest of ${this.text}`;
  }
}

const MEMBERS = [{ id: 'm-1', incarnation: 1, isVoter: true }];
const snapshotAt = (index: number): Snapshot => ({ index, term: 3, id: `ab${index}`, members: MEMBERS });
const textAt = (index: number): string => `the state at ${index}: `.padEnd(60 + index, 'x');
const CRASHES = [
  { power: false, when: 'before' },
  { power: false, when: 'after' },
  { power: true, when: 'before' },
  { power: true, when: 'after' },
] as const;

async function open(machine: Machine): Promise<CheckpointFiles> {
  const { disk, random, log } = machine.boot();
  return CheckpointFiles.open(disk, { random, log });
}

async function restored(store: CheckpointFiles): Promise<{ index: number; text: string } | null> {
  const state = new TextState();
  const snapshot = await store.restore(state);
  return snapshot === null ? null : { index: snapshot.index, text: state.text };
}

const writeAt = (store: CheckpointFiles, index: number): Promise<void> =>
  store.write(snapshotAt(index), new TextState(textAt(index)).checkpoint());

/** Everything of the newest, in pieces of ten bytes. */
async function piecesOf(store: CheckpointFiles): Promise<SnapshotPiece[]> {
  const pieces: SnapshotPiece[] = [];
  for (let offset = 0; ;) {
    const piece = (await store.readPiece(store.snapshots[0]!.snapshot.id, offset, 10))!;
    pieces.push({ ...piece, data: Uint8Array.from(piece.data) });
    if (piece.isLast) return pieces;
    offset += piece.data.length;
  }
}

async function install(store: CheckpointFiles, pieces: readonly SnapshotPiece[]): Promise<void> {
  for (const piece of pieces) await store.storePiece(piece);
  await store.install(pieces[0]!.snapshot);
}

const world = (seed: string, onLog: (text: string) => void = () => undefined) =>
  new Simulation({ seed, onLog: ({ message }) => onLog(message) });

test('write, restore: the newest comes back with its members; two are kept', async () => {
  const sim = world('write');
  await sim.run(async () => {
    const machine = sim.machine('m-1');
    const store = await open(machine);
    expect(await restored(store)).toBeNull();
    expect(await store.readPiece(null, 0, 10)).toBeNull();
    for (const index of [5, 6, 7]) await writeAt(store, index);
    machine.crash({ power: true });
    const again = await open(machine);
    expect(await restored(again)).toEqual({ index: 7, text: textAt(7) });
    expect(again.snapshots.map(({ snapshot }) => snapshot)).toEqual([snapshotAt(7), snapshotAt(6)]);
    expect(machine.disk.files().filter((name) => name.startsWith('checkpoint-'))).toHaveLength(2);
  });
});

test('readPiece, storePiece, install: a snapshot goes from one master to another; one that is gone is begun anew', async () => {
  const sim = world('pieces');
  await sim.run(async () => {
    const [from, to] = await Promise.all([open(sim.machine('m-1')), open(sim.machine('m-2'))]);
    await writeAt(from, 5);
    const pieces = await piecesOf(from);
    // The first attempt is interrupted, and another snapshot begun.
    await to.storePiece(pieces[0]!);
    await expect(to.storePiece(pieces[2]!)).rejects.toThrow(/Cannot keep a piece/);
    await install(to, pieces);
    expect(await restored(to)).toEqual({ index: 5, text: textAt(5) });
    expect(
      sim
        .machine('m-2')
        .disk.files()
        .filter((name) => name.endsWith('.tmp')),
    ).toEqual([]);

    await writeAt(from, 6);
    await writeAt(from, 7);
    expect(await from.readPiece('ab5', 30, 10)).toMatchObject({ snapshot: snapshotAt(7), offset: 0 });
  });
});

test('install: pieces of another snapshot, or damaged ones, are refused and leave nothing', async () => {
  const sim = world('foreign');
  await sim.run(async () => {
    const [from, to] = await Promise.all([open(sim.machine('m-1')), open(sim.machine('m-2'))]);
    await writeAt(from, 5);
    const pieces = await piecesOf(from);
    for (let at = 0; at < pieces.length; at += 1) {
      const bent = pieces.map((piece, other) => ({
        ...piece,
        data: Uint8Array.from(piece.data, (b, i) => (other === at && i === 0 ? b ^ 1 : b)),
      }));
      await expect(install(to, bent)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    }
    const renamed = pieces.map((piece) => ({ ...piece, snapshot: { ...piece.snapshot, index: 9 } }));
    await expect(install(to, renamed)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    await expect(to.storePiece({ ...pieces[0]!, snapshot: { ...snapshotAt(5), id: '../x' } })).rejects.toThrow(
      /no id of a snapshot/,
    );
    expect(to.snapshots).toEqual([]);
    expect(await restored(await reopened(sim.machine('m-2')))).toBeNull();
  });
});

async function reopened(machine: Machine): Promise<CheckpointFiles> {
  machine.crash({ power: true });
  return open(machine);
}

test('restore: a flipped bit anywhere is found; the file is kept aside, and the one before it serves', async () => {
  const lines: string[] = [];
  const sim = world('rot', (text) => lines.push(text));
  await sim.run(async () => {
    const machine = sim.machine('m-1');
    const store = await open(machine);
    await writeAt(store, 5);
    await writeAt(store, 6);
    const name = machine.disk.files().find((file) => file.includes('-ab6.'))!;
    const whole = machine.disk.readFile(name);
    for (let at = 0; at < whole.length; at += 1) {
      machine.crash();
      machine.disk.writeFile(
        name,
        Uint8Array.from(whole, (byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte)),
      );
      const again = await open(machine);
      expect(await restored(again), `bit ${at % 8} of byte ${at}`).toEqual({ index: 5, text: textAt(5) });
      expect(machine.disk.files()).toContain(`${name}.damaged`);
      machine.disk.removeFile(`${name}.damaged`);
    }
    for (let length = 0; length < whole.length; length += 1) {
      machine.crash();
      machine.disk.writeFile(name, whole.slice(0, length));
      expect(await restored(await open(machine))).toEqual({ index: 5, text: textAt(5) });
      machine.disk.removeFile(`${name}.damaged`);
    }
    expect(lines[0]).toMatch(/is damaged at offset .* is kept as .*\.damaged/);
  });
}, 60_000);

test('write: a copy that ends early, or a disk that fails, leaves no checkpoint', async () => {
  const sim = world('failed');
  await sim.run(async () => {
    const machine = sim.machine('m-1');
    const store = await open(machine);
    await writeAt(store, 5);
    const copy = new TextState(textAt(6)).checkpoint();
    const voided: StateCopy = {
      ...copy,
      next: () => {
        throw new DfsError('CANCELLED', 'voided');
      },
    };
    await expect(store.write(snapshotAt(6), voided)).rejects.toMatchObject({ code: 'CANCELLED' });
    machine.disk.failNext('sync');
    await expect(writeAt(store, 7)).rejects.toMatchObject({ code: 'IO_ERROR' });
    expect(store.snapshots.map(({ snapshot }) => snapshot.index)).toEqual([5]);
    expect(machine.disk.files().filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

/** Does something over two checkpoints, crashes at the n-th call, and looks what is there. @returns false: it needed fewer calls */
async function crashAt(
  call: number,
  crash: (typeof CRASHES)[number],
  act: (store: CheckpointFiles, pieces: readonly SnapshotPiece[]) => Promise<void>,
): Promise<boolean> {
  const sim = world(`crash ${call}`);
  const machine = sim.machine('m-1');
  const pieces = await sim.run(async () => {
    const other = await open(sim.machine('m-2'));
    await writeAt(other, 9);
    const store = await open(machine);
    await writeAt(store, 5);
    await writeAt(store, 6);
    return piecesOf(other);
  });
  machine.crash();
  const progress = { isDone: false };
  await sim.run(async () => {
    const store = await open(machine);
    machine.crashAtCall(call, crash);
    void act(store, pieces).then(() => (progress.isDone = true));
  });
  await sim.runUntil(() => progress.isDone || !machine.isUp);
  const hasCrashed = !machine.isUp;
  if (!hasCrashed) machine.crash({ power: crash.power });
  await sim.run(async () => {
    const found = await restored(await open(machine));
    if (progress.isDone) expect(found).toEqual({ index: 9, text: textAt(9) });
    else expect([6, 9]).toContain(found?.index);
    expect(found?.text).toBe(textAt(found?.index ?? 0));
    const files = machine.disk.files();
    expect(files.filter((name) => name.endsWith('.tmp') || name.endsWith('.damaged'))).toEqual([]);
    expect(files.length).toBeGreaterThanOrEqual(2);
  });
  return hasCrashed;
}

test('write, install: a crash at any call leaves the old ones or the new one, whole', async () => {
  for (const act of [(store: CheckpointFiles) => writeAt(store, 9), install]) {
    for (const crash of CRASHES) {
      let call = 1;
      while (await crashAt(call, crash, act)) call += 1;
      expect(call).toBeGreaterThan(10);
    }
  }
}, 60_000);
