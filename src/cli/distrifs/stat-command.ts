/** `distrifs stat`: everything about one file or directory, and where its chunks are. */
import type { Command } from 'commander';
import { formatBytes } from '../../shared/units.js';
import { type ClientCommandContext, runWithClient } from './client-command.js';
import { entryJson, modeDigits, modeLetters } from './ls-command.js';
import { printable, writeLine } from '../terminal/standard-output.js';

async function showStat(context: ClientCommandContext, path: string): Promise<void> {
  const { client, json } = context;
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
  writeLine(`owner        ${entry.owner || '-'}:${entry.group || '-'}`);
  writeLine(`modified     ${entry.mtime.toISOString()}`);
  for (const chunk of chunks) {
    const nodes = chunk.replicas.length === 0 ? 'no live replica' : chunk.replicas.join(', ');
    writeLine(`chunk ${chunk.index}  ${chunk.id}  version ${chunk.version}  ${formatBytes(chunk.length)}  ${nodes}`);
  }
}

export function registerStat(program: Command): void {
  program
    .command('stat')
    .description('show what is known of a file or directory, and where its chunks are')
    .argument('<path>', 'file or directory')
    .action(async (path: string, _flags: unknown, command: Command) =>
      runWithClient(command, (context) => showStat(context, path)),
    );
}
