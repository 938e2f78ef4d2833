/** `distrifs stat`: shows the attributes of a file or directory, and the locations of its chunks. */
import { formatBytes } from '../../shared/units.js';
import type { Call } from '../terminal/command-row.js';
import { withClient } from './client-command.js';
import { entryJson, modeDigits, modeLetters } from './ls-command.js';
import { printable, writeLine } from '../terminal/standard-output.js';

/** Shows the attributes of a file or directory. */
export const showStat = withClient(async ({ client, json }, { args: [path] }: Call<readonly [path: string], object>) => {
  const entry = await client.stat(path);
  const chunks = entry.isFile() ? await client.locate(path) : [];
  if (json) {
    writeLine(JSON.stringify({ ...entryJson(entry), chunks }, null, 2));
    return;
  }
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
});
