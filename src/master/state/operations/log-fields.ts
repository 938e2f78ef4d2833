/**
 * The fields of all messages that an entry of the log carries, each with the number of the release that began to apply it. Masters of two
 * releases run together during an upgrade; one that passes over a field would have another state than the others.
 *
 * Numbers of fields and codes of operations are one count: a master says one number, the highest that it knows. A new field is a field in
 * the .proto file and a row here with the next free number.
 */
import type { AbandonFileRequest__Output } from '../../../protocol/generated/distrifs/v1/AbandonFileRequest.js';
import type { AssignChunkEntry__Output } from '../../../protocol/generated/distrifs/v1/AssignChunkEntry.js';
import type { AssignChunkRequest__Output } from '../../../protocol/generated/distrifs/v1/AssignChunkRequest.js';
import type { CloseSessionRequest__Output } from '../../../protocol/generated/distrifs/v1/CloseSessionRequest.js';
import type { CommitVersionRequest__Output } from '../../../protocol/generated/distrifs/v1/CommitVersionRequest.js';
import type { CompleteFileRequest__Output } from '../../../protocol/generated/distrifs/v1/CompleteFileRequest.js';
import type { CreateFileEntry__Output } from '../../../protocol/generated/distrifs/v1/CreateFileEntry.js';
import type { CreateFileRequest__Output } from '../../../protocol/generated/distrifs/v1/CreateFileRequest.js';
import type { CreatePlannedEntry__Output } from '../../../protocol/generated/distrifs/v1/CreatePlannedEntry.js';
import type { DeleteRequest__Output } from '../../../protocol/generated/distrifs/v1/DeleteRequest.js';
import type { DeleteUnfinished__Output } from '../../../protocol/generated/distrifs/v1/DeleteUnfinished.js';
import type { ExpireSessions__Output } from '../../../protocol/generated/distrifs/v1/ExpireSessions.js';
import type { FirstChunk__Output } from '../../../protocol/generated/distrifs/v1/FirstChunk.js';
import type { FoundingMaster__Output } from '../../../protocol/generated/distrifs/v1/FoundingMaster.js';
import type { InitCluster__Output } from '../../../protocol/generated/distrifs/v1/InitCluster.js';
import type { LogEntry__Output } from '../../../protocol/generated/distrifs/v1/LogEntry.js';
import type { MakeDirectoryRequest__Output } from '../../../protocol/generated/distrifs/v1/MakeDirectoryRequest.js';
import type { MutationHeader__Output } from '../../../protocol/generated/distrifs/v1/MutationHeader.js';
import type { NodeAddress__Output } from '../../../protocol/generated/distrifs/v1/NodeAddress.js';
import type { OpenSessionEntry__Output } from '../../../protocol/generated/distrifs/v1/OpenSessionEntry.js';
import type { Purge__Output } from '../../../protocol/generated/distrifs/v1/Purge.js';
import type { RegisterMaster__Output } from '../../../protocol/generated/distrifs/v1/RegisterMaster.js';
import type { RegisterNode__Output } from '../../../protocol/generated/distrifs/v1/RegisterNode.js';
import type { RemoveNode__Output } from '../../../protocol/generated/distrifs/v1/RemoveNode.js';
import type { RenameRequest__Output } from '../../../protocol/generated/distrifs/v1/RenameRequest.js';
import type { RenewSessionRequest__Output } from '../../../protocol/generated/distrifs/v1/RenewSessionRequest.js';
import type { SkipChunkIds__Output } from '../../../protocol/generated/distrifs/v1/SkipChunkIds.js';
import type { WrittenChunk__Output } from '../../../protocol/generated/distrifs/v1/WrittenChunk.js';
import type { OperationName } from './log-operation.js';

/** The highest number that a master knows whose release does not say: what has a larger one came after the releases that say. */
export const UNSAID_HIGHEST_OPERATION = 21;

interface LogMessages {
  readonly AbandonFileRequest: AbandonFileRequest__Output;
  readonly AssignChunkEntry: AssignChunkEntry__Output;
  readonly AssignChunkRequest: AssignChunkRequest__Output;
  readonly CloseSessionRequest: CloseSessionRequest__Output;
  readonly CommitVersionRequest: CommitVersionRequest__Output;
  readonly CompleteFileRequest: CompleteFileRequest__Output;
  readonly CreateFileEntry: CreateFileEntry__Output;
  readonly CreateFileRequest: CreateFileRequest__Output;
  readonly CreatePlannedEntry: CreatePlannedEntry__Output;
  readonly DeleteRequest: DeleteRequest__Output;
  readonly DeleteUnfinished: DeleteUnfinished__Output;
  readonly ExpireSessions: ExpireSessions__Output;
  readonly FirstChunk: FirstChunk__Output;
  readonly FoundingMaster: FoundingMaster__Output;
  readonly InitCluster: InitCluster__Output;
  readonly LogEntry: Omit<LogEntry__Output, OperationName | 'operation'>;
  readonly MakeDirectoryRequest: MakeDirectoryRequest__Output;
  readonly MutationHeader: MutationHeader__Output;
  readonly NodeAddress: NodeAddress__Output;
  readonly OpenSessionEntry: OpenSessionEntry__Output;
  readonly Purge: Purge__Output;
  readonly RegisterMaster: RegisterMaster__Output;
  readonly RegisterNode: RegisterNode__Output;
  readonly RemoveNode: RemoveNode__Output;
  readonly RenameRequest: RenameRequest__Output;
  readonly RenewSessionRequest: RenewSessionRequest__Output;
  readonly SkipChunkIds: SkipChunkIds__Output;
  readonly WrittenChunk: WrittenChunk__Output;
}

