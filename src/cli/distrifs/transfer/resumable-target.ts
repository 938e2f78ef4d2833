/**
 * The place on this machine that `get --resume` writes to. What is there of a file stays after an interruption, beside the file that it
 * will be:
 *
 *   .<name>.<hash>.resume.part   the bytes so far
 *   .<name>.<hash>.resume.json   which file of the cluster they are of
 *
 * Before they are trusted, the bytes are compared with the checksums of the file's chunks.
 */
import { createHash } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ChunkChecksum } from '../../../client/read/chunk-checksum.js';
import type { Stats } from '../../../client/stats.js';
import type { DistriFS } from '../../../distri-fs.js';
import { destroyed, fileBehindLinks, type LocalTarget } from '../local-target.js';
import { crc32OfRange } from './file-crc32.js';

/** Characters of the file's name within those of the other files, which must not become too long. */
const NAME_CHARS_MAX = 48;
const HASH_CHARS = 8;

export interface ResumableTarget extends LocalTarget {
  /** Bytes that are there already, and verified. */
  readonly startBytes: number;
  /** Why bytes that were there are not used; null when there was nothing to refuse. */
  readonly refusal: string | null;
}

type ResumedFiles = Pick<DistriFS, 'stat' | 'locate' | 'chunkChecksums'>;

/**
 * Opens the target, after the last good byte that an interrupted command left.
 * @param source attributes of the file in the cluster
 * @throws Error when the target is no regular file, or another command writes it; Error of node:fs; DistriFSError
 */
export async function openResumableTarget(
  client: ResumedFiles,
  source: Stats,
  path: string,
  signal: AbortSignal,
): Promise<ResumableTarget> {
  const file = await fileBehindLinks(path);
  const hash = createHash('sha256').update(basename(file)).digest('hex').slice(0, HASH_CHARS);
  const stem = join(dirname(file), `.${basename(file).slice(0, NAME_CHARS_MAX)}.${hash}.resume`);
  const [partial, note] = [`${stem}.part`, `${stem}.json`];
  const handle = await openLocked(partial, path);
  try {
    const identity = await identityOf(client, source, signal);
    const { startBytes, refusal } = await goodBytes(client, handle, { source, identity, note, signal });
    await handle.truncate(startBytes);
    if (startBytes === 0) await writeFile(note, identity);
    // The lock is of the handle, which outlives the stream.
    const sink = createWriteStream(partial, { flags: 'r+', start: startBytes });
    return {
      sink,
      endsSink: true,
      partial,
      startBytes,
      refusal,
      commit: async () => {
        if ((await identityOf(client, await client.stat(source.path, { signal }), signal)) !== identity) {
          throw new Error(`"${source.path}" was replaced while it was fetched: run the command again`);
        }
        // Under the lock: another command that waits for the file then finds it gone from under this name.
        await rename(partial, file);
        await rm(note, { force: true });
        await handle.close();
      },
      discard: async () => {
        await destroyed(sink);
        await handle.close();
      },
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The file of the bytes so far, locked until it is closed: two commands that write it would cut off one another's bytes. */
async function openLocked(partial: string, path: string): Promise<FileHandle> {
  const { default: native } = await import('fs-native-extensions');
  const handle = await open(partial, constants.O_RDWR | constants.O_CREAT, 0o666);
  try {
    // A command that has just ended has renamed the file that this one opened.
    const isThere = native.tryLock(handle.fd) && (await stat(partial)).ino === (await handle.stat()).ino;
    if (isThere) return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  throw new Error(`another command fetches "${path}" with --resume`);
}

/** What must be the same of a file for its bytes to be: the chunks are named by cluster, file and version. */
async function identityOf(client: ResumedFiles, { path, ino, size }: Stats, signal: AbortSignal): Promise<string> {
  const chunks = createHash('sha256');
  for (const { id, version } of await client.locate(path, { signal })) chunks.update(`${id} ${version}\n`);
  return `${JSON.stringify({ format: 1, path, fileId: ino, length: size, chunks: chunks.digest('hex') })}\n`;
}

interface Resumed {
  readonly source: Stats;
  readonly identity: string;
  readonly note: string;
  readonly signal: AbortSignal;
}

/** How many of the bytes so far are of this file, and match the checksums of its chunks. */
async function goodBytes(
  client: ResumedFiles,
  handle: FileHandle,
  { source, identity, note, signal }: Resumed,
): Promise<Pick<ResumableTarget, 'startBytes' | 'refusal'>> {
  const { size } = await handle.stat();
  if (size === 0) return { startBytes: 0, refusal: null };
  const noted = await readFile(note, 'utf8').catch(() => null);
  if (noted !== identity) return { startBytes: 0, refusal: 'the file in the cluster has changed' };
  const end = Math.min(size, source.size);
  let startBytes = 0;
  if (end === 0) return { startBytes, refusal: null };
  for await (const chunk of client.chunkChecksums(source.path, { end, signal })) {
    if (!(await matches(handle, chunk, signal))) {
      return { startBytes, refusal: `what was there from byte ${chunk.offset} on does not match its checksum` };
    }
    startBytes = chunk.offset + chunk.length;
  }
  return { startBytes, refusal: null };
}

async function matches(handle: FileHandle, { crc32, offset, length }: ChunkChecksum, signal: AbortSignal): Promise<boolean> {
  return crc32 !== null && (await crc32OfRange(handle, offset, offset + length, signal)) === crc32;
}
