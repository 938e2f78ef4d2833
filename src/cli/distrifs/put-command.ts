/** `distrifs put`: stores a local file, or standard input, in the cluster. */
import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { WriteFileOptions } from '../../client/client-options.js';
import type { DistriFS } from '../../distri-fs.js';
import { MIB } from '../../shared/limits.js';
import { byteCounter } from '../terminal/byte-counter.js';
import type { Call } from '../terminal/command-row.js';
import { withClient } from './client-command.js';
import { readSpecialFile } from './special-file.js';
import { transferProgress } from '../terminal/transfer-progress.js';
import { isRemoteDirectory } from './remote-directory.js';
import { writeLine } from '../terminal/standard-output.js';
import { UsageError } from '../terminal/usage-error.js';

interface PutFlags {
  readonly replication?: number;
  readonly chunkSize?: number;
  /** false with --no-clobber */
  readonly clobber: boolean;
}

const STDIN = '-';

/** The target file: for a directory, or a path that ends in `/`, a file of the same name inside. */
async function targetOf(client: DistriFS, local: string, path: string): Promise<string> {
  if (!(await isRemoteDirectory(client, path))) return path;
  if (local === STDIN) throw new UsageError(`"${path}" is a directory: name the target file for standard input`);
  return `${path.replace(/\/+$/, '')}/${basename(local)}`;
}

const inputOf = (local: string, stats: Stats): Readable =>
  stats.isFile() ? createReadStream(local, { highWaterMark: MIB }) : readSpecialFile(local, stats);

/** Stores a local file. */
export const put = withClient(async ({ client, json, signal }, call: Call<readonly [local: string, path: string], PutFlags>) => {
  const {
    args: [local, path],
    flags,
  } = call;
  const isStdin = local === STDIN;
  const source = isStdin ? null : await stat(local);
  if (source?.isDirectory() === true) throw new Error(`"${local}" is a directory: only files can be put`);
  const target = await targetOf(client, local, path);
  const options: WriteFileOptions = {
    flag: flags.clobber ? 'w' : 'wx',
    ...(flags.replication === undefined ? {} : { replication: flags.replication }),
    ...(flags.chunkSize === undefined ? {} : { chunkSize: flags.chunkSize }),
  };
  const bar = await transferProgress(target, source?.isFile() === true ? source.size : null);
  const input = source === null ? process.stdin : inputOf(local, source);
  const output = client.createWriteStream(target, options);
  const failures: Error[] = [];
  output.on('error', (error) => failures.push(error));
  let length = 0;
  try {
    const count = byteCounter((bytes) => {
      length += bytes;
      bar?.advance(bytes);
    });
    await pipeline(input, count, output, { signal });
  } catch (error) {
    // After the signal, the pipeline's own error says nothing of the file.
    throw failures[0] ?? error;
  } finally {
    bar?.clear();
  }
  if (json) writeLine(JSON.stringify({ path: target, length }));
});
