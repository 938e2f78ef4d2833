/** `distrifs ls`: lists a directory. */
import type { Stats } from '../../client/stats.js';
import { formatBytes } from '../../shared/units.js';
import type { Call } from '../terminal/command-row.js';
import { withClient } from './client-command.js';
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

function longLine(entry: Stats, isHuman: boolean): string {
  const copies = entry.isDirectory() ? '-' : String(entry.replication);
  const owner = printable(`${entry.owner || '-'} ${entry.group || '-'}`);
  const time = entry.mtime.toISOString().slice(0, 16).replace('T', ' ');
  const size = isHuman ? formatBytes(entry.size) : String(entry.size);
  return `${modeLetters(entry)} ${copies.padStart(2)} ${owner} ${size.padStart(12)} ${time} ${printable(entry.name || '/')}`;
}

/** Lists a directory. */
export const list = withClient(async ({ client, json }, { args: [path], flags }: Call<readonly [path: string], ListFlags>) => {
  const target = await client.stat(path);
  const entries = target.isDirectory() ? client.list(path) : [target];
  if (!json) {
    for await (const entry of entries) {
      writeLine(flags.long === true ? longLine(entry, flags.humanReadable === true) : printable(entry.name));
    }
    return;
  }
  // One array, written incrementally: a directory may be larger than memory.
  let lead = '[';
  for await (const entry of entries) {
    process.stdout.write(`${lead}\n  ${JSON.stringify({ name: entry.name, ...entryJson(entry) })}`);
    lead = ',';
  }
  writeLine(lead === '[' ? '[]' : '\n]');
});
