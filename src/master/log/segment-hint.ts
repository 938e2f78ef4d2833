/**
 * The small file beside the log that says how much of the active segment is durable. Rewritten after each fsync of the log, without
 * an fsync of its own: it may be old, torn, missing or of another segment, but when its checksum matches, that segment was on disk
 * below its offset.
 *
 *   hint := "DLH2" generation:u64 durableOffset:u64 crc:u32         big-endian; crc of the 20 bytes before it
 */
import { crc32Portable } from '../../shared/crc32.js';
import { isDfsError, toDfsError } from '../../shared/errors.js';
import type { Disk, DiskFile, Logger } from '../../shared/runtime.js';
import { LOG_FILE, withFile } from './log-files.js';
import { getUint64, setUint64 } from '../../shared/uint64.js';

export const HINT_FILE = `${LOG_FILE}.durable`;

const MAGIC = 0x444c4832;
const HINT_BYTES = 24;
const CRC_OFFSET = 20;

export interface SegmentHint {
  /** Of the segment that it speaks of. */
  readonly generation: number;
  /** The bytes of the segment below it are on disk. */
  readonly durableOffset: number;
}

export function encodeSegmentHint({ generation, durableOffset }: SegmentHint): Uint8Array {
  const bytes = new Uint8Array(HINT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  setUint64(view, 4, generation);
  setUint64(view, 12, durableOffset);
  view.setUint32(CRC_OFFSET, crc32Portable(bytes.subarray(0, CRC_OFFSET)));
  return bytes;
}

/** What these bytes prove, or null: nothing. */
export function decodeSegmentHint(bytes: Uint8Array): SegmentHint | null {
  if (bytes.length < HINT_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HINT_BYTES);
  if (view.getUint32(0) !== MAGIC || view.getUint32(CRC_OFFSET) !== crc32Portable(bytes.subarray(0, CRC_OFFSET))) return null;
  return { generation: getUint64(view, 4), durableOffset: getUint64(view, 12) };
}

/** What the hint file proves, or null when it is missing or damaged. @throws DfsError of the disk */
export async function readSegmentHint(disk: Disk): Promise<SegmentHint | null> {
  try {
    return await withFile(disk, HINT_FILE, 'read', async (file) => {
      const bytes = new Uint8Array(HINT_BYTES);
      return decodeSegmentHint(bytes.subarray(0, await file.read(bytes, 0)));
    });
  } catch (error) {
    if (isDfsError(error, 'NOT_FOUND')) return null;
    throw error;
  }
}

/** Rewrites the hint file in the background: one write at a time, the newest hint wins. */
export class SegmentHintWriter {
  readonly #file: DiskFile;
  readonly #log: Logger;
  /** The next to write, or null. */
  #next: SegmentHint | null = null;
  #writing: Promise<void> | null = null;
  #isBroken = false;

  private constructor(file: DiskFile, log: Logger) {
    this.#file = file;
    this.#log = log;
  }

  /** @throws DfsError of the disk */
  static async open(disk: Disk, log: Logger): Promise<SegmentHintWriter> {
    return new SegmentHintWriter(await disk.open(HINT_FILE, 'create'), log);
  }

  /** Notes how much of a segment is durable. Never waits and never fails: a missing hint only proves less. */
  update(hint: SegmentHint): void {
    if (this.#isBroken) return;
    this.#next = hint;
    this.#writing ??= this.#drain();
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#isBroken = true;
    await this.#file.close();
  }

  async #drain(): Promise<void> {
    try {
      while (this.#next !== null) {
        const bytes = encodeSegmentHint(this.#next);
        this.#next = null;
        await this.#file.write(bytes, 0);
      }
    } catch (error) {
      this.#isBroken = true;
      this.#log.warn(
        `Cannot write ${HINT_FILE}: damage at the end of ${LOG_FILE} will be harder to distinguish from a torn tail`,
        {
          cause: toDfsError(error, 'Cannot write the hint').message,
        },
      );
    } finally {
      this.#writing = null;
    }
  }
}
