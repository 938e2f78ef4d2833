/** The locations of the chunks of one open file: requested in pages, and requested again when an entry proves wrong. */
import assert from 'node:assert/strict';
import type { ChunkLocation__Output } from '../../protocol/generated/distrifs/v1/ChunkLocation.js';
import type { FileInfo__Output } from '../../protocol/generated/distrifs/v1/FileInfo.js';
import type { GetChunkLocationResponse__Output } from '../../protocol/generated/distrifs/v1/GetChunkLocationResponse.js';
import { NamespaceService } from '../../protocol/services.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import type { CallOptions, MasterClient } from '../session/master-client.js';

/** Maximum number of cached locations of a handle; beyond it the cache is cleared. With 64 MiB chunks: 256 GiB of file. */
const LOCATIONS_MAX = 4_096;
/** Number of locations requested when one proved wrong: its neighbours are likely wrong too. */
const REFRESH_CHUNKS = 64;

export class LocationCache {
  readonly file: FileInfo__Output;
  readonly clusterId: string;
  readonly #master: MasterClient;
  readonly #path: string;
  readonly #options: CallOptions;
  readonly #byIndex = new Map<number, ChunkLocation__Output>();

  private constructor(master: MasterClient, path: string, options: CallOptions, clusterId: string, file: FileInfo__Output) {
    this.#master = master;
    this.#path = path;
    this.#options = options;
    this.clusterId = clusterId;
    this.file = file;
  }

  /**
   * Opens a file. Always asks the master: a new handle does not use cached data.
   * @param options of each call to the master
   * @throws DfsError NOT_FOUND, NOT_A_DIRECTORY (a parent), IS_A_DIRECTORY, …
   */
  static async open(master: MasterClient, path: string, options: CallOptions = {}): Promise<LocationCache> {
    const action = `Cannot open "${path}"`;
    const answer = await master.call(NamespaceService.GetChunkLocation, { path }, action, options);
    const { file, clusterId } = answer;
    if (file === null) throw new DfsError('PROTOCOL_ERROR', `${action}: the master's answer holds no file`);
    if (file.kind === 'DIRECTORY') throw new DfsError('IS_A_DIRECTORY', `${action}: it is a directory`);
    const cache = new LocationCache(master, path, options, clusterId, file);
    cache.#remember(answer);
    return cache;
  }

  /**
   * The location of chunk `index`.
   * @param index below the file's chunk count
   * @param fresh true: ignore the cache
   * @throws DfsError STALE_HANDLE when the file was deleted or replaced meanwhile
   */
  async locate(index: number, fresh: boolean): Promise<ChunkLocation__Output> {
    const known = fresh ? undefined : this.#byIndex.get(index);
    if (known !== undefined) return known;
    const maxChunks = fresh ? REFRESH_CHUNKS : 0;
    const action = `Cannot locate chunk ${index} of "${this.#path}"`;
    const request = { fileId: this.file.fileId, firstIndex: index, maxChunks };
    let answer: GetChunkLocationResponse__Output;
    try {
      answer = await this.#master.call(NamespaceService.GetChunkLocation, request, action, this.#options);
    } catch (error) {
      if (!isDfsError(error, 'NOT_FOUND', 'STALE_HANDLE')) throw error;
      throw this.#stale(error);
    }
    this.#remember(answer);
    const found = this.#byIndex.get(index);
    if (found === undefined) throw this.#stale(undefined);
    return found;
  }

  /** The locations of all chunks, in order. Throws the same errors as `locate`. */
  async *all(): AsyncGenerator<ChunkLocation__Output, void, undefined> {
    for (let index = 0; index < this.file.chunkCount; index++) yield await this.locate(index, false);
  }

  #remember(answer: GetChunkLocationResponse__Output): void {
    if (this.#byIndex.size + answer.chunks.length > LOCATIONS_MAX) this.#byIndex.clear();
    for (const chunk of answer.chunks) this.#byIndex.set(chunk.index, chunk);
    assert(this.#byIndex.size <= LOCATIONS_MAX);
  }

  #stale(cause: unknown): DfsError {
    const text = `"${this.#path}" was deleted or replaced while it was being read: open it again`;
    return new DfsError('STALE_HANDLE', text, { cause });
  }
}
