/** `distrifs ls`: lists directories and files. */
import type { Stats } from '../../client/stats.js';
import type { DistriFS } from '../../distri-fs.js';
import { formatBytes } from '../../shared/units.js';
import type { Call } from '../terminal/command-row.js';
import { isPattern } from './batch/glob-paths.js';
import { remoteSources } from './batch/remote-sources.js';
import { type ClientCommandContext, withClient } from './client-command.js';
import { printable, writeLine } from '../terminal/standard-output.js';

interface ListFlags {
  readonly long?: boolean;
  readonly humanReadable?: boolean;
}

/** A file or directory as JSON; `stat --json` adds its chunks. */
export function entryJson(entry: Stats): Record<string, unknown> {
  return {
    path: entry.path,
    kind: entry.kind,
    length: entry.size,
    replication: entry.replication,
    chunkSize: entry.chunkSize,
    mode: modeDigits(entry),
    owner: entry.owner,
    group: entry.group,
    modified: entry.mtime.toISOString(),
  };
}

/** `0644` */
export function modeDigits(entry: Stats): string {
  return (entry.mode & 0o7777).toString(8).padStart(4, '0');
}

/** `-rw-r--r--` */
export function modeLetters(entry: Stats): string {
  const bits = Array.from('rwxrwxrwx', (letter, i) => ((entry.mode >> (8 - i)) & 1 ? letter : '-'));
  return `${entry.isDirectory() ? 'd' : '-'}${bits.join('')}`;
}

function longLine(entry: Stats, name: string, isHuman: boolean): string {
  const copies = entry.isDirectory() ? '-' : String(entry.replication);
  const owner = printable(`${entry.owner || '-'} ${entry.group || '-'}`);
  const time = entry.mtime.toISOString().slice(0, 16).replace('T', ' ');
  const size = isHuman ? formatBytes(entry.size) : String(entry.size);
  return `${modeLetters(entry)} ${copies.padStart(2)} ${owner} ${size.padStart(12)} ${time} ${printable(name || '/')}`;
}

type ListContext = Omit<ClientCommandContext, 'client'> & { readonly client: Pick<DistriFS, 'stat' | 'list'> };

/** Lists directories and files: with several arguments or a pattern as `ls` does, files first, then each directory under its path. */
export async function listPaths(context: ListContext, paths: readonly string[], flags: ListFlags): Promise<void> {
  const { client, json } = context;
  const named = paths.length === 0 ? ['/'] : paths;
  const found = await remoteSources(client, named, true, context);
  const [files, directories] = [found.filter((entry) => entry.isFile()), found.filter((entry) => entry.isDirectory())];
  if (json) return listAsJson(context, [...files, ...directories]);
  const lineOf = (entry: Stats, name: string): string =>
    flags.long === true ? longLine(entry, name, flags.humanReadable === true) : printable(name);
  const isSingle = named.length === 1 && !named.some(isPattern);
  for (const file of files) writeLine(lineOf(file, isSingle ? file.name : file.path));
  for (const [at, directory] of directories.entries()) {
    if (!isSingle) writeLine(`${at + files.length === 0 ? '' : '\n'}${printable(directory.path)}:`);
    for await (const entry of client.list(directory.path)) writeLine(lineOf(entry, entry.name));
  }
}

/** One array, written incrementally: a directory may be larger than memory. */
async function listAsJson({ client }: ListContext, found: readonly Stats[]): Promise<void> {
  let lead = '[';
  for (const each of found) {
    for await (const entry of each.isDirectory() ? client.list(each.path) : [each]) {
      process.stdout.write(`${lead}\n  ${JSON.stringify({ name: entry.name, ...entryJson(entry) })}`);
      lead = ',';
    }
  }
  writeLine(lead === '[' ? '[]' : '\n]');
}

export const list = withClient((context, { args: [paths], flags }: Call<readonly [readonly string[]], ListFlags>) =>
  listPaths(context, paths, flags),
);
