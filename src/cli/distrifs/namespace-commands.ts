/** `distrifs mkdir`, `mv` and `rm`. */
import { posix } from 'node:path';
import type { Command } from 'commander';
import { runWithClient } from './client-command.js';
import { isRemoteDirectory } from './remote-directory.js';

interface RemoveFlags {
  readonly recursive?: boolean;
  readonly force?: boolean;
}

export function registerNamespaceCommands(program: Command): void {
  program
    .command('mkdir')
    .description('make directories')
    .argument('<path...>', 'directories to make')
    .option('-p, --parents', 'make missing parents; an existing directory is fine')
    .action(async (paths: string[], flags: { readonly parents?: boolean }, command: Command) =>
      runWithClient(command, async ({ client }) => {
        for (const path of paths) await client.mkdir(path, { recursive: flags.parents === true });
      }),
    );
  program
    .command('mv')
    .description('move or rename')
    .argument('<from>', 'file or directory')
    .argument('<to>', 'new path; an existing directory keeps the name')
    .action(async (from: string, to: string, _flags: unknown, command: Command) =>
      runWithClient(command, async ({ client }) => {
        const keepsName = await isRemoteDirectory(client, to);
        await client.rename(from, keepsName ? posix.join(to, posix.basename(from)) : to);
      }),
    );
  program
    .command('rm')
    .description('remove files')
    .argument('<path...>', 'files, and with -r directories')
    .option('-r, --recursive', 'directories, with all that is in them')
    .option('-f, --force', 'missing ones are fine')
    .action(async (paths: string[], flags: RemoveFlags, command: Command) =>
      runWithClient(command, async ({ client }) => {
        for (const path of paths) await client.rm(path, { recursive: flags.recursive === true, force: flags.force === true });
      }),
    );
}
