/** The actions of `distrifs mkdir`, `mv` and `rm`. */
import { posix } from 'node:path';
import { DistriFSError } from '../../client/sdk-error.js';
import type { DistriFS } from '../../distri-fs.js';
import type { Call } from '../terminal/command-row.js';
import { expandPath, NoMatchError } from './batch/glob-paths.js';
import { sourcesAndTarget } from './batch/path-arguments.js';
import { RemoteTarget } from './batch/remote-target.js';
import { type ClientCommandContext, withClient } from './client-command.js';

interface MakeFlags {
  readonly parents?: boolean;
}

interface RemoveFlags {
  readonly recursive?: boolean;
  readonly force?: boolean;
}

type PathsCall<Flags = object> = Call<readonly [readonly string[]], Flags>;
type NamespaceContext<Methods extends keyof DistriFS> = Omit<ClientCommandContext, 'client'> & {
  readonly client: Pick<DistriFS, Methods>;
};

/** Makes directories. */
export const makeDirectories = withClient(async ({ client }, { args: [paths], flags }: PathsCall<MakeFlags>) => {
  for (const path of paths) await client.mkdir(path, { recursive: flags.parents === true });
});

/** Moves or renames files and directories; one that cannot be moved does not keep the others. */
export async function movePaths(
  { client, signal, fail }: NamespaceContext<'stat' | 'list' | 'rename'>,
  paths: readonly string[],
): Promise<void> {
  const { sources, target } = sourcesAndTarget(paths, ['from', 'to']);
  const found: string[] = [];
  for (const source of sources) {
    try {
      found.push(...(await expandPath(client, source)));
    } catch (error) {
      fail(error);
    }
  }
  if (found.length === 0) return;
  const place = await RemoteTarget.of(client, target, found.length);
  for (const from of found) {
    if (signal.aborted) return;
    try {
      await client.rename(from, place.pathFor(posix.basename(from), 'file'));
    } catch (error) {
      fail(error);
    }
  }
}

export const move = withClient(
  (context, { args: [paths] }: PathsCall) => movePaths(context, paths),
  ({ args: [paths] }) => sourcesAndTarget(paths, ['from', 'to']),
);

/** Removes files and directories; one that cannot be removed does not keep the others. */
export async function removePaths(
  { client, warn, fail, signal }: NamespaceContext<'stat' | 'list' | 'rm'>,
  paths: readonly string[],
  { recursive = false, force = false }: RemoveFlags,
): Promise<void> {
  const removeOne = async (path: string): Promise<void> => {
    try {
      await client.rm(path, { recursive, force });
    } catch (error) {
      // The purpose of the command is a free path, and the path is free now.
      if (!(error instanceof DistriFSError && error.dfsCode === 'UNFINISHED_REMOVED')) throw error;
      warn(error.reason);
    }
  };
  for (const path of paths) {
    try {
      for (const each of await expandPath(client, path)) {
        if (signal.aborted) return;
        await removeOne(each).catch(fail);
      }
    } catch (error) {
      if (!(force && error instanceof NoMatchError)) fail(error);
    }
  }
}

export const remove = withClient((context, { args: [paths], flags }: PathsCall<RemoveFlags>) =>
  removePaths(context, paths, flags),
);
