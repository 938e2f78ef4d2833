/** `distrifs get` and `distrifs cat`: copy files of the cluster to a local file or to standard output. */
import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { byteCounter } from '../terminal/byte-counter.js';
import type { Call } from '../terminal/command-row.js';
import { type ClientCommandContext, withClient } from './client-command.js';
import { writingLocally } from './local-file-error.js';
import { localPathOf, openLocalTarget } from './local-target.js';
import { transferProgress } from '../terminal/transfer-progress.js';
import { writeLine } from '../terminal/standard-output.js';

const STDOUT = '-';

async function toStandardOutput(context: ClientCommandContext, path: string): Promise<void> {
  await pipeline(context.client.createReadStream(path), process.stdout, { signal: context.signal, end: false });
}

/** @returns number of bytes */
async function copy({ client, signal }: ClientCommandContext, path: string, local: string): Promise<number> {
  const { size } = await client.stat(path);
  const bar = await transferProgress(path, size);
  const target = await openLocalTarget(local, signal);
  let length = 0;
  try {
    const count = byteCounter((bytes) => {
      length += bytes;
      bar?.advance(bytes);
    });
    await pipeline(client.createReadStream(path), count, target.sink, { signal, end: target.endsSink });
    await target.commit();
  } catch (error) {
    await target.discard();
    throw error;
  } finally {
    bar?.clear();
  }
  return length;
}

/** Downloads a file. */
export const get = withClient(
  async (context, { args: [path, local] }: Call<readonly [path: string, local: string | undefined], object>) => {
    if (local === STDOUT) return toStandardOutput(context, path);
    const target = await localPathOf(posix.basename(path), local);
    const length = await writingLocally(target, () => copy(context, path, target));
    if (context.json) writeLine(JSON.stringify({ path, local: target, length }));
  },
);

/** Writes files to standard output. */
export const cat = withClient(async (context, { args: [paths] }: Call<readonly [readonly string[]], object>) => {
  for (const path of paths) await toStandardOutput(context, path);
});
