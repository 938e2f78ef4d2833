/** The data folder: file operations on chunks, and which failures of them end the node. Policy is in chunk-store.ts. */
import { DfsError, isDfsError } from '../../shared/errors.js';
import type { DiskFile, Runtime } from '../../shared/runtime.js';
import { readWhole, writeSynced } from '../../shared/whole-file.js';
import { isRefusal } from '../base/durable-file.js';
import {
  damagedFileName,
  dataFileName,
  metaFileName,
  newMetaFileName,
  parseChunkFileName,
  QUARANTINE,
  quarantinedPath,
  tmpFileName,
} from './chunk-files.js';
import { type ChunkMeta, decodeChunkMeta, encodeChunkMeta, META_BYTES_MAX } from './chunk-meta.js';
import { DirectorySync } from './directory-sync.js';
import { type Inspection, inspectData } from './inspect-data.js';
import { addUnsynced, type ChunkContent, overwriteUnsynced } from './unsynced-files.js';

/** The size of a file that is there and cannot be looked at: no meta fits it. */
const UNKNOWN_BYTES = -1;

/** What the folder holds of one chunk. */
export interface ChunkFiles {
  /** Size of the data file; null when there is none, UNKNOWN_BYTES when the disk does not tell it. */
  dataBytes: number | null;
  /** Versions of the metas, ascending. */
  metaVersions: number[];
  /** Versions of unfinished writes. */
  tmpVersions: number[];
  /** Versions that were found damaged. */
  damagedVersions: number[];
}

export class ChunkFolder {
  readonly #runtime: Pick<Runtime, 'disk' | 'compute' | 'random'>;
  readonly #onFatal: (error: DfsError) => void;
  readonly #directory: DirectorySync;

  /** @param onFatal called when the disk is in a state that only a new start can settle */
  constructor(runtime: Pick<Runtime, 'disk' | 'compute' | 'random'>, onFatal: (error: DfsError) => void) {
    this.#runtime = runtime;
    this.#onFatal = onFatal;
    this.#directory = new DirectorySync(() => runtime.disk.syncDirectory('.'));
  }

  /** Everything in the folder that is named as a chunk's, by uuid. */
  async list(): Promise<Map<string, ChunkFiles>> {
    const found = new Map<string, ChunkFiles>();
    for (const entry of await this.#runtime.disk.list('.')) {
      const name = entry.kind === 'file' ? parseChunkFileName(entry.name) : null;
      if (name === null) continue;
      let files = found.get(name.uuid);
      if (files === undefined) {
        files = { dataBytes: null, metaVersions: [], tmpVersions: [], damagedVersions: [] };
        found.set(name.uuid, files);
      }
      if (name.kind === 'data') files.dataBytes = entry.sizeBytes ?? UNKNOWN_BYTES;
      else if (name.kind === 'meta') files.metaVersions.push(name.version);
      else if (name.kind === 'damaged') files.damagedVersions.push(name.version);
      else files.tmpVersions.push(name.version);
    }
    for (const files of found.values()) files.metaVersions.sort((a, b) => a - b);
    return found;
  }

  /** Opens the data of a chunk to read. Rejects with NOT_FOUND. */
  openData(uuid: string): Promise<DiskFile> {
    return this.#runtime.disk.open(dataFileName(uuid), 'read');
  }