export type LogMessageName = keyof LogMessages;

export interface LogFieldRow {
  /** A master that says a lower number passes over the field. */
  readonly since: number;
  /** Of a field that holds a message, or a list of them. */
  readonly message?: LogMessageName;
  /**
   * What the leader does while a master of the group does not know the field. Default: refuse.
   *
   *   refuse     the operation is not logged, and the error names the master and the field
   *   leave out  the operation is logged without the field, and is what it was before there was one
   *   log        no state depends on the field
   */
  readonly without?: 'refuse' | 'leave out' | 'log';
}

/** A row for each field: the table is complete, or it does not compile. */
export type LogFieldTable = {
  readonly [M in LogMessageName]: { readonly [F in keyof LogMessages[M]]-?: LogFieldRow };
};

/** Known to every release whose masters may run together with those of this one. */
const first: LogFieldRow = { since: UNSAID_HIGHEST_OPERATION };
const ofFirst = (message: LogMessageName): LogFieldRow => ({ ...first, message });
const header = ofFirst('MutationHeader');

export const LOG_FIELDS: LogFieldTable = {
  AbandonFileRequest: { header, fileId: first },
  AssignChunkEntry: {
    request: ofFirst('AssignChunkRequest'),
    term: first,
    pipeline: ofFirst('NodeAddress'),
    versionStamp: first,
  },
  AssignChunkRequest: {
    header,
    fileId: first,
    index: first,
    excludedNodeIds: first,
    localNodeId: first,
    expectedBytes: first,
  },
  CloseSessionRequest: { clusterId: first, sessionId: first },
  CommitVersionRequest: {
    header,
    fileId: first,
    chunkId: first,
    fromVersion: first,
    toVersion: first,
    lengthBytes: first,
    nodeIds: first,
  },
  CompleteFileRequest: {
    header,
    fileId: first,
    lengthBytes: first,
    chunkCount: first,
    onlyChunk: { since: 28, message: 'WrittenChunk' },
  },
  CreateFileEntry: { request: ofFirst('CreateFileRequest'), takeOverFileId: first },
  CreateFileRequest: {
    header,
    path: first,
    replication: first,
    chunkSizeBytes: first,
    overwrite: first,
    owner: first,
    group: first,
    mode: first,
    // Never logged: the plan is.
    firstChunk: { since: 27, message: 'FirstChunk', without: 'leave out' },
  },
  CreatePlannedEntry: {
    create: { since: 27, message: 'CreateFileEntry' },
    assign: { since: 27, message: 'AssignChunkEntry' },
  },
  DeleteRequest: { header, path: first, recursive: first },
  DeleteUnfinished: { request: { since: 24, message: 'DeleteRequest' }, fileId: { since: 24 } },
  ExpireSessions: {},
  FirstChunk: { localNodeId: { since: 27 }, expectedBytes: { since: 27 } },
  FoundingMaster: { masterId: first, address: first },
  InitCluster: {
    clusterId: first,
    defaultReplication: first,
    defaultChunkSizeBytes: first,
    minReplicas: first,
    sessionTimeoutMs: first,
    founders: ofFirst('FoundingMaster'),
    groupId: first,
  },
  LogEntry: { logTimeMs: first, wallTimeMs: first, highestField: { since: 25, without: 'log' } },
  MakeDirectoryRequest: { header, path: first, recursive: first, owner: first, group: first, mode: first },
  MutationHeader: { clusterId: first, sessionId: first, sequence: first, ackedBelow: first },
  NodeAddress: { nodeId: first, address: first },
  OpenSessionEntry: { clientName: first, skippedIds: { since: 25, without: 'leave out' } },
  Purge: { limit: first },
  RegisterMaster: { masterId: first, address: first, isNew: first },
  RegisterNode: { nodeId: first, incarnation: first, address: first, rack: first },
  RemoveNode: { nodeId: { since: 22 }, incarnation: { since: 22 } },
  RenameRequest: { header, fromPath: first, toPath: first, keepsLimits: first },
  RenewSessionRequest: { clusterId: first, sessionId: first },
  SkipChunkIds: { upToChunkId: first },
  WrittenChunk: { chunkId: { since: 28 }, fromVersion: { since: 28 }, toVersion: { since: 28 }, nodeIds: { since: 28 } },
};

/** The message that each operation carries. */
export const OPERATION_MESSAGES: { readonly [N in OperationName]: LogMessageName } = {
  initCluster: 'InitCluster',
  registerNode: 'RegisterNode',
  openSession: 'OpenSessionEntry',
  closeSession: 'CloseSessionRequest',
  expireSessions: 'ExpireSessions',
  createFile: 'CreateFileEntry',
  assignChunk: 'AssignChunkEntry',
  commitVersion: 'CommitVersionRequest',
  completeFile: 'CompleteFileRequest',
  abandonFile: 'AbandonFileRequest',
  makeDirectory: 'MakeDirectoryRequest',
  rename: 'RenameRequest',
  delete: 'DeleteRequest',
  purge: 'Purge',
  renewSession: 'RenewSessionRequest',
  registerMaster: 'RegisterMaster',
  skipChunkIds: 'SkipChunkIds',
  removeNode: 'RemoveNode',
  replaceSession: 'OpenSessionEntry',
  deleteUnfinished: 'DeleteUnfinished',
  createPlanned: 'CreatePlannedEntry',
  completeWritten: 'CompleteFileRequest',
};

/** The highest number of a field that this release knows. */
export const HIGHEST_FIELD = Math.max(
  ...Object.values(LOG_FIELDS).flatMap((rows) => Object.values<LogFieldRow>(rows).map(({ since }) => since)),
);
