/** Verifies one replica in the data folder: its meta, and every block of its data. */
import { isDfsError } from '../../shared/errors.js';
import type { ChunkFolder } from './chunk-folder.js';
import type { ChunkMeta } from './chunk-meta.js';
import { isWhole } from './inspect-data.js';

/** What a verification found. */
export type Verdict =
  | { readonly kind: 'good' }
  /** There is no data. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'damaged'; readonly why: string; readonly badBlocks: readonly number[] };

/** Blocks named in a message. */
const BLOCKS_NAMED_MAX = 8;

/** Rejects with IO_ERROR when the disk cannot read it: that says nothing about the replica. */
export async function inspectReplica(
  folder: ChunkFolder,
  { uuid, version }: { readonly uuid: string; readonly version: number },
): Promise<Verdict> {
  let meta: ChunkMeta;
  try {
    meta = await folder.readMeta(uuid, version);
  } catch (error) {
    if (!isDfsError(error, 'NOT_FOUND', 'DATA_CORRUPT')) throw error;
    return (await folder.dataBytes(uuid)) === null ? { kind: 'gone' } : { kind: 'damaged', why: error.message, badBlocks: [] };
  }
  try {
    const inspection = await folder.inspect(uuid, meta);
    if (isWhole(inspection, meta)) return { kind: 'good' };
    const { fileBytes, badBlocks } = inspection;
    const named = badBlocks.slice(0, BLOCKS_NAMED_MAX).join(', ');
    const why = `${badBlocks.length} blocks of its ${fileBytes} bytes do not match the checksums of ${meta.lengthBytes} bytes: ${named}`;
    return { kind: 'damaged', why, badBlocks };
  } catch (error) {
    if (isDfsError(error, 'NOT_FOUND')) return { kind: 'gone' };
    throw error;
  }
}
