/** `distrifs get` and `distrifs cat`: copy files of the cluster to a local file or to standard output. */
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { byteCounter } from '../terminal/byte-counter.js';
import type { Call } from '../terminal/command-row.js';
import { type ClientCommandContext, withClient } from './client-command.js';
import { transferProgress } from '../terminal/transfer-progress.js';
import { writeLine } from '../terminal/standard-output.js';

const STDOUT = '-';

async function toStandardOutput(context: ClientCommandContext, path: string): Promise<void> {
  await pipeline(context.client.createReadStream(path), process.stdout, { signal: context.signal, end: false });
}

/** The local target; in a directory the file keeps its name. */
async function localTarget(path: string, local: string | undefined): Promise<string> {
  const name = posix.basename(path);
  if (local === undefined) return name;
  const isDirectory = (await stat(local).catch(() => null))?.isDirectory() === true;
  return isDirectory ? join(local, name) : local;
}

/** Downloads a file. */
export const get = withClient(
  async (context, { args: [path, local] }: Call<readonly [path: string, local: string | undefined], object>) => {
    if (local === STDOUT) return toStandardOutput(context, path);
    const { client, json, signal } = context;
    const target = await localTarget(path, local);
    const { size } = await client.stat(path);
    // The temporary file is beside the target, so that the rename is on one file system and readers never see a partial file.
    const partial = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
    const bar = await transferProgress(path, size);
    let length = 0;
    try {
      const count = byteCounter((bytes) => {
        length += bytes;
        bar?.advance(bytes);
      });
      await pipeline(client.createReadStream(path), count, createWriteStream(partial, { flags: 'wx' }), { signal });
      await rename(partial, target);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    } finally {
      bar?.clear();
    }
    if (json) writeLine(JSON.stringify({ path, local: target, length }));
  },
);

/** Writes files to standard output. */
export const cat = withClient(async (context, { args: [paths] }: Call<readonly [readonly string[]], object>) => {
  for (const path of paths) await toStandardOutput(context, path);
});
