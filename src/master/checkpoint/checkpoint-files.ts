/**
 * Checkpoints as files of the master's folder.
 *
 *   write:    copy ─▶ checkpoint-….tmp ─▶ fsync ─▶ rename ─▶ fsync of the folder ─▶ all but the newest two go
 *   install:  pieces ─▶ incoming-….tmp ─▶ checked as a whole ─▶ fsync ─▶ rename ─▶ …
 *
 * Whatever a crash leaves under a temporary name is removed at the next start.
 */
import type { Snapshot, SnapshotPiece } from '../../raft/types.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { KIB } from '../../shared/limits.js';
import type { Disk, DiskFile, Logger, Random } from '../../shared/runtime.js';
import type { ReplicatedState, StateCopy } from '../state/replicated-state.js';
import { CheckpointDecoder, CheckpointEncoder } from './checkpoint-format.js';
import type { SnapshotStore, StoredSnapshot } from './snapshot-store.js';

const KEPT = 2;
const SLICE_BYTES = 256 * KIB;
const NAME = /^checkpoint-\d{16}-[0-9a-f]{1,64}\.ckpt$/;
const TEMPORARY = /^(checkpoint|incoming)-[0-9a-f]+\.tmp$/;
const ID = /^[0-9a-f]{1,64}$/;
const NAME_BYTES = 8;

interface StoredFile extends StoredSnapshot {
  readonly name: string;
}

/** A snapshot that is being received. */
interface Incoming {
  readonly id: string;
  readonly name: string;
  readonly file: DiskFile;
  sizeBytes: number;
}

export interface CheckpointFilesContext {
  readonly random: Random;
  readonly log: Logger;
}

export class CheckpointFiles implements SnapshotStore {
  readonly #disk: Disk;
  readonly #context: CheckpointFilesContext;
  /** Newest first. */
  #files: readonly StoredFile[] = [];
  #incoming: Incoming | null = null;

  private constructor(disk: Disk, context: CheckpointFilesContext) {
    this.#disk = disk;
    this.#context = context;
  }

  /**
   * Looks at what the folder holds, and removes what an interrupted attempt has left.
   * @throws DfsError of the disk
   */
  static async open(disk: Disk, context: CheckpointFilesContext): Promise<CheckpointFiles> {
    const store = new CheckpointFiles(disk, context);
    const entries = await disk.list('.');
    for (const { name } of entries) if (TEMPORARY.test(name)) await disk.remove(name);
    const files: StoredFile[] = [];
    for (const { name, sizeBytes } of entries.filter((entry) => NAME.test(entry.name))) {
      const snapshot = await store.#snapshotIn(name, sizeBytes);
      if (snapshot !== null) files.push({ snapshot, name, sizeBytes });
    }
    store.#files = files.toSorted(newestFirst);
    await store.#prune();
    return store;
  }

  get snapshots(): readonly StoredSnapshot[] {
    return this.#files;
  }

  async restore(state: ReplicatedState<unknown>): Promise<Snapshot | null> {
    for (const file of [...this.#files]) {
      try {
        await this.#load(file, state);
        return file.snapshot;
      } catch (error) {
        if (!isDfsError(error, 'LOG_DAMAGED')) throw error;
        await this.#setAside(file.name, error);
      }
    }
    return null;
  }

  async write(snapshot: Snapshot, copy: StateCopy): Promise<void> {
    const temporary = `checkpoint-${this.#uniqueName()}.tmp`;
    let sizeBytes: number;
    try {
      sizeBytes = await this.#writeCopy(temporary, snapshot, copy);
    } catch (error) {
      // As well as it goes: the next start removes it, too.
      await this.#disk.remove(temporary).catch(() => undefined);
      throw error;
    } finally {
      copy.end();
    }
    await this.#putInPlace(temporary, snapshot, sizeBytes);
  }

  async readPiece(snapshotId: string | null, offset: number, bytesMax: number): Promise<SnapshotPiece | null> {
    const asked = this.#files.find(({ snapshot }) => snapshot.id === snapshotId);
    for (const file of asked === undefined ? this.#files : [asked, ...this.#files]) {
      const from = file === asked ? Math.min(offset, file.sizeBytes) : 0;
      try {
        const data = new Uint8Array(Math.min(bytesMax, file.sizeBytes - from));
        const read = await this.#withFile(file.name, (handle) => handle.read(data, from));
        return { snapshot: file.snapshot, offset: from, data: data.subarray(0, read), isLast: from + read >= file.sizeBytes };
      } catch (error) {
        // Replaced by a newer one meanwhile.
        if (!isDfsError(error, 'NOT_FOUND')) throw error;
      }
    }
    return null;
  }

  async storePiece({ snapshot, offset, data }: SnapshotPiece): Promise<void> {
    if (offset === 0) await this.#beginIncoming(snapshot.id);
    const incoming = this.#incoming;
    if (incoming?.id !== snapshot.id || incoming.sizeBytes !== offset) {
      const at = incoming === null ? 'none' : `${incoming.id} at ${incoming.sizeBytes}`;
      throw new DfsError('INTERNAL', `Cannot keep a piece of snapshot ${snapshot.id} at ${offset}: ${at} is being received`);
    }
    await incoming.file.write(data, offset);
    incoming.sizeBytes += data.byteLength;
  }

  async install(snapshot: Snapshot): Promise<void> {
    const incoming = this.#incoming;
    if (incoming?.id !== snapshot.id) throw new DfsError('INTERNAL', `No pieces of snapshot ${snapshot.id} were received`);
    this.#incoming = null;
    try {
      await this.#assertWhole(incoming, snapshot);
      await incoming.file.sync();
    } finally {
      await incoming.file.close();
    }
    await this.#putInPlace(incoming.name, snapshot, incoming.sizeBytes);
  }

  async close(): Promise<void> {
    await this.#incoming?.file.close();
    this.#incoming = null;
  }

  /** The header of a file; one that has none is set aside. */
  async #snapshotIn(name: string, sizeBytes: number): Promise<Snapshot | null> {
    try {
      return await this.#withFile(name, (file) => new CheckpointDecoder(file, name, sizeBytes).header());
    } catch (error) {
      if (!isDfsError(error, 'LOG_DAMAGED')) throw error;
      await this.#setAside(name, error);
      return null;
    }
  }

