/**
 * The small file beside the log that says how much of it is durable. Rewritten after each fsync of the log, without an fsync
 * of its own: it may be old, torn or missing, but when its checksum matches, the log below its offset was on disk.
 *
 *   hint := "DLH1" durableOffset:u64 crc:u32         big-endian; crc of the 12 bytes before it
 */
import { crc32Portable } from '../../shared/crc32.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import type { Disk, DiskFile, Logger } from '../../shared/runtime.js';

export const HINT_FILE = 'master.log.durable';

const MAGIC = 0x444c4831;
const HINT_BYTES = 16;

/** The bytes of a hint. */
export function encodeHint(durableOffset: number): Uint8Array {
  const bytes = new Uint8Array(HINT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setBigUint64(4, BigInt(durableOffset));
  view.setUint32(12, crc32Portable(bytes.subarray(0, 12)));
  return bytes;
}

/** The offset a hint proves durable, or null when these bytes prove nothing. */
export function decodeHint(bytes: Uint8Array): number | null {
  if (bytes.length < HINT_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HINT_BYTES);
  if (view.getUint32(0) !== MAGIC || view.getUint32(12) !== crc32Portable(bytes.subarray(0, 12))) return null;
  const offset = Number(view.getBigUint64(4));
  return Number.isSafeInteger(offset) ? offset : null;
}

/** What the hint file proves, or null when it is missing or damaged. */
export async function readHint(disk: Disk): Promise<number | null> {
  let file: DiskFile;
  try {
    file = await disk.open(HINT_FILE, 'read');
  } catch (error) {
    if (isDfsError(error, 'NOT_FOUND')) return null;
    throw error;
  }
  try {
    const bytes = new Uint8Array(HINT_BYTES);
    const length = await file.read(bytes, 0);
    return decodeHint(bytes.subarray(0, length));
  } finally {
    await file.close();
  }
}

/** Rewrites the hint file in the background: one write at a time, the newest offset wins. */
export class HintWriter {
  readonly #file: DiskFile;
  readonly #log: Logger;
  /** The next offset to write, or null. */
  #next: number | null = null;
  #writing: Promise<void> | null = null;
  #broken = false;

  private constructor(file: DiskFile, log: Logger) {
    this.#file = file;
    this.#log = log;
  }

  /** @throws DfsError of the disk */
  static async open(disk: Disk, log: Logger): Promise<HintWriter> {
    return new HintWriter(await disk.open(HINT_FILE, 'create'), log);
  }

  /**
   * Notes that the log is durable up to here. Never waits and never fails: a missing hint only proves less.
   * @param durableOffset never below that of an earlier call
   */
  update(durableOffset: number): void {
    if (this.#broken) return;
    this.#next = durableOffset;
    this.#writing ??= this.#drain();
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#broken = true;
    await this.#file.close();
  }

  async #drain(): Promise<void> {
    try {
      while (this.#next !== null) {
        const bytes = encodeHint(this.#next);
        this.#next = null;
        await this.#file.write(bytes, 0);
      }
    } catch (error) {
      this.#broken = true;
      const cause = error instanceof DfsError ? error.message : String(error);
      this.#log.warn(`Cannot write ${HINT_FILE}: damage at the end of master.log will be harder to tell from a torn tail`, {
        cause,
      });
    } finally {
      this.#writing = null;
    }
  }
}
