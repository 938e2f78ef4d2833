/** Converts the options of the SDK's calls into those of the parts of the client. */
import type { WriteFileOptions } from './client-options.js';
import type { CallOptions } from './session/master-client.js';
import type { FileWriterOptions } from './write/file-writer.js';

export const callOptions = (signal: AbortSignal | undefined): CallOptions => (signal === undefined ? {} : { signal });

export function writerOptions({ flag, replication, chunkSize, mode, signal }: WriteFileOptions): FileWriterOptions {
  return {
    exclusive: flag === 'wx',
    ...(replication === undefined ? {} : { replication }),
    ...(chunkSize === undefined ? {} : { chunkSizeBytes: chunkSize }),
    ...(mode === undefined ? {} : { mode }),
    ...callOptions(signal),
  };
}
