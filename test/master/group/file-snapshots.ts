/**
 * Checkpoints of a simulated member, as files.
 *
 *   checkpoint-<index>-<id>.ckpt := header (one line of JSON), the state, crc:u32       beside it while it is being made: .tmp
 */
import type { SnapshotStore, StoredSnapshot } from '../../../src/master/checkpoint/snapshot-store.js';
import { withFile } from '../../../src/master/log/log-files.js';
import type { ReplicatedState, StateCopy } from '../../../src/master/state/replicated-state.js';
import type { Snapshot, SnapshotPiece } from '../../../src/raft/types.js';
import { crc32Portable } from '../../../src/shared/crc32.js';
import { DfsError } from '../../../src/shared/errors.js';
import type { Disk } from '../../../src/shared/runtime.js';

const FILE = /^checkpoint-\d{16}-\w+\.ckpt$/;
const TEMPORARY = /\.ckpt\.tmp$/;
const KEPT = 2;
const CRC_BYTES = 4;

interface Header {
  readonly snapshot: Snapshot;
  readonly digest: string;
}

interface Decoded extends Header {
  readonly state: Uint8Array;
}

export class FileSnapshots implements SnapshotStore {
  readonly #disk: Disk;
  readonly #sliceBytes: number;
  /** Newest first. */
  snapshots: readonly StoredSnapshot[] = [];
  #incomingId = '';

  /** Removes what crashes have left, and renames what is damaged. */
  static async open(disk: Disk, sliceBytes: number): Promise<FileSnapshots> {
    const store = new FileSnapshots(disk, sliceBytes);
    const found: StoredSnapshot[] = [];
    for (const { name } of await disk.list('.')) {
      if (TEMPORARY.test(name)) await disk.remove(name);
      if (!FILE.test(name)) continue;
      const bytes = await store.#read(name);
      const decoded = decode(bytes);
      if (decoded === null) await disk.rename(name, `${name}.damaged`);
      else found.push({ snapshot: decoded.snapshot, sizeBytes: bytes.length });
    }
    await disk.syncDirectory('.');
    store.snapshots = found.toSorted((a, b) => b.snapshot.index - a.snapshot.index);
    return store;
  }

  private constructor(disk: Disk, sliceBytes: number) {
    this.#disk = disk;
    this.#sliceBytes = sliceBytes;
  }

  async restore(state: ReplicatedState<unknown>): Promise<Snapshot | null> {
    const newest = this.snapshots[0]?.snapshot;
    if (newest === undefined) return null;
    const decoded = decode(await this.#read(nameOf(newest)));
    if (decoded === null) throw new DfsError('LOG_DAMAGED', `${nameOf(newest)} is damaged`);
    const restore = state.restore();
    restore.add(decoded.state);
    restore.finish(decoded.digest);
    return decoded.snapshot;
  }

  async write(snapshot: Snapshot, copy: StateCopy): Promise<void> {
    const temporary = `${nameOf(snapshot)}.tmp`;
    let sizeBytes: number;
    try {
      sizeBytes = await withFile(this.#disk, temporary, 'create', async (file) => {
        const header: Header = { snapshot, digest: copy.digest };
        let bytes = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
        for (let slice = copy.next(this.#sliceBytes); slice !== null; slice = copy.next(this.#sliceBytes)) {
          await file.write(slice, bytes.length);
          bytes = Uint8Array.from([...bytes, ...slice]);
        }
        const whole = encode(bytes);
        await file.write(whole, 0);
        await file.sync();
        return whole.length;
      });
    } finally {
      copy.end();
    }
    await this.#put(temporary, { snapshot, sizeBytes });
  }

  async #put(temporary: string, stored: StoredSnapshot): Promise<void> {
    await this.#disk.rename(temporary, nameOf(stored.snapshot));
    await this.#disk.syncDirectory('.');
    const all = [stored, ...this.snapshots];
    this.snapshots = all.slice(0, KEPT);
    for (const { snapshot } of all.slice(KEPT)) await this.#disk.remove(nameOf(snapshot));
  }

  async readPiece(snapshotId: string | null, offset: number, bytesMax: number): Promise<SnapshotPiece | null> {
    const wanted = this.snapshots.find(({ snapshot }) => snapshot.id === snapshotId);
    const stored = wanted ?? this.snapshots[0];
    if (stored === undefined) return null;
    const from = wanted === undefined ? 0 : offset;
    const bytes = await this.#read(nameOf(stored.snapshot));
    const data = bytes.slice(from, from + bytesMax);
    return { snapshot: stored.snapshot, offset: from, data, isLast: from + data.length >= bytes.length };
  }

  async storePiece({ snapshot, offset, data }: SnapshotPiece): Promise<void> {
    const isNew = offset === 0;
    if (!isNew && this.#incomingId !== snapshot.id) throw new Error(`a piece of ${snapshot.id} comes without its beginning`);
    this.#incomingId = snapshot.id;
    await withFile(this.#disk, incomingName(snapshot), 'create', async (file) => {
      if (isNew) await file.truncate(0);
      await file.write(data, offset);
    });
  }

  async install(snapshot: Snapshot): Promise<void> {
    const name = incomingName(snapshot);
    const bytes = await this.#read(name);
    if (decode(bytes)?.snapshot.id !== snapshot.id) throw new DfsError('LOG_DAMAGED', `${name} is not snapshot ${snapshot.id}`);
    await withFile(this.#disk, name, 'update', (file) => file.sync());
    await this.#put(name, { snapshot, sizeBytes: bytes.length });
  }

  async close(): Promise<void> {}

  #read(name: string): Promise<Uint8Array> {
    return withFile(this.#disk, name, 'read', async (file) => {
      const bytes = new Uint8Array(await file.sizeBytes());
      return bytes.subarray(0, await file.read(bytes, 0));
    });
  }
}

function nameOf({ index, id }: Snapshot): string {
  return `checkpoint-${String(index).padStart(16, '0')}-${id}.ckpt`;
}

function incomingName({ id }: Snapshot): string {
  return `incoming-${id}.ckpt.tmp`;
}

function encode(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length + CRC_BYTES);
  whole.set(bytes);
  new DataView(whole.buffer).setUint32(bytes.length, crc32Portable(bytes));
  return whole;
}

/** null: it is damaged. */
function decode(bytes: Uint8Array): Decoded | null {
  const end = bytes.length - CRC_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (end < 0 || view.getUint32(end) !== crc32Portable(bytes.subarray(0, end))) return null;
  const headerEnd = bytes.indexOf(10);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, headerEnd))) as Header;
  return { ...header, state: bytes.slice(headerEnd + 1, end) };
}
