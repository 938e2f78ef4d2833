/** Limits of the headers of data plane frames: proto/distrifs/v1/data.proto. */
import { HOLDER_BYTES_MAX, REPLICATION_MAX } from '../../shared/limits.js';
import { chunkBytes, errorRows } from './common-limits.js';
import { counter, enumOf, id, idOrEmpty, label, list, message, ordinal, term } from './field-rows.js';
import type { TablesOf } from './field-rows.js';

export const DATA_LIMITS: TablesOf<
  'WriteOpen' | 'WriteReady' | 'WriteAck' | 'WriteCommitted' | 'ReadOpen' | 'ReadHeader' | 'ErrorReport'
> = {
  WriteOpen: {
    clusterId: idOrEmpty,
    chunkId: ordinal,
    version: ordinal,
    term,
    purpose: enumOf({ WRITE_PURPOSE_UNSPECIFIED: false, CLIENT_WRITE: true, REPAIR: true }),
    reserveBytes: chunkBytes,
    nodeId: id,
    downstream: list(message('NodeAddress'), REPLICATION_MAX - 1),
  },
  WriteReady: { nodeIds: list(id, REPLICATION_MAX) },
  WriteAck: { receivedBytes: chunkBytes, steps: counter },
  WriteCommitted: { nodeIds: list(id, REPLICATION_MAX), lengthBytes: chunkBytes },
  ReadOpen: {
    clusterId: idOrEmpty,
    chunkId: ordinal,
    version: ordinal,
    offsetBytes: chunkBytes,
    lengthBytes: chunkBytes,
    nodeId: id,
  },
  ErrorReport: { ...errorRows, holder: label(HOLDER_BYTES_MAX), freeAfterMs: counter },
  ReadHeader: { chunkLengthBytes: chunkBytes, firstOffsetBytes: chunkBytes, lengthBytes: chunkBytes },
};
