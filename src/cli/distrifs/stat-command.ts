/** `distrifs stat`: shows the attributes of a file or directory, and the locations of its chunks. */
import type { LocatedChunk } from '../../client/client-options.js';
import type { Stats } from '../../client/stats.js';
import type { DistriFS } from '../../distri-fs.js';
import { formatBytes } from '../../shared/units.js';
import type { Call } from '../terminal/command-row.js';
import { isPattern } from './batch/glob-paths.js';
import { remoteSources } from './batch/remote-sources.js';
import { type ClientCommandContext, withClient } from './client-command.js';
import { entryJson, modeDigits, modeLetters } from './ls-command.js';
import { printable, writeLine } from '../terminal/standard-output.js';

type StatContext = Omit<ClientCommandContext, 'client'> & { readonly client: Pick<DistriFS, 'stat' | 'list' | 'locate'> };

/** Shows attributes: with --json one object, or an array for several paths or a pattern. */
export async function showStats(context: StatContext, paths: readonly string[]): Promise<void> {
  const { client, json, fail } = context;
  const found = await remoteSources(client, paths, true, context);
  const shown: object[] = [];
  for (const [at, entry] of found.entries()) {
    try {
      const chunks = entry.isFile() ? await client.locate(entry.path) : [];
      if (json) shown.push({ ...entryJson(entry), chunks });
      else {
        if (at > 0) writeLine('');
        showOne(entry, chunks);
      }
    } catch (error) {
      fail(error);
    }
  }
  if (!json) return;
  const isSingle = paths.length === 1 && !paths.some(isPattern);
  for (const value of isSingle ? shown : [shown]) writeLine(JSON.stringify(value, null, 2));
}

export const showStat = withClient((context, { args: [paths] }: Call<readonly [readonly string[]], object>) =>
  showStats(context, paths),
);

function showOne(entry: Stats, chunks: readonly LocatedChunk[]): void {
  writeLine(`path         ${printable(entry.path)}`);
  writeLine(`kind         ${entry.kind}`);
  if (entry.isFile()) {
    writeLine(`length       ${entry.size} (${formatBytes(entry.size)})`);
    writeLine(`replication  ${entry.replication}`);
    writeLine(`chunk size   ${formatBytes(entry.chunkSize)}`);
  }
  writeLine(`mode         ${modeDigits(entry)} (${modeLetters(entry)})`);
  writeLine(`owner        ${printable(`${entry.owner || '-'}:${entry.group || '-'}`)}`);
  writeLine(`modified     ${entry.mtime.toISOString()}`);
  for (const chunk of chunks) {
    const nodes = chunk.replicas.length === 0 ? 'no live replica' : printable(chunk.replicas.join(', '));
    writeLine(`chunk ${chunk.index}  ${chunk.id}  version ${chunk.version}  ${formatBytes(chunk.length)}  ${nodes}`);
  }
}