  /** Tells whether the folder has a data file of a chunk by its name, whether or not it can be opened. Takes long in a large folder. */
  async hasDataName(uuid: string): Promise<boolean> {
    const name = dataFileName(uuid);
    return (await this.#runtime.disk.list('.')).some((entry) => entry.name === name);
  }

  /** The size of a chunk's data, or null when there is none. */
  async dataBytes(uuid: string): Promise<number | null> {
    try {
      const file = await this.openData(uuid);
      try {
        return await file.sizeBytes();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isDfsError(error, 'NOT_FOUND')) return null;
      throw error;
    }
  }

  /** An empty file for a write. @param progressed called between its disk calls */
  async createTmp(uuid: string, version: number, progressed: () => void): Promise<DiskFile> {
    const file = await this.#runtime.disk.open(tmpFileName(uuid, version), 'create', true);
    progressed();
    try {
      await file.truncate(0);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Rejects with DATA_CORRUPT when it is damaged or names another version, NOT_FOUND when missing. */
  async readMeta(uuid: string, version: number): Promise<ChunkMeta> {
    const name = metaFileName(uuid, version);
    const meta = decodeChunkMeta(await readWhole(this.#runtime.disk, name, META_BYTES_MAX));
    if (meta.version !== version) throw new DfsError('DATA_CORRUPT', `"${name}" is a meta of version ${meta.version}`);
    return meta;
  }

  /** Puts a meta in place and fsyncs it; its name is durable after the next sync(). @param progressed called after each disk call */
  async placeMeta(uuid: string, meta: ChunkMeta, progressed: () => void): Promise<void> {
    const name = metaFileName(uuid, meta.version);
    try {
      await writeSynced(this.#runtime.disk, name, encodeChunkMeta(meta), progressed);
    } catch (error) {
      if (isRefusal(error)) throw error;
      throw this.#fatal(`Cannot make "${name}" durable`, error);
    }
  }

  /**
   * Puts a meta in the place of one of the same version, that may be the right one and the only one: a crash leaves the one or the other
   * whole. Its name is durable after the next sync(). @param progressed called after each disk call
   */
  async replaceMeta(uuid: string, meta: ChunkMeta, progressed: () => void): Promise<void> {
    const { disk } = this.#runtime;
    const temporary = newMetaFileName(uuid, meta.version);
    try {
      await writeSynced(disk, temporary, encodeChunkMeta(meta), progressed);
      await disk.rename(temporary, metaFileName(uuid, meta.version));
      progressed();
    } catch (error) {
      if (isRefusal(error)) throw error;
      throw this.#fatal(`Cannot make "${temporary}" durable`, error);
    }
  }

  /** Puts the files of a chunk in place without an fsync: see addUnsynced. A failure leaves neither. */
  async add(content: ChunkContent, progressed: () => void): Promise<void> {
    try {
      await addUnsynced(this.#runtime.disk, content, progressed);
    } catch (error) {
      await this.removeData(content.uuid);
      await this.removeMeta(content.uuid, content.version);
      throw error;
    }
  }

  /** As `add`, over what is there. After a failure it is not known what is there. */
  overwrite(content: ChunkContent): Promise<void> {
    return overwriteUnsynced(this.#runtime.disk, content);
  }

  /** fsyncs the files of a chunk that are there. Rejects when they cannot be opened now; a failed fsync ends the node. */
  async syncFiles(uuid: string, version: number): Promise<void> {
    for (const name of [dataFileName(uuid), metaFileName(uuid, version)]) {
      let file: DiskFile;
      try {
        file = await this.#runtime.disk.open(name, 'update', true);
      } catch (error) {
        if (isDfsError(error, 'NOT_FOUND')) continue;
        throw error;
      }
      try {
        await file.sync();
      } catch (error) {
        throw this.#fatal(`Cannot make "${name}" durable`, error);
      } finally {
        await file.close();
      }
    }
  }

  /**
   * Notes beside a replica that it is damaged, for the next start. Only the file is fsynced, not the folder: a note that a power cut
   * takes is made again when the damage is met again.
   */
  async markDamaged(uuid: string, version: number): Promise<void> {
    await writeSynced(this.#runtime.disk, damagedFileName(uuid, version), new Uint8Array(0));
  }

  async unmarkDamaged(uuid: string, version: number): Promise<void> {
    await this.#remove(damagedFileName(uuid, version));
  }

  /** Makes an unfinished write the chunk's data: the commit point. A refusal leaves it unfinished. */
  async place(uuid: string, version: number): Promise<void> {
    try {
      await this.#runtime.disk.rename(tmpFileName(uuid, version), dataFileName(uuid));
    } catch (error) {
      if (isRefusal(error)) throw error;
      throw this.#fatal(`Cannot put chunk ${uuid} version ${version} in place`, error);
    }
  }

  /** Everything done to the folder before is durable when it resolves. */
  async sync(): Promise<void> {
    try {
      await this.#directory.run();
    } catch (error) {
      throw this.#fatal('Cannot fsync the data folder', error);
    }
  }

  async removeData(uuid: string): Promise<void> {
    await this.#remove(dataFileName(uuid));
  }

  async removeMeta(uuid: string, version: number): Promise<void> {
    await this.#remove(metaFileName(uuid, version));
  }

  async removeTmp(uuid: string, version: number): Promise<void> {
    await this.#remove(tmpFileName(uuid, version));
    await this.#remove(newMetaFileName(uuid, version));
  }

  /**
   * Moves a chunk's files aside, where nothing of ours touches them again.
   * Metas go first: after a crash in between, data without meta is found, and moved as well.
   */
  async quarantine(uuid: string, metaVersions: readonly number[]): Promise<void> {
    const { disk, random } = this.#runtime;
    const suffix = random.uint32().toString(16).padStart(8, '0');
    await disk.makeDirectory(QUARANTINE);
    for (const name of [...metaVersions.map((version) => metaFileName(uuid, version)), dataFileName(uuid)]) {
      try {
        await disk.rename(name, quarantinedPath(name, suffix));
      } catch (error) {
        if (!isDfsError(error, 'NOT_FOUND')) throw error;
      }
    }
    try {
      await disk.syncDirectory(QUARANTINE);
    } catch (error) {
      throw this.#fatal(`Cannot fsync "${QUARANTINE}"`, error);
    }
    await this.sync();
  }

  /**
   * Puts a replica from the quarantine back in place. A crash on the way leaves the one in quarantine whole, or the one in place.
   * @param removal which of the chunk's files in quarantine
   */
  async restore(uuid: string, meta: ChunkMeta, removal: string): Promise<void> {
    await this.placeMeta(uuid, meta, () => undefined);
    await this.sync();
    await this.#runtime.disk.rename(quarantinedPath(dataFileName(uuid), removal), dataFileName(uuid));
    await this.sync();
    await this.#remove(quarantinedPath(metaFileName(uuid, meta.version), removal));
  }

  /**
   * Compares a chunk's data with its checksums, block by block.
   * Rejects with NOT_FOUND when there is no data, IO_ERROR when the disk cannot read it: that says nothing about the data.
   */
  inspect(uuid: string, meta: ChunkMeta): Promise<Inspection> {
    return inspectData(this.#runtime, dataFileName(uuid), meta);
  }

  async #remove(name: string): Promise<void> {
    try {
      await this.#runtime.disk.remove(name);
    } catch (error) {
      if (!isDfsError(error, 'NOT_FOUND')) throw error;
    }
  }

  #fatal(action: string, cause: unknown): DfsError {
    const error = new DfsError('IO_ERROR', `${action} in "${this.#runtime.disk.root}": the node must stop`, { cause });
    this.#onFatal(error);
    return error;
  }
}
