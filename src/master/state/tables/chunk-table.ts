/** All chunks of all files by id: which file, which version is current, which were reserved. */
import assert from 'node:assert/strict';
import { nextVersion, PLANS_MAX, plansOf } from '../../../shared/chunk-version.js';
import { DfsError } from '../../../shared/errors.js';
import type { Digestible, StateDigest } from './digest.js';
import { IdRanges } from './id-ranges.js';
import { TableCopy } from './table-copy.js';

/** What a checkpoint holds of a chunk; its replication is its file's. */
export interface ChunkImage {
  readonly id: number;
  readonly fileId: number;
  readonly index: number;
  readonly version: number;
  readonly reserved: number;
  readonly lengthBytes: number;
  readonly visible: boolean;
}

export class Chunk implements Digestible, ChunkImage {
  readonly id: number;
  readonly fileId: number;
  readonly index: number;
  readonly replication: number;
  /** The committed version; 0: none yet. 0 <= version <= reserved */
  version = 0;
  /** The highest version ever planned; none is used twice. */
  reserved = 0;
  /** Of the committed version. */
  lengthBytes = 0;
  /** False while its file is being written. */
  visible = false;
  digestPart = 0;

  constructor(id: number, fileId: number, index: number, replication: number) {
    this.id = id;
    this.fileId = fileId;
    this.index = index;
    this.replication = replication;
  }

  digestText(): string {
    return `c ${this.id} ${this.fileId} ${this.index} ${this.version} ${this.reserved} ${this.lengthBytes} ${this.visible}`;
  }
}

/** Hears of every change: the soft state follows. Not called during recovery. */
export interface ChunkListener {
  /** Its version, plan or visibility changed. */
  chunkChanged(chunk: Chunk): void;
  /** A version was committed, and these nodes say that they hold it. */
  chunkCommitted(chunk: Chunk, nodeIds: readonly string[]): void;
  chunkForgotten(chunkId: number): void;
}

export class ChunkTable {
  readonly #digest: StateDigest;
  readonly #chunks = new Map<number, Chunk>();
  /** Ascending; holds ids that are gone until they outnumber the rest. */
  #ids: number[] = [];
  #visibleCount = 0;
  #copy: TableCopy<Chunk, ChunkImage> | null = null;
  listener: ChunkListener | null = null;
  /** Never given yet. */
  nextId = 1;
  /** Below `nextId`, and never given: datanodes have replicas of them that this log knows nothing of. */
  readonly skippedIds = new IdRanges();

  constructor(digest: StateDigest) {
    this.#digest = digest;
  }

  get size(): number {
    return this.#chunks.size;
  }

  /** Chunks of completed files. */
  get visibleCount(): number {
    return this.#visibleCount;
  }

  get(id: number): Chunk | undefined {
    return this.#chunks.get(id);
  }

  values(): IterableIterator<Chunk> {
    return this.#chunks.values();
  }

  /** Makes a chunk with the next id. */
  create(fileId: number, index: number, replication: number): Chunk {
    const chunk = new Chunk(this.nextId, fileId, index, replication);
    this.nextId += 1;
    this.#chunks.set(chunk.id, chunk);
    this.#ids.push(chunk.id);
    this.#digest.put(chunk);
    return chunk;
  }

  /**
   * Puts a chunk of a checkpoint into the table.
   * @param image with an id greater than all that are there, of a file with this replication
   */
  load(image: ChunkImage, replication: number): Chunk {
    const { id, fileId, index, version, reserved, lengthBytes, visible } = image;
    const chunk = Object.assign(new Chunk(id, fileId, index, replication), { version, reserved, lengthBytes, visible });
    this.#chunks.set(id, chunk);
    this.#ids.push(id);
    if (visible) this.#visibleCount += 1;
    this.#digest.put(chunk);
    return chunk;
  }

  /** Begins a copy of the table as it is now; what changes is saved for it until `endCopy`. */
  beginCopy(): TableCopy<Chunk, ChunkImage> {
    this.#copy = new TableCopy(this.#chunks.values(), this.nextId, imageOf);
    return this.#copy;
  }

  endCopy(): void {
    this.#copy = null;
  }

  /**
   * Plans the next version of a chunk.
   * @param stamp below 2^32; 0: the entry is of a log without stamps
   * @throws DfsError RESOURCE_EXHAUSTED when it was planned too often
   */
  reserve(chunk: Chunk, stamp: number): void {
    const next = nextVersion(chunk.reserved, stamp);
    if (plansOf(next) > PLANS_MAX) {
      throw new DfsError('RESOURCE_EXHAUSTED', `Chunk ${chunk.id} was planned ${PLANS_MAX} times: write the file anew`);
    }
    this.#copy?.save(chunk);
    chunk.reserved = next;
    this.#changed(chunk);
  }

  /** Gives no id up to this one any more: replicas of those that were not given before are kept. */
  skipIds(upToId: number): void {
    if (upToId < this.nextId) return;
    this.skippedIds.add(this.nextId, upToId);
    this.nextId = upToId + 1;
  }

  commit(chunk: Chunk, version: number, lengthBytes: number, nodeIds: readonly string[]): void {
    assert(version > chunk.version && version <= chunk.reserved, 'a version is committed once, after it was reserved');
    this.#copy?.save(chunk);
    chunk.version = version;
    chunk.lengthBytes = lengthBytes;
    this.#digest.put(chunk);
    this.listener?.chunkCommitted(chunk, nodeIds);
  }

  show(chunk: Chunk): void {
    assert(!chunk.visible, 'a file is completed once');
    this.#copy?.save(chunk);
    chunk.visible = true;
    this.#visibleCount += 1;
    this.#changed(chunk);
  }

  forget(id: number): void {
    const chunk = this.#chunks.get(id);
    assert(chunk !== undefined, `chunk ${id} is forgotten once`);
    this.#copy?.save(chunk);
    this.#chunks.delete(id);
    if (chunk.visible) this.#visibleCount -= 1;
    this.#digest.remove(chunk);
    if (this.#ids.length > 2 * this.#chunks.size + 1_024) this.#ids = this.#ids.filter((known) => this.#chunks.has(known));
    this.listener?.chunkForgotten(id);
  }

  /** Chunks with ids greater than `afterId`, ascending. The table must not change meanwhile. */
  *after(afterId: number): Generator<Chunk> {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ids[middle] ?? 0) <= afterId) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < this.#ids.length; i += 1) {
      const chunk = this.#chunks.get(this.#ids[i] ?? 0);
      if (chunk !== undefined) yield chunk;
    }
  }

  #changed(chunk: Chunk): void {
    this.#digest.put(chunk);
    this.listener?.chunkChanged(chunk);
  }
}

function imageOf({ id, fileId, index, version, reserved, lengthBytes, visible }: Chunk): ChunkImage {
  return { id, fileId, index, version, reserved, lengthBytes, visible };
}
