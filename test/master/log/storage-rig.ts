/** A member's storage on a simulated machine, with a small state and checkpoints of its own, and a model of what it promised. */
import { expect } from 'vitest';
import { DiskRoom } from '../../../src/master/base/disk-room.js';
import type { SnapshotStore, StoredSnapshot } from '../../../src/master/checkpoint/snapshot-store.js';
import { bootstrapStorage } from '../../../src/master/log/bootstrap-storage.js';
import type { MemberStorage } from '../../../src/master/log/member-storage.js';
import { OPERATIONS } from '../../../src/master/state/operations/operations.js';
import { openStorage, type OpenStorageOptions } from '../../../src/master/log/open-storage.js';
import type { ReplicatedState, StateCopy, StateRestore } from '../../../src/master/state/tables/replicated-state.js';
import { bootstrapState } from '../../../src/raft/bootstrap.js';
import type { StoredState } from '../../../src/raft/member-state.js';
import type { Entry, HardState, Members, Snapshot, SnapshotPiece, WriteBatch } from '../../../src/raft/types.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import { knownSize } from '../../../src/shared/known-size.js';
import { crc32 } from '../../../src/shared/crc32.js';
import { DfsError } from '../../../src/shared/errors.js';
import type { Disk, Runtime } from '../../../src/shared/runtime.js';

export const SELF = { id: 'm-1', incarnation: 1 };
export const GROUP: Members = ['m-1', 'm-2', 'm-3'].map((id) => ({ id, incarnation: 1, isVoter: true }));
export const ALONE: Members = GROUP.slice(0, 1);

/** An entry as text, so that two histories can be compared. */
export function textOf({ index, term, body }: Entry): string {
  const what = body.kind === 'data' ? Buffer.from(body.data.subarray(1)).toString('latin1') : JSON.stringify(body);
  return `${index}/${term} ${what}`;
}

export function dataEntry(index: number, term: number, text: string): Entry {
  return {
    index,
    term,
    body: { kind: 'data', data: Buffer.from(`${String.fromCharCode(OPERATIONS.rename.code)}${text}`, 'latin1') },
  };
}

export const emptyEntry = (index: number, term: number): Entry => ({ index, term, body: { kind: 'empty' } });

export const hardStateOf = (term: number, votedFor: string | null = null, isDamaged = false): HardState => ({
  term,
  votedFor: votedFor === null ? null : { id: votedFor, incarnation: 1 },
  incarnation: 1,
  isDamaged,
});

/** All entries ever applied, as texts: what a checkpoint holds. */
class TextState implements ReplicatedState<null> {
  texts: readonly string[] = [];
  get appliedIndex(): number {
    return this.texts.length;
  }
  apply(): null {
    throw new Error('nothing is applied here');
  }
  checkpoint(): StateCopy {
    return copyOf(this.texts);
  }
  restore(): StateRestore {
    const parts: Uint8Array[] = [];
    return {
      add: (bytes) => void parts.push(bytes),
      finish: () => {
        this.texts = JSON.parse(Buffer.concat(parts).toString('latin1')) as string[];
      },
    };
  }
  digest(): string {
    return String(this.texts.length);
  }
}

/** A copy of a state of these entries, in two slices. */
export function copyOf(texts: readonly string[]): StateCopy {
  const bytes = Buffer.from(JSON.stringify(texts), 'latin1');
  let slices = [bytes.subarray(0, 10), bytes.subarray(10)];
  return {
    index: texts.length,
    digest: String(texts.length),
    next: () => slices.shift() ?? null,
    end: () => {
      slices = [];
    },
  };
}

const CHECKPOINT = /^checkpoint-\d{16}-\w+\.ckpt$/;

export function checkpointBytes(snapshot: Snapshot, texts: readonly string[]): Buffer {
  const body = Buffer.from(JSON.stringify({ snapshot, texts }), 'latin1');
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(body));
  return Buffer.concat([crc, body]);
}

/** As simple as a store can be that survives a crash at any call. */
export class SmallSnapshots implements SnapshotStore {
  snapshots: StoredSnapshot[] = [];
  /** Slept between two slices of a checkpoint. */
  sliceDelayMs = 0;
  readonly #runtime: Runtime;
  #pieces: Uint8Array[] = [];

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  async restore(state: ReplicatedState<unknown>): Promise<Snapshot | null> {
    const { disk } = this.#runtime;
    this.snapshots = [];
    const names = (await disk.list('.')).filter(({ name }) => CHECKPOINT.test(name)).sort((a, b) => (a.name < b.name ? 1 : -1));
    let restored: Snapshot | null = null;
    for (const entry of names) {
      const { name } = entry;
      const sizeBytes = knownSize(entry);
      const bytes = Buffer.alloc(sizeBytes);
      const file = await disk.open(name, 'read');
      await file.read(bytes, 0);
      await file.close();
      if (bytes.readUInt32BE() !== crc32(bytes.subarray(4))) {
        await disk.rename(name, `${name}.damaged`);
        continue;
      }
      const { snapshot, texts } = JSON.parse(bytes.subarray(4).toString('latin1')) as { snapshot: Snapshot; texts: string[] };
      this.snapshots.push({ snapshot, sizeBytes });
      if (restored !== null) continue;
      const restore = state.restore();
      restore.add(Buffer.from(JSON.stringify(texts), 'latin1'));
      restore.finish('');
      restored = snapshot;
    }
    return restored;
  }

