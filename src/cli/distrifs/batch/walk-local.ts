/** The regular files below a directory of this machine, one after the other: only the directories on the way are open. */
import type { Stats } from 'node:fs';
import { lstat, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface LocalFile {
  readonly path: string;
  /** Below the root of the walk, with `/`. */
  readonly relative: string;
  /** Of the file that a link leads to. */
  readonly stats: Stats;
}

export interface LocalWalk {
  /** What to do with symbolic links below the root. */
  readonly symlinks: 'follow' | 'skip';
  /** Called before the contents of a directory, the root's too (relative path ''). False: they are skipped. */
  readonly enter: (directory: LocalFile) => Promise<boolean>;
  /** Called for a link that is skipped. */
  readonly skip: (text: string) => void;
  /** Called for what cannot be read, is no regular file, or leads in a circle; the walk goes on beside it. */
  readonly fail: (error: unknown) => void;
}

/** A walk that only counts. */
export const COUNTING: Omit<LocalWalk, 'symlinks'> = {
  enter: () => Promise.resolve(true),
  skip: () => undefined,
  fail: () => undefined,
};

/** A file that is neither a regular one nor a directory. */
class SpecialFileError extends Error {
  override readonly name = 'SpecialFileError';

  constructor({ path, stats }: Pick<LocalFile, 'path' | 'stats'>) {
    const kind = stats.isFIFO() ? 'fifo' : stats.isSocket() ? 'socket' : 'device';
    super(`"${path}" is a ${kind}: only regular files are taken from a directory`);
  }
}

/** @param root a directory. Never throws for what is below it */
export async function* walkLocal(root: LocalFile, walk: LocalWalk): AsyncGenerator<LocalFile, void, undefined> {
  yield* contentsOf(root, [], walk);
}

async function* contentsOf(
  directory: LocalFile,
  above: readonly Stats[],
  walk: LocalWalk,
): AsyncGenerator<LocalFile, void, undefined> {
  const { path, relative, stats } = directory;
  if (above.some(({ dev, ino }) => dev === stats.dev && ino === stats.ino)) {
    walk.fail(new Error(`"${path}" leads back to a directory above it: a loop of symbolic links`));
    return;
  }
  try {
    if (!(await walk.enter(directory))) return;
    for await (const { name } of await opendir(path)) {
      const at = { path: join(path, name), relative: relative === '' ? name : `${relative}/${name}` };
      const entry = await entryOf(at, walk);
      if (entry === null) continue;
      if (entry.stats.isDirectory()) yield* contentsOf(entry, [...above, stats], walk);
      else if (entry.stats.isFile()) yield entry;
      else walk.fail(new SpecialFileError(entry));
    }
  } catch (error) {
    walk.fail(error);
  }
}

/** Null for a link that is skipped, and for what cannot be read. */
async function entryOf(at: Omit<LocalFile, 'stats'>, walk: LocalWalk): Promise<LocalFile | null> {
  try {
    const stats = await lstat(at.path);
    if (!stats.isSymbolicLink()) return { ...at, stats };
    if (walk.symlinks === 'follow') return { ...at, stats: await stat(at.path) };
    walk.skip(`"${at.path}" is a symbolic link: skipped`);
  } catch (error) {
    walk.fail(error);
  }
  return null;
}
