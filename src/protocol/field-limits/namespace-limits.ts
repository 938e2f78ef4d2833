/** Limits of the requests of clients to a master, and of its answers: proto/distrifs/v1/namespace.proto. */
import {
  CLIENT_NAME_BYTES_MAX,
  COUNTER_MAX,
  ERROR_MESSAGE_BYTES_MAX,
  EXCLUDED_NODES_MAX,
  LIST_PAGE_MAX,
  LOCATION_PAGE_MAX,
  NAME_BYTES_MAX,
  REPLICATION_MAX,
} from '../../shared/limits.js';
import { chunkBytes, mode, principal, replication } from './common-limits.js';
import {
  bool,
  counter,
  id,
  idOrEmpty,
  integer,
  label,
  list,
  message,
  optional,
  path,
  term,
  text,
  timerMs,
  uint32,
} from './field-rows.js';
import type { TablesOf } from './field-rows.js';

/** A handler reports an absent header: its error names session and sequence. */
const header = optional('MutationHeader');

type Requests =
  | 'OpenSessionRequest'
  | 'RenewSessionRequest'
  | 'CloseSessionRequest'
  | 'CreateFileRequest'
  | 'FirstChunk'
  | 'AssignChunkRequest'
  | 'CommitVersionRequest'
  | 'CompleteFileRequest'
  | 'WrittenChunk'
  | 'AbandonFileRequest'
  | 'GetChunkLocationRequest'
  | 'GetFileInfoRequest'
  | 'ListDirectoryRequest'
  | 'MakeDirectoryRequest'
  | 'RenameRequest'
  | 'DeleteRequest'
  | 'ReportBadReplicaRequest';

const REQUESTS: TablesOf<Requests> = {
  OpenSessionRequest: { clientName: label(CLIENT_NAME_BYTES_MAX) },
  RenewSessionRequest: { clusterId: idOrEmpty, sessionId: counter },
  CloseSessionRequest: { clusterId: idOrEmpty, sessionId: counter },
  CreateFileRequest: {
    header,
    path,
    replication,
    chunkSizeBytes: chunkBytes,
    overwrite: bool,
    owner: principal,
    group: principal,
    mode,
    firstChunk: optional('FirstChunk'),
  },
  FirstChunk: { localNodeId: idOrEmpty, expectedBytes: counter },
  AssignChunkRequest: {
    header,
    fileId: counter,
    index: counter,
    excludedNodeIds: list(id, EXCLUDED_NODES_MAX),
    localNodeId: idOrEmpty,
    expectedBytes: counter,
  },
  CommitVersionRequest: {
    header,
    fileId: counter,
    chunkId: counter,
    fromVersion: counter,
    toVersion: counter,
    lengthBytes: chunkBytes,
    nodeIds: list(id, REPLICATION_MAX),
  },
  CompleteFileRequest: {
    header,
    fileId: counter,
    lengthBytes: counter,
    chunkCount: counter,
    onlyChunk: optional('WrittenChunk'),
  },
  WrittenChunk: { chunkId: counter, fromVersion: counter, toVersion: counter, nodeIds: list(id, REPLICATION_MAX) },
  AbandonFileRequest: { header, fileId: counter },
  // The sum of index and count is calculated.
  GetChunkLocationRequest: { path, fileId: counter, firstIndex: integer(0, COUNTER_MAX - 0xffff_ffff), maxChunks: uint32 },
  GetFileInfoRequest: { path },
  ListDirectoryRequest: { path, startAfter: { ...text(NAME_BYTES_MAX), tooLong: 'NAME_TOO_LONG' }, limit: uint32 },
  MakeDirectoryRequest: { header, path, recursive: bool, owner: principal, group: principal, mode },
  RenameRequest: { header, fromPath: path, toPath: path, keepsLimits: bool },
  DeleteRequest: { header, path, recursive: bool },
  ReportBadReplicaRequest: {
    clusterId: idOrEmpty,
    chunkId: counter,
    version: counter,
    nodeId: idOrEmpty,
    code: idOrEmpty,
    message: text(ERROR_MESSAGE_BYTES_MAX),
  },
};

type Responses =
  | 'OpenSessionResponse'
  | 'RenewSessionResponse'
  | 'CloseSessionResponse'
  | 'CreateFileResponse'
  | 'AssignChunkResponse'
  | 'CommitVersionResponse'
  | 'CompleteFileResponse'
  | 'AbandonFileResponse'
  | 'GetChunkLocationResponse'
  | 'GetFileInfoResponse'
  | 'ListDirectoryResponse'
  | 'MakeDirectoryResponse'
  | 'RenameResponse'
  | 'DeleteResponse'
  | 'ReportBadReplicaResponse';

const RESPONSES: TablesOf<Responses> = {
  OpenSessionResponse: {
    clusterId: id,
    sessionId: counter,
    sessionTimeoutMs: counter,
    renewIntervalMs: timerMs,
    term,
    defaultReplication: replication,
    defaultChunkSizeBytes: chunkBytes,
    minReplicas: replication,
  },
  RenewSessionResponse: { term },
  CloseSessionResponse: {},
  CreateFileResponse: {
    fileId: counter,
    replication,
    chunkSizeBytes: chunkBytes,
    firstChunk: optional('AssignChunkResponse'),
  },
  AssignChunkResponse: {
    chunkId: counter,
    chunkUuid: idOrEmpty,
    fromVersion: counter,
    version: counter,
    term,
    pipeline: list(message('NodeAddress'), REPLICATION_MAX),
  },
  CommitVersionResponse: {},
  CompleteFileResponse: { file: optional('FileInfo') },
  AbandonFileResponse: {},
  GetChunkLocationResponse: {
    clusterId: idOrEmpty,
    file: optional('FileInfo'),
    chunks: list(message('ChunkLocation'), LOCATION_PAGE_MAX),
    term,
  },
  GetFileInfoResponse: { file: optional('FileInfo') },
  ListDirectoryResponse: { entries: list(message('FileInfo'), LIST_PAGE_MAX), hasMore: bool },
  MakeDirectoryResponse: {},
  RenameResponse: {},
  DeleteResponse: {},
  ReportBadReplicaResponse: {},
};

export const NAMESPACE_LIMITS: TablesOf<Requests | Responses> = { ...REQUESTS, ...RESPONSES };
