/** A window over a file that is read in bounded slices: the log is never in memory as a whole. */
import { MIB } from '../../shared/limits.js';
import type { DiskFile } from '../../shared/runtime.js';
import { RECORD_BYTES_MAX } from './record.js';

const SLICE_BYTES = MIB;

export class LogReader {
  readonly #file: DiskFile;
  readonly sizeBytes: number;
  /** Invariant: holds the file's bytes [#start, #start + #length). */
  readonly #buffer: Uint8Array;
  #start = 0;
  #length = 0;

  /** @param sizeBytes of the file, which must not change meanwhile */
  constructor(file: DiskFile, sizeBytes: number) {
    this.#file = file;
    this.sizeBytes = sizeBytes;
    this.#buffer = new Uint8Array(Math.min(sizeBytes, SLICE_BYTES + RECORD_BYTES_MAX));
  }

  /**
   * The file's bytes from `offset` on: at least `count` of them unless the file ends before, often more.
   * Valid until the next call.
   * @param count <= RECORD_BYTES_MAX
   */
  async view(offset: number, count: number): Promise<Uint8Array> {
    const end = Math.min(offset + count, this.sizeBytes);
    if (offset < this.#start || end > this.#start + this.#length) await this.#fill(offset);
    return this.#buffer.subarray(Math.min(offset - this.#start, this.#length), this.#length);
  }

  async #fill(offset: number): Promise<void> {
    const wanted = Math.min(this.#buffer.length, this.sizeBytes - offset);
    this.#start = offset;
    this.#length = await this.#file.read(this.#buffer.subarray(0, wanted), offset);
  }
}
