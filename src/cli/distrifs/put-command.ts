/** `distrifs put`: a local file, or standard input, into the cluster. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { DistriFS, WriteFileOptions } from '../../index.js';
import { MIB } from '../../shared/limits.js';
import { byteCounter } from '../terminal/byte-counter.js';
import { type ClientCommandContext, runWithClient } from './client-command.js';
import { UsageError } from '../terminal/cli-error.js';
import { chunkSizeOption, replicationOption } from './option-parsers.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { isRemoteDirectory } from './remote-directory.js';
import { writeLine } from '../terminal/standard-output.js';

interface PutFlags {
  readonly replication?: number;
  readonly chunkSize?: number;
  /** false with --no-clobber */
  readonly clobber: boolean;
}

const STDIN = '-';

/** The file to write: a directory, or a path that ends in `/`, means a file of the same name inside. */
async function targetOf(client: DistriFS, local: string, path: string): Promise<string> {
  if (!(await isRemoteDirectory(client, path))) return path;
  if (local === STDIN) throw new UsageError(`"${path}" is a directory: name the file that standard input shall become`);
  return `${path.replace(/\/+$/, '')}/${basename(local)}`;
}

async function put(context: ClientCommandContext, local: string, path: string, flags: PutFlags): Promise<void> {
  const { client, json, signal } = context;
  const isStdin = local === STDIN;
  const source = isStdin ? null : await stat(local);
  if (source?.isDirectory() === true) throw new Error(`"${local}" is a directory: only files can be put`);
  const target = await targetOf(client, local, path);
  const options: WriteFileOptions = {
    flag: flags.clobber ? 'w' : 'wx',
    ...(flags.replication === undefined ? {} : { replication: flags.replication }),
    ...(flags.chunkSize === undefined ? {} : { chunkSize: flags.chunkSize }),
  };
  const bar = new ProgressBar(target, source?.isFile() === true ? source.size : null);
  const input = isStdin ? process.stdin : createReadStream(local, { highWaterMark: MIB });
  let length = 0;
  try {
    const count = byteCounter((bytes) => {
      length += bytes;
      bar.advance(bytes);
    });
    await pipeline(input, count, client.createWriteStream(target, options), { signal });
  } finally {
    bar.clear();
  }
  if (json) writeLine(JSON.stringify({ path: target, length }));
}

export function registerPut(program: Command): void {
  program
    .command('put')
    .description('store a local file (or - for standard input); it is visible once it is whole and safe')
    .argument('<local>', 'file to read, or -')
    .argument('<path>', 'where to store it; a directory, or a path ending in /, keeps the name')
    .option('--replication <n>', "copies of each chunk; the cluster's default when left out", replicationOption)
    .option('--chunk-size <size>', "as in 64MiB; the cluster's default when left out", chunkSizeOption)
    .option('--no-clobber', 'fail when the path is taken')
    .action(async (local: string, path: string, flags: PutFlags, command: Command) =>
      runWithClient(command, (context) => put(context, local, path, flags)),
    );
}
