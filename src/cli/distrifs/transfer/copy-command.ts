/** `distrifs cp`: copies files and directories within the cluster. */
import { posix } from 'node:path';
import type { Stats } from '../../../client/stats.js';
import type { DistriFS } from '../../../distri-fs.js';
import { MODE_MAX } from '../../../shared/limits.js';
import type { Call } from '../../terminal/command-row.js';
import { Batch, type Transfer } from '../batch/batch.js';
import { makeDirectory } from '../batch/make-directory.js';
import { sourcesAndTarget } from '../batch/path-arguments.js';
import { isSingle, remoteSources } from '../batch/remote-sources.js';
import { RemoteTarget } from '../batch/remote-target.js';
import { countRemote, type RemoteFile, walkRemote } from '../batch/walk-remote.js';
import { type ClientCommandContext, withClient } from '../client-command.js';
import { type WriteFlags, writeOptionsOf } from '../put-command.js';
import { type CopiedFiles, type CopyOptions, copyTransfer } from './copy-file.js';

export type CopyContext = Omit<ClientCommandContext, 'client'> & {
  readonly client: CopiedFiles & Pick<DistriFS, 'stat' | 'list' | 'mkdir'>;
};

/** @throws Error when the copy would be the source, or within it */
function checkPlace({ path, kind }: Stats, target: string): void {
  if (target === path) throw new Error(`"${path}" and "${target}" are the same ${kind}`);
  if (kind === 'directory' && target.startsWith(path === '/' ? path : `${path}/`)) {
    throw new Error(`"${path}" cannot be copied into itself, as "${target}"`);
  }
}

/** Copies what the arguments name. */
export async function copyFiles(context: CopyContext, paths: readonly string[], flags: WriteFlags): Promise<void> {
  const { sources, target } = sourcesAndTarget(paths, ['from', 'to']);
  const { client, signal } = context;
  const { recursive = false, preserve = false, verify = false, parallel } = flags;
  const options: CopyOptions = { write: writeOptionsOf(flags), preserve, verify };
  const found: Stats[] = [];
  const batch = new Batch(context, { parallel, isSingle: isSingle(sources, recursive), count: () => countRemote(client, found) });
  found.push(...(await remoteSources(client, sources, recursive, batch)));
  if (found.length === 0) {
    batch.end();
    return;
  }
  const place = await RemoteTarget.of(client, target, found.length);

  async function* transfers(): AsyncGenerator<Transfer, void, undefined> {
    for (const stats of found) {
      const to = batch.attempt(() => {
        const path = posix.normalize(place.pathFor(posix.basename(stats.path), stats.kind));
        checkPlace(stats, path);
        return path;
      });
      if (to === null) continue;
      if (stats.isFile()) yield copyTransfer(context, stats, to, options);
      else yield* tree(stats, to);
    }
  }
  async function* tree(root: Stats, to: string): AsyncGenerator<Transfer, void, undefined> {
    const pathOf = (relative: string): string => (relative === '' ? to : `${to === '/' ? '' : to}/${relative}`);
    const enter = async ({ relative, stats }: RemoteFile): Promise<boolean> => {
      await makeDirectory(client, pathOf(relative), { ...(preserve ? { mode: stats.mode & MODE_MAX } : {}), signal });
      return true;
    };
    for await (const { stats, relative } of walkRemote(client, root, { enter, fail: (error) => batch.fail(error) })) {
      yield copyTransfer(context, stats, pathOf(relative), options);
    }
  }
  await batch.run(transfers());
}

export const copy = withClient(
  (context, { args: [paths], flags }: Call<readonly [readonly string[]], WriteFlags>) => copyFiles(context, paths, flags),
  ({ args: [paths] }) => sourcesAndTarget(paths, ['from', 'to']),
);
