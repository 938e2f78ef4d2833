/** The files below a directory of the cluster, one after the other. */
import type { Stats } from '../../../client/stats.js';
import type { DistriFS } from '../../../distri-fs.js';

export interface RemoteFile {
  readonly stats: Stats;
  /** Below the root of the walk. */
  readonly relative: string;
}

export interface RemoteWalk {
  /** Called before the contents of a directory, the root's too (relative path ''). False: they are skipped. */
  readonly enter: (directory: RemoteFile) => Promise<boolean>;
  /** Called for what cannot be listed; the walk goes on beside it. */
  readonly fail: (error: unknown) => void;
}

/** A walk that only counts. */
const COUNTING: RemoteWalk = { enter: () => Promise.resolve(true), fail: () => undefined };

/** A name that is one step down: never '..', whatever a master answers. */
const isName = (name: string): boolean => name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);

/** @param root a directory. Never throws for what is below it */
export async function* walkRemote(
  client: Pick<DistriFS, 'list'>,
  root: Stats,
  walk: RemoteWalk,
): AsyncGenerator<RemoteFile, void, undefined> {
  yield* contentsOf(client, { stats: root, relative: '' }, walk);
}

/** The sizes of all files among `roots`, and below the directories among them. */
export async function* countRemote(
  client: Pick<DistriFS, 'list'>,
  roots: readonly Stats[],
): AsyncGenerator<{ readonly bytes: number }, void, undefined> {
  for (const root of roots) {
    if (root.isFile()) yield { bytes: root.size };
    else for await (const { stats } of walkRemote(client, root, COUNTING)) yield { bytes: stats.size };
  }
}

async function* contentsOf(
  client: Pick<DistriFS, 'list'>,
  directory: RemoteFile,
  walk: RemoteWalk,
): AsyncGenerator<RemoteFile, void, undefined> {
  const { relative } = directory;
  try {
    if (!(await walk.enter(directory))) return;
    for await (const stats of client.list(directory.stats.path)) {
      const { name } = stats;
      if (!isName(name)) {
        walk.fail(new Error(`"${stats.path}": "${name}" is not the name of a file`));
        continue;
      }
      const entry = { stats, relative: relative === '' ? name : `${relative}/${name}` };
      if (stats.isDirectory()) yield* contentsOf(client, entry, walk);
      else yield entry;
    }
  } catch (error) {
    walk.fail(error);
  }
}
