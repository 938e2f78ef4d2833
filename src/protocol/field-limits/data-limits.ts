/** Limits of the headers of data plane frames: proto/distrifs/v1/data.proto. */
import { HOLDER_BYTES_MAX, QUARANTINE_PAGE_MAX, QUARANTINE_VERSIONS_MAX, REPLICATION_MAX } from '../../shared/limits.js';
import { chunkBytes, errorRows } from './common-limits.js';
import { bool, counter, enumOf, id, idOrEmpty, label, list, message, ordinal, term, uint32 } from './field-rows.js';
import type { TablesOf } from './field-rows.js';

export const DATA_LIMITS: TablesOf<
  | 'WriteOpen'
  | 'WriteReady'
  | 'WriteAck'
  | 'WriteCommitted'
  | 'ReadOpen'
  | 'ReadHeader'
  | 'ChecksumOpen'
  | 'ChecksumAnswer'
  | 'QuarantineOpen'
  | 'QuarantineItem'
  | 'QuarantineAnswer'
  | 'ErrorReport'
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
  ChecksumOpen: {
    clusterId: idOrEmpty,
    chunkId: ordinal,
    version: ordinal,
    offsetBytes: chunkBytes,
    lengthBytes: chunkBytes,
    nodeId: id,
  },
  ChecksumAnswer: { crc32: uint32, lengthBytes: chunkBytes, chunkLengthBytes: chunkBytes },
  QuarantineOpen: {
    clusterId: idOrEmpty,
    nodeId: id,
    action: enumOf({ QUARANTINE_ACTION_UNSPECIFIED: false, LIST: true, VERIFY: true, RESTORE: true, PURGE: true }),
    after: idOrEmpty,
    name: idOrEmpty,
  },
  QuarantineItem: {
    name: id,
    chunkId: counter,
    versions: list(counter, QUARANTINE_VERSIONS_MAX),
    hasData: bool,
    dataBytes: counter,
    finding: enumOf({ NOT_VERIFIED: true, MATCHES: true, DIFFERS: true, UNVERIFIABLE: true, RESTORED: true, PURGED: true }),
    badBlocks: counter,
  },
  QuarantineAnswer: { items: list(message('QuarantineItem'), QUARANTINE_PAGE_MAX), hasMore: bool },
};
