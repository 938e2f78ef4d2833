/** Reads a checkpoint file from its start and checks every byte of it. Each piece is awaited from the disk: nothing is held up long. */
import type { Snapshot } from '../../raft/types.js';
import { crc32 } from '../../shared/crc32.js';
import type { DiskFile } from '../../shared/runtime.js';
import {
  damagedCheckpoint,
  decodeHeader,
  decodeSlice,
  decodeTrailer,
  HEADER_START_BYTES,
  headerRestBytes,
  sliceRestBytes,
  TRAILER_REST_BYTES,
} from './checkpoint-format.js';

/** Reads on and on, and keeps the CRC of what was read. */
class Source {
  readonly #file: DiskFile;
  readonly #path: string;
  offset = 0;
  crc = 0;

  constructor(file: DiskFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  async take(bytes: number): Promise<Uint8Array> {
    const target = new Uint8Array(bytes);
    const read = await this.#file.read(target, this.offset);
    if (read < bytes) throw damagedCheckpoint(this.#path, this.offset + read, 'it is cut here');
    this.offset += bytes;
    this.crc = crc32(target, this.crc);
    return target;
  }
}

/**
 * What a file says that it is. Only its header is checked.
 * @param path for messages
 * @throws DfsError LOG_DAMAGED, or of the disk
 */
export function readHeader(file: DiskFile, path: string): Promise<Snapshot> {
  return takeHeader(new Source(file, path), path);
}

async function takeHeader(source: Source, path: string): Promise<Snapshot> {
  const start = await source.take(HEADER_START_BYTES);
  return decodeHeader(path, start, await source.take(headerRestBytes(path, start)));
}

/**
 * Reads and checks a whole file.
 * @param path for messages
 * @param onSlice given one after another, before the end is checked; what it throws is thrown
 * @returns the state's digest with the snapshot
 * @throws DfsError LOG_DAMAGED, or of the disk
 */
export async function readCheckpoint(
  file: DiskFile,
  path: string,
  onSlice: (slice: Uint8Array) => void,
): Promise<{ readonly snapshot: Snapshot; readonly digest: string }> {
  const source = new Source(file, path);
  const snapshot = await takeHeader(source, path);
  let slices = 0;
  let bytes = 0;
  for (;;) {
    const { offset } = source;
    const length = await source.take(4);
    const restBytes = sliceRestBytes(path, offset, length);
    if (restBytes === 0) break;
    const slice = decodeSlice(path, offset, length, await source.take(restBytes));
    slices += 1;
    bytes += slice.length;
    onSlice(slice);
  }
  const { offset, crc } = source;
  const trailer = decodeTrailer(path, offset, await source.take(TRAILER_REST_BYTES), crc);
  if (trailer.slices !== slices || trailer.bytes !== bytes) throw damagedCheckpoint(path, offset, 'slices are missing');
  const sizeBytes = await file.sizeBytes();
  if (sizeBytes !== source.offset) {
    throw damagedCheckpoint(path, source.offset, `${sizeBytes - source.offset} bytes follow its end`);
  }
  return { snapshot, digest: trailer.digest };
}
