/** `distrifs put`: stores local files and directories, or standard input, in the cluster. */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { WriteFileOptions } from '../../client/client-options.js';
import type { DistriFS } from '../../distri-fs.js';
import { MODE_MAX } from '../../shared/limits.js';
import type { Call } from '../terminal/command-row.js';
import { UsageError } from '../terminal/usage-error.js';
import { Batch, type Transfer } from './batch/batch.js';
import { makeDirectory } from './batch/make-directory.js';
import { sourcesAndTarget } from './batch/path-arguments.js';
import { RemoteTarget } from './batch/remote-target.js';
import { COUNTING, type LocalFile, type LocalWalk, walkLocal } from './batch/walk-local.js';
import { type ClientCommandContext, withClient } from './client-command.js';
import { type PutOptions, putTransfer } from './transfer/put-file.js';

/** Options of commands that write files. */
export interface WriteFlags {
  readonly replication?: number;
  readonly chunkSize?: number;
  /** false with --no-clobber */
  readonly clobber: boolean;
  readonly recursive?: boolean;
  readonly preserve?: boolean;
  readonly verify?: boolean;
  readonly parallel: number;
}

export interface PutFlags extends WriteFlags {
  readonly symlinks: LocalWalk['symlinks'];
}

export type PutContext = Omit<ClientCommandContext, 'client'> & {
  readonly client: Pick<DistriFS, 'stat' | 'mkdir' | 'createWriteStream' | 'writeFile' | 'checksum'>;
};

const STDIN = '-';

/** What `--replication`, `--chunk-size` and `--no-clobber` mean for a file. */
export const writeOptionsOf = ({ clobber, replication, chunkSize }: WriteFlags): WriteFileOptions => ({
  flag: clobber ? 'w' : 'wx',
  ...(replication === undefined ? {} : { replication }),
  ...(chunkSize === undefined ? {} : { chunkSize }),
});

/** The name that a local path gives to its copy; '' for `.` and `..`, whose contents are copied. */
const nameOf = (path: string): string => (/(^|\/)\.\.?\/*$/.test(path) ? '' : basename(resolve(path)));

function checkPut(paths: readonly string[]): void {
  const { sources } = sourcesAndTarget(paths, ['local', 'path']);
  if (sources.length > 1 && sources.includes(STDIN)) throw new UsageError('standard input (-) can only be put alone');
}

/** The sources that are there. A source of null stats is standard input. */
async function foundSources(sources: readonly string[], { recursive = false }: PutFlags, batch: Batch) {
  const found: { readonly path: string; readonly stats: LocalFile['stats'] | null }[] = [];
  for (const path of sources) {
    try {
      const stats = path === STDIN ? null : await stat(path);
      if (stats?.isDirectory() === true && !recursive) throw new Error(`"${path}" is a directory: use -r`);
      found.push({ path, stats });
    } catch (error) {
      batch.fail(error);
    }
  }
  return found;
}

/** Stores what the arguments name. */
export async function putFiles(context: PutContext, paths: readonly string[], flags: PutFlags): Promise<void> {
  const { sources, target } = sourcesAndTarget(paths, ['local', 'path']);
  const { client, signal } = context;
  const { preserve = false, verify = false, parallel, symlinks } = flags;
  const options: PutOptions = { write: writeOptionsOf(flags), preserve, verify };
  const directories: LocalFile[] = [];
  async function* count() {
    for (const { stats } of found) if (stats?.isFile() === true) yield { bytes: stats.size };
    for (const root of directories) {
      for await (const { stats } of walkLocal(root, { ...COUNTING, symlinks })) yield { bytes: stats.size };
    }
  }
  const isSingle = sources.length === 1 && flags.recursive !== true;
  const batch = new Batch(context, { parallel, isSingle, count });
  const found = await foundSources(sources, flags, batch);
  if (found.length === 0) {
    batch.end();
    return;
  }
  for (const { path, stats } of found) if (stats?.isDirectory() === true) directories.push({ path, stats, relative: '' });
  const place = await RemoteTarget.of(client, target, sources.length);

  async function* transfers(): AsyncGenerator<Transfer, void, undefined> {
    for (const source of found) {
      const { path, stats } = source;
      const kind = stats?.isDirectory() === true ? 'directory' : 'file';
      const to = batch.attempt(() => place.pathFor(stats === null ? null : nameOf(path), kind));
      if (to === null) continue;
      if (stats === null || kind === 'file') yield putTransfer(context, source, to, options);
      else yield* tree({ path, stats, relative: '' }, to);
    }
  }
  async function* tree(root: LocalFile, to: string): AsyncGenerator<Transfer, void, undefined> {
    const pathOf = (relative: string): string => (relative === '' ? to : `${to === '/' ? '' : to}/${relative}`);
    const enter = async ({ relative, stats }: LocalFile): Promise<boolean> => {
      const mode = preserve ? { mode: stats.mode & MODE_MAX } : {};
      await makeDirectory(client, pathOf(relative), { ...mode, signal });
      return true;
    };
    const walk = { symlinks, enter, skip: (text: string) => batch.skip(text), fail: (error: unknown) => batch.fail(error) };
    for await (const file of walkLocal(root, walk)) {
      yield putTransfer(context, file, pathOf(file.relative), options);
    }
  }
  await batch.run(transfers());
}

type PutCall = Call<readonly [local: string, rest: readonly string[]], PutFlags>;

export const put = withClient(
  (context, { args: [local, rest], flags }: PutCall) => putFiles(context, [local, ...rest], flags),
  ({ args: [local, rest] }) => checkPut([local, ...rest]),
);