  async #load({ name, sizeBytes }: StoredFile, state: ReplicatedState<unknown>): Promise<void> {
    await this.#withFile(name, async (file) => {
      const decoder = new CheckpointDecoder(file, name, sizeBytes);
      await decoder.header();
      const restoring = state.restore();
      for (let slice = await decoder.slice(); slice !== null; slice = await decoder.slice()) restoring.add(slice);
      restoring.finish(await decoder.trailer());
    });
  }

  async #writeCopy(name: string, snapshot: Snapshot, copy: StateCopy): Promise<number> {
    const file = await this.#disk.open(name, 'exclusive');
    try {
      const encoder = new CheckpointEncoder();
      let offset = 0;
      const put = async (bytes: Uint8Array): Promise<void> => {
        await file.write(bytes, offset);
        offset += bytes.length;
      };
      await put(encoder.header(snapshot));
      // The writing between slices is what lets others have their turn.
      for (let slice = copy.next(SLICE_BYTES); slice !== null; slice = copy.next(SLICE_BYTES)) await put(encoder.slice(slice));
      await put(encoder.trailer(copy.digest));
      await file.sync();
      return offset;
    } finally {
      await file.close();
    }
  }

  /** From here on the snapshot is there for good. @param temporary fsynced */
  async #putInPlace(temporary: string, snapshot: Snapshot, sizeBytes: number): Promise<void> {
    assertId(snapshot.id);
    const name = `checkpoint-${String(snapshot.index).padStart(16, '0')}-${snapshot.id}.ckpt`;
    await this.#disk.rename(temporary, name);
    await this.#disk.syncDirectory('.');
    const others = this.#files.filter((file) => file.name !== name);
    this.#files = [{ snapshot, name, sizeBytes }, ...others].toSorted(newestFirst);
    await this.#prune();
  }

  async #prune(): Promise<void> {
    const gone = this.#files.slice(KEPT);
    this.#files = this.#files.slice(0, KEPT);
    for (const { name } of gone) await this.#disk.remove(name);
  }

  async #beginIncoming(id: string): Promise<void> {
    assertId(id);
    const old = this.#incoming;
    this.#incoming = null;
    if (old !== null) {
      await old.file.close();
      await this.#disk.remove(old.name);
    }
    const name = `incoming-${this.#uniqueName()}.tmp`;
    this.#incoming = { id, name, file: await this.#disk.open(name, 'exclusive'), sizeBytes: 0 };
  }

  /** @throws DfsError LOG_DAMAGED */
  async #assertWhole({ name, file, sizeBytes }: Incoming, { index, term, id }: Snapshot): Promise<void> {
    const decoder = new CheckpointDecoder(file, name, sizeBytes);
    const found = await decoder.header();
    if (found.index !== index || found.term !== term || found.id !== id) {
      throw new DfsError(
        'LOG_DAMAGED',
        `The pieces of snapshot ${id} of index ${index} are of ${found.id} of index ${found.index}`,
      );
    }
    while ((await decoder.slice()) !== null);
    await decoder.trailer();
  }

  async #setAside(name: string, error: DfsError): Promise<void> {
    this.#context.log.error(`${error.message}. It is kept as ${name}.damaged, and the one before it is used`, {
      checkpoint: name,
    });
    await this.#disk.rename(name, `${name}.damaged`);
    await this.#disk.syncDirectory('.');
    this.#files = this.#files.filter((file) => file.name !== name);
  }

  async #withFile<T>(name: string, use: (file: DiskFile) => Promise<T>): Promise<T> {
    const file = await this.#disk.open(name, 'read');
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  }

  #uniqueName(): string {
    return Buffer.from(this.#context.random.bytes(NAME_BYTES)).toString('hex');
  }
}

const newestFirst = (a: StoredFile, b: StoredFile): number => b.snapshot.index - a.snapshot.index || (a.name < b.name ? 1 : -1);

/** Ids become names of files, and come from other masters, too. */
function assertId(id: string): void {
  if (!ID.test(id)) throw new DfsError('LOG_DAMAGED', `"${id.slice(0, 80)}" is no id of a snapshot`);
}
