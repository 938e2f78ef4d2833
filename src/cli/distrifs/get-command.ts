/** `distrifs get` and `distrifs cat`: copy files of the cluster to local files or to standard output. */
import { mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Stats } from '../../client/stats.js';
import type { DistriFS } from '../../distri-fs.js';
import type { Call } from '../terminal/command-row.js';
import { UsageError } from '../terminal/usage-error.js';
import { Batch, type Transfer } from './batch/batch.js';
import { expandPath } from './batch/glob-paths.js';
import { LocalDestination } from './batch/local-destination.js';
import { isSingle, remoteSources } from './batch/remote-sources.js';
import { countRemote, walkRemote } from './batch/walk-remote.js';
import { type ClientCommandContext, withClient } from './client-command.js';
import { writingLocally } from './local-file-error.js';
import { statsOf } from './local-target.js';
import { copyBytes } from './transfer/copy-bytes.js';
import { type FetchedFiles, type GetOptions, getTransfer } from './transfer/get-file.js';

const STDOUT = '-';

export interface GetFlags {
  readonly recursive?: boolean;
  readonly preserve?: boolean;
  readonly verify?: boolean;
  readonly resume?: boolean;
  readonly parallel: number;
}

export type GetContext = Omit<ClientCommandContext, 'client'> & { readonly client: FetchedFiles & Pick<DistriFS, 'list'> };

async function toStandardOutput({ client, signal }: GetContext, path: string): Promise<void> {
  await copyBytes(client.createReadStream(path), process.stdout, { signal, end: false, onBytes: () => undefined });
}

/** The last path is the local one, unless it is the only one. */
function sourcesAndLocal(paths: readonly string[]): { readonly sources: readonly string[]; readonly local: string | undefined } {
  if (paths.length === 1) return { sources: paths, local: undefined };
  return { sources: paths.slice(0, -1), local: paths.at(-1) };
}

function checkGet(paths: readonly string[], flags: GetFlags): void {
  const { local } = sourcesAndLocal(paths);
  const { recursive, preserve, verify, resume } = flags;
  if (local !== STDOUT || ![recursive, preserve, verify, resume].includes(true)) return;
  throw new UsageError('-r, -p, --verify and --resume need local files: standard output (-) is none');
}

/** Fetches what the arguments name. */
export async function getFiles(context: GetContext, paths: readonly string[], flags: GetFlags): Promise<void> {
  const { sources, local } = sourcesAndLocal(paths);
  if (local === STDOUT) return showFiles(context, sources);
  const { client } = context;
  const { preserve = false, verify = false, resume = false, recursive = false, parallel } = flags;
  const options: GetOptions = { preserve, verify, resume };
  const found: Stats[] = [];
  const batch = new Batch(context, { parallel, isSingle: isSingle(sources, recursive), count: () => countRemote(client, found) });
  found.push(...(await remoteSources(client, sources, recursive, batch)));
  if (found.length === 0) {
    batch.end();
    return;
  }
  const place = await LocalDestination.of(local, found.length);
  const reporting = { client, signal: context.signal, warn: (text: string) => batch.warn(text) };

  async function* transfers(): AsyncGenerator<Transfer, void, undefined> {
    for (const stats of found) {
      const to = batch.attempt(() => place.pathFor(posix.basename(stats.path), stats.kind));
      if (to === null) continue;
      if (stats.isFile()) yield getTransfer(reporting, stats, to, options);
      else yield* tree(stats, to);
    }
  }
  async function* tree(root: Stats, to: string): AsyncGenerator<Transfer, void, undefined> {
    const enter = async ({ relative }: { readonly relative: string }): Promise<boolean> => {
      const directory = join(to, relative);
      await writingLocally(directory, () => makeLocalDirectory(directory));
      return true;
    };
    for await (const { stats, relative } of walkRemote(client, root, { enter, fail: (error) => batch.fail(error) })) {
      yield getTransfer(reporting, stats, join(to, relative), options);
    }
  }
  await batch.run(transfers());
}

/** Takes an existing directory as it is; its parent must exist. */
async function makeLocalDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!isThere || (await statsOf(path))?.isDirectory() !== true) throw error;
  }
}

async function showFiles(context: GetContext, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    try {
      for (const file of await expandPath(context.client, path)) await toStandardOutput(context, file);
    } catch (error) {
      context.fail(error);
    }
  }
}

type GetCall = Call<readonly [path: string, rest: readonly string[]], GetFlags>;

export const get = withClient(
  (context, { args: [path, rest], flags }: GetCall) => getFiles(context, [path, ...rest], flags),
  ({ args: [path, rest], flags }) => checkGet([path, ...rest], flags),
);

/** Writes files to standard output. */
export const cat = withClient((context, { args: [paths] }: Call<readonly [readonly string[]], object>) =>
  showFiles(context, paths),
);
