/** The actions of `distrifs mkdir`, `mv` and `rm`. */
import { posix } from 'node:path';
import { DistriFSError } from '../../client/sdk-error.js';
import type { Call } from '../terminal/command-row.js';
import { withClient } from './client-command.js';
import { isRemoteDirectory } from './remote-directory.js';

interface MakeFlags {
  readonly parents?: boolean;
}

interface RemoveFlags {
  readonly recursive?: boolean;
  readonly force?: boolean;
}

/** Makes directories. */
export const makeDirectories = withClient(
  async ({ client }, { args: [paths], flags }: Call<readonly [readonly string[]], MakeFlags>) => {
    for (const path of paths) await client.mkdir(path, { recursive: flags.parents === true });
  },
);

/** Moves or renames a file or directory. */
export const move = withClient(async ({ client }, { args: [from, to] }: Call<readonly [from: string, to: string], object>) => {
  const keepsName = await isRemoteDirectory(client, to);
  await client.rename(from, keepsName ? posix.join(to, posix.basename(from)) : to);
});

/** Removes files and directories. */
export const remove = withClient(
  async ({ client, warn }, { args: [paths], flags }: Call<readonly [readonly string[]], RemoveFlags>) => {
    for (const path of paths) {
      try {
        await client.rm(path, { recursive: flags.recursive === true, force: flags.force === true });
      } catch (error) {
        // The purpose of the command is a free path, and the path is free now.
        if (!(error instanceof DistriFSError && error.dfsCode === 'UNFINISHED_REMOVED')) throw error;
        warn(error.reason);
      }
    }
  },
);
