/** Checkpoints of a small state on a simulated machine. */
import { CheckpointFiles } from '../../../src/master/checkpoint/checkpoint-files.js';
import { newSnapshotId } from '../../../src/master/checkpoint/checkpoint-name.js';
import { StateMachine } from '../../../src/master/state/operations/state-machine.js';
import type { Snapshot } from '../../../src/raft/types.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import type { Random, Runtime } from '../../../src/shared/runtime.js';
import { Script } from '../script.js';

export const MEMBERS = [
  { id: 'm-1', incarnation: 1, isVoter: true },
  { id: 'm-2', incarnation: 4, isVoter: false },
];

/** A state that differs for each count of files. */
export function scriptWith(files: number): Script {
  const script = new Script();
  for (let i = 0; i < files; i += 1) script.write(`/f${i}`, 1);
  return script;
}

/** What a driver would make of the state as it is now. */
export function snapshotOf(machine: StateMachine, random: Random): Snapshot {
  return { id: newSnapshotId(random), index: machine.appliedIndex, term: machine.state.term, members: MEMBERS };
}

/** Writes a checkpoint of the state as it is now. */
export async function checkpoint(store: CheckpointFiles, machine: StateMachine, runtime: Runtime): Promise<Snapshot> {
  const snapshot = snapshotOf(machine, runtime.random);
  await store.write(snapshot, machine.checkpoint());
  return snapshot;
}

export interface Opened {
  readonly runtime: Runtime;
  readonly store: CheckpointFiles;
}

/** A process that opens the machine's folder. */
export async function openFiles(machine: Machine): Promise<Opened> {
  const runtime = machine.boot();
  return { runtime, store: await CheckpointFiles.open(runtime) };
}

/** The digest of what the newest whole checkpoint holds, and its snapshot. */
export async function restored(store: CheckpointFiles): Promise<{ readonly digest: string; readonly snapshot: Snapshot } | null> {
  const machine = new StateMachine();
  const snapshot = await store.restore(machine);
  return snapshot === null ? null : { digest: machine.digest(), snapshot };
}

/** Sends the newest snapshot of one store to another, in pieces. @returns what was sent */
export async function send(from: CheckpointFiles, to: CheckpointFiles, pieceBytes: number): Promise<Snapshot> {
  let id: string | null = null;
  let offset = 0;
  for (;;) {
    const piece = await from.readPiece(id, offset, pieceBytes);
    if (piece === null) throw new Error('nothing to send');
    await to.storePiece(piece);
    id = piece.snapshot.id;
    offset = piece.offset + piece.data.length;
    if (piece.isLast) return piece.snapshot;
  }
}
