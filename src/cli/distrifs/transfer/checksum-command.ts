/** `distrifs checksum`: shows the CRC32 of files, from what the datanodes have recorded. */
import type { ChunkChecksum } from '../../../client/read/chunk-checksum.js';
import type { DistriFS } from '../../../distri-fs.js';
import type { Call } from '../../terminal/command-row.js';
import { printable, writeLine } from '../../terminal/standard-output.js';
import { remoteSources } from '../batch/remote-sources.js';
import { type ClientCommandContext, withClient } from '../client-command.js';
import { crc32Digits } from './file-crc32.js';
import { differenceText } from './verify-copy.js';

type ChecksumContext = Omit<ClientCommandContext, 'client'> & {
  readonly client: Pick<DistriFS, 'stat' | 'list' | 'checksum'>;
};

/** A differing chunk as JSON. */
const differenceJson = ({ index, offset, length, replicas }: ChunkChecksum): object => ({
  index,
  offset,
  length,
  replicas: replicas.map(({ node, crc32 }) => ({ node, crc32: crc32Digits(crc32) })),
});

/** Shows the checksums; a file whose replicas differ is a failure. */
export async function showChecksums(context: ChecksumContext, paths: readonly string[]): Promise<void> {
  const { client, json, signal, fail } = context;
  const sources = await remoteSources(client, paths, false, { fail });
  for (const { path } of sources) {
    if (signal.aborted) return;
    try {
      const found = await client.checksum(path, { signal });
      const { crc32, length, chunks, compared, differences } = found;
      const digits = crc32 === null ? null : crc32Digits(crc32);
      if (json)
        writeLine(
          JSON.stringify({ path, crc32: digits, length, chunks, compared, differences: differences.map(differenceJson) }),
        );
      else if (digits !== null) writeLine(`${digits}  ${printable(path)}`);
      if (digits === null) fail(new Error(differenceText(found)));
    } catch (error) {
      fail(error);
    }
  }
}

export const checksum = withClient((context, { args: [paths] }: Call<readonly [readonly string[]], object>) =>
  showChecksums(context, paths),
);