  async write(snapshot: Snapshot, copy: StateCopy): Promise<void> {
    const parts: Uint8Array[] = [];
    try {
      for (let part = copy.next(64); part !== null; part = copy.next(64)) {
        parts.push(part);
        await this.#runtime.clock.sleep(this.sliceDelayMs);
      }
    } finally {
      copy.end();
    }
    await this.#put(snapshot, checkpointBytes(snapshot, JSON.parse(Buffer.concat(parts).toString('latin1')) as string[]));
  }

  async readPiece(): Promise<SnapshotPiece | null> {
    return null;
  }

  async storePiece(piece: SnapshotPiece): Promise<void> {
    if (piece.offset === 0) this.#pieces = [];
    await this.#runtime.clock.sleep(1);
    this.#pieces.push(piece.data);
  }

  async install(snapshot: Snapshot): Promise<void> {
    const bytes = Buffer.concat(this.#pieces);
    if (bytes.length < 4 || bytes.readUInt32BE() !== crc32(bytes.subarray(4)))
      throw new DfsError('LOG_DAMAGED', 'no such snapshot');
    await this.#put(snapshot, bytes);
  }

  async close(): Promise<void> {}

  async #put(snapshot: Snapshot, bytes: Uint8Array): Promise<void> {
    const { disk } = this.#runtime;
    const name = `checkpoint-${String(snapshot.index).padStart(16, '0')}-${snapshot.id}.ckpt`;
    await writeFile(disk, `${name}.tmp`, bytes);
    await disk.rename(`${name}.tmp`, name);
    await disk.syncDirectory('.');
    this.snapshots.unshift({ snapshot, sizeBytes: bytes.length });
    for (const old of this.snapshots.splice(2)) {
      await disk.remove(`checkpoint-${String(old.snapshot.index).padStart(16, '0')}-${old.snapshot.id}.ckpt`);
    }
  }
}

async function writeFile(disk: Disk, name: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.open(name, 'create');
  await file.write(bytes, 0);
  await file.sync();
  await file.close();
}

export interface Opened {
  readonly storage: MemberStorage;
  readonly stored: StoredState;
  readonly snapshots: SmallSnapshots;
  /** Everything that the member holds: the state it restored, then the entries. */
  readonly texts: readonly string[];
}

export type RigOptions = Partial<Pick<OpenStorageOptions, 'bootstrapMembers' | 'segmentBytes' | 'checkpointLogBytes'>>;

export async function openMember(runtime: Runtime, options: RigOptions = {}): Promise<Opened> {
  const snapshots = new SmallSnapshots(runtime);
  const state = new TextState();
  const { disk, clock, log, random } = runtime;
  const context = {
    disk,
    clock,
    log,
    random,
    room: await DiskRoom.open(runtime),
    snapshots,
    state,
    self: SELF,
    bootstrapMembers: GROUP,
    segmentBytes: 700,
    ...options,
  };
  const { storage, stored } = await openStorage(context);
  return { storage, stored, snapshots, texts: [...state.texts, ...stored.entries.map(textOf)] };
}

/** A folder as a founding leaves it. */
export async function found(machine: Machine, members: Members = GROUP): Promise<void> {
  await bootstrapStorage(machine.boot().disk, bootstrapState(SELF, members));
  machine.crash({ power: true });
}

let batches = 0;
export function batch(part: Partial<WriteBatch>): WriteBatch {
  batches += 1;
  return { number: batches, snapshot: null, hardState: null, entries: [], ...part };
}

/** What the storage was told, one record after another, and how much of it was acknowledged. */
export class Model {
  /** What is held, and the hard state, after so many records. */
  readonly after: { readonly texts: readonly string[]; readonly hardState: HardState }[];
  acknowledged = 0;

  constructor({ hardState, entries }: StoredState) {
    this.after = [{ texts: entries.map(textOf), hardState }];
  }

  get now(): { readonly texts: readonly string[]; readonly hardState: HardState } {
    return this.after.at(-1)!;
  }

  /** @param snapshotTexts what a snapshot in the batch holds */
  write(storage: MemberStorage, given: WriteBatch, snapshotTexts: readonly string[] = []): Promise<void> {
    if (given.snapshot !== null) this.after.push({ ...this.now, texts: snapshotTexts });
    if (given.hardState !== null) this.after.push({ ...this.now, hardState: given.hardState });
    for (const entry of given.entries) {
      this.after.push({ ...this.now, texts: [...this.now.texts.slice(0, entry.index - 1), textOf(entry)] });
    }
    const told = this.after.length - 1;
    return storage.write(given).then(() => {
      this.acknowledged = told;
    });
  }

  /** What was found must be what was told up to some record, not before the last one that was acknowledged. */
  expectFound({ texts, stored }: Opened): void {
    const possible = this.after.slice(this.acknowledged);
    expect(possible.map((state) => state.texts.join('\n'))).toContain(texts.join('\n'));
    // The vote is written at the same time, in a file of its own.
    expect(possible.map((state) => state.hardState)).toContainEqual(stored.hardState);
    expect(texts.map((text) => Number(text.split('/')[0]))).toEqual(texts.map((_, i) => i + 1));
  }
}
