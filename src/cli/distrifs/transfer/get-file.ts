/** Fetches one file of the cluster into a local file. */
import { chmod, utimes } from 'node:fs/promises';
import type { Stats } from '../../../client/stats.js';
import type { DistriFS } from '../../../distri-fs.js';
import { MODE_MAX } from '../../../shared/limits.js';
import { formatBytes } from '../../../shared/units.js';
import type { Transfer } from '../batch/batch.js';
import { writingLocally } from '../local-file-error.js';
import { type LocalTarget, openLocalTarget, statsOf } from '../local-target.js';
import { copyBytes } from './copy-bytes.js';
import { crc32OfFile } from './file-crc32.js';
import { openResumableTarget } from './resumable-target.js';
import { verifyCopy } from './verify-copy.js';

export interface GetOptions {
  /** Give the local file the permission bits and the time of the file. */
  readonly preserve: boolean;
  /** Compare the CRC32 afterwards. */
  readonly verify: boolean;
  /** Go on after the last good byte, and keep what is there after a failure. */
  readonly resume: boolean;
}

export type FetchedFiles = Pick<DistriFS, 'stat' | 'locate' | 'createReadStream' | 'checksum' | 'chunkChecksums'>;

interface GetContext {
  readonly client: FetchedFiles;
  readonly signal: AbortSignal;
  readonly warn: (text: string) => void;
}

/** @param local path on this machine */
export function getTransfer(context: GetContext, source: Stats, local: string, options: GetOptions): Transfer {
  const { path, size } = source;
  return {
    label: path,
    bytes: size,
    memoryBytes: 0,
    run: (onBytes) =>
      writingLocally(local, async () => {
        if (options.resume && (await isSame(context, source, local))) {
          onBytes(size);
          return { path, local, length: size, unchanged: true };
        }
        return { path, local, ...(await fetchFile(context, source, local, options, onBytes)) };
      }),
  };
}

/** Whether an earlier `get --resume` has fetched the file already. */
async function isSame({ client, signal }: GetContext, { path, size }: Stats, local: string): Promise<boolean> {
  const stats = await statsOf(local);
  if (stats?.isFile() !== true || stats.size !== size) return false;
  const { crc32 } = await client.checksum(path, { signal });
  return crc32 !== null && (await crc32OfFile(local, signal)).crc32 === crc32;
}

async function fetchFile(
  context: GetContext,
  source: Stats,
  local: string,
  options: GetOptions,
  onBytes: (bytes: number) => void,
): Promise<object> {
  const { client, signal } = context;
  const resumed = options.resume ? await openResumed(context, source, local) : null;
  const target: LocalTarget = resumed ?? (await openLocalTarget(local, signal));
  const start = resumed?.startBytes ?? 0;
  try {
    if (target.partial === null && (options.verify || options.preserve)) {
      throw new Error(`"${local}" is not a regular file: --verify and -p need one`);
    }
    onBytes(start);
    const input = client.createReadStream(source.path, { start });
    const { length } = await copyBytes(input, target.sink, { signal, end: target.endsSink, onBytes });
    const checked = options.verify ? await verified(context, source.path, target) : {};
    if (options.preserve && target.partial !== null) {
      await chmod(target.partial, source.mode & MODE_MAX);
      await utimes(target.partial, source.mtime, source.mtime);
    }
    await target.commit();
    return { length: start + length, ...(resumed === null ? {} : { resumedAt: start }), ...checked };
  } catch (error) {
    await target.discard();
    throw error;
  }
}

async function openResumed({ client, signal, warn }: GetContext, source: Stats, local: string) {
  const target = await openResumableTarget(client, source, local, signal);
  const { startBytes, refusal } = target;
  const at = startBytes === 0 ? 'from the start' : `at ${formatBytes(startBytes)} of ${formatBytes(source.size)}`;
  if (refusal !== null) warn(`"${source.path}": ${refusal}: it is fetched again ${at}`);
  else if (startBytes > 0) warn(`"${source.path}": continued ${at}`);
  return target;
}

/** Reads the local file back, before it becomes visible. */
async function verified({ client, signal }: GetContext, path: string, { partial }: LocalTarget): Promise<{ crc32: string }> {
  const copied = await crc32OfFile(partial ?? '', signal);
  return { crc32: await verifyCopy(client, path, copied, signal) };
}
