/** What is in the quarantine of a data folder, and whether it is good. */
import { isDfsError } from '../../shared/errors.js';
import type { Disk, Runtime } from '../../shared/runtime.js';
import { readWhole } from '../../shared/whole-file.js';
import { dataFileName, metaFileName, parseQuarantinedName, QUARANTINE, quarantinedPath } from './chunk-files.js';
import { type ChunkMeta, decodeChunkMeta, META_BYTES_MAX } from './chunk-meta.js';
import { inspectData, isWhole } from './inspect-data.js';

/** Files of one chunk that were moved together. */
export interface QuarantinedChunk {
  /** `<uuid>.<removal>` */
  readonly name: string;
  readonly uuid: string;
  readonly removal: string;
  hasData: boolean;
  /** 0 without data, and where the disk does not tell it. */
  dataBytes: number;
  readonly metaVersions: number[];
  /** Below the data folder; the data last. */
  readonly paths: string[];
}

/** What a verification found. */
export interface QuarantineVerification {
  /** The newest meta that the data matches as a whole; null: none. */
  readonly meta: ChunkMeta | null;
  /** Blocks that do not match the meta that most blocks match; 0 without data or meta. */
  readonly badBlocks: number;
}

/** Everything in the quarantine that is named as a chunk's, by name, ascending. */
export async function listQuarantine(disk: Disk): Promise<QuarantinedChunk[]> {
  const chunks = new Map<string, QuarantinedChunk>();
  const entries = await disk.list(QUARANTINE).catch((error: unknown) => {
    if (isDfsError(error, 'NOT_FOUND')) return [];
    throw error;
  });
  for (const { name: fileName, sizeBytes } of entries) {
    const parsed = parseQuarantinedName(fileName);
    if (parsed === null) continue;
    const { file, removal } = parsed;
    const name = `${file.uuid}.${removal}`;
    const found = chunks.get(name) ?? {
      name,
      uuid: file.uuid,
      removal,
      hasData: false,
      dataBytes: 0,
      metaVersions: [],
      paths: [],
    };
    chunks.set(name, found);
    const path = `${QUARANTINE}/${fileName}`;
    if (file.kind === 'data') {
      found.hasData = true;
      found.dataBytes = sizeBytes ?? 0;
      found.paths.push(path);
    } else {
      if (file.kind === 'meta') found.metaVersions.push(file.version);
      found.paths.unshift(path);
    }
  }
  return [...chunks.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Compares the data with each meta above a version, the newest first.
 * @param above metas of this version and lower ones are of no use
 * @throws DfsError IO_ERROR when the disk cannot read it, which says nothing about the content
 */
export async function verifyQuarantined(
  runtime: Pick<Runtime, 'disk' | 'compute'>,
  chunk: QuarantinedChunk,
  above = 0,
): Promise<QuarantineVerification> {
  const { uuid, removal, metaVersions } = chunk;
  let badBlocks = Infinity;
  for (const version of metaVersions.toSorted((a, b) => b - a)) {
    if (!chunk.hasData || version <= above) break;
    const meta = await readMeta(runtime.disk, chunk, version);
    if (meta === null) continue;
    const inspection = await inspectData(runtime, quarantinedPath(dataFileName(uuid), removal), meta);
    if (isWhole(inspection, meta)) return { meta, badBlocks: 0 };
    badBlocks = Math.min(badBlocks, inspection.badBlocks.length);
  }
  return { meta: null, badBlocks: Number.isFinite(badBlocks) ? badBlocks : 0 };
}

async function readMeta(disk: Disk, { uuid, removal }: QuarantinedChunk, version: number): Promise<ChunkMeta | null> {
  try {
    const path = quarantinedPath(metaFileName(uuid, version), removal);
    const meta = decodeChunkMeta(await readWhole(disk, path, META_BYTES_MAX));
    return meta.version === version ? meta : null;
  } catch (error) {
    if (isDfsError(error, 'DATA_CORRUPT', 'NOT_FOUND')) return null;
    throw error;
  }
}
