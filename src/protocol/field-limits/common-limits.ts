/** Limits of the messages that more than one service shares: proto/distrifs/v1/common.proto. */
import {
  CHUNK_BYTES_MAX,
  ANSWERED_NODES_MAX,
  DISK_PROBLEM_BYTES_MAX,
  ERROR_MESSAGE_BYTES_MAX,
  MODE_MAX,
  NAME_BYTES_MAX,
  REPLICATION_MAX,
  RPC_MESSAGE_BYTES_MAX,
} from '../../shared/limits.js';
import {
  address,
  addressOrEmpty,
  bool,
  counter,
  enumOf,
  id,
  idOrEmpty,
  integer,
  list,
  message,
  optional,
  ordinal,
  text,
  uint32,
} from './field-rows.js';
import type { StringRow, TablesOf } from './field-rows.js';

/** The path of an existing file: after a move of a directory above it, the path can be longer than a path in a request may be. */
export const answeredPath = text(RPC_MESSAGE_BYTES_MAX);
/** The owner or group of a file. */
export const principal: StringRow = text(NAME_BYTES_MAX);
export const mode = integer(0, MODE_MAX);
export const chunkBytes = integer(0, CHUNK_BYTES_MAX);
/** 0: the cluster's default. */
export const replication = integer(0, REPLICATION_MAX);

/** What all errors have. */
export const errorRows = {
  code: idOrEmpty,
  message: text(ERROR_MESSAGE_BYTES_MAX),
  retriable: bool,
  nodeId: idOrEmpty,
  leaderHint: addressOrEmpty,
};

export const COMMON_LIMITS: TablesOf<
  'MutationHeader' | 'NodeAddress' | 'ErrorDetail' | 'StreamTaken' | 'FileInfo' | 'ChunkLocation' | 'NodeStats' | 'DiskStatus'
> = {
  StreamTaken: { messages: counter },
  MutationHeader: { clusterId: idOrEmpty, sessionId: counter, sequence: counter, ackedBelow: counter },
  NodeAddress: { nodeId: id, address },
  ErrorDetail: errorRows,
  FileInfo: {
    fileId: counter,
    path: answeredPath,
    name: text(NAME_BYTES_MAX),
    kind: enumOf({ FILE_KIND_UNSPECIFIED: true, FILE: true, DIRECTORY: true }),
    lengthBytes: counter,
    replication,
    chunkSizeBytes: chunkBytes,
    chunkCount: counter,
    owner: principal,
    group: principal,
    mode,
    modifiedMs: counter,
    createdMs: counter,
  },
  ChunkLocation: {
    chunkId: ordinal,
    chunkUuid: idOrEmpty,
    index: counter,
    version: counter,
    lengthBytes: chunkBytes,
    replicas: list(message('NodeAddress'), ANSWERED_NODES_MAX),
  },
  NodeStats: {
    capacityBytes: counter,
    usedBytes: counter,
    freeBytes: counter,
    chunkCount: counter,
    activeWrites: uint32,
    activeReads: uint32,
    disk: optional('DiskStatus'),
  },
  DiskStatus: {
    state: enumOf({ WRITABLE: true, READ_ONLY: true, FAILING: true }),
    problem: text(DISK_PROBLEM_BYTES_MAX),
    diskId: idOrEmpty,
    totalBytes: counter,
    freeBytes: counter,
  },
};
