/**
 * The life of a file as the log carries it.
 *
 *   CreateFile ─▶ pending ─(AssignChunk, CommitVersion)*─▶ CompleteFile ─▶ file      of one chunk: createPlanned, completeWritten
 *                    └─ AbandonFile, session expired, lease taken over, deleted ─▶ gone, its chunks are garbage
 *
 * Each operation checks everything before it changes anything.
 */
import type { AbandonFileRequest__Output } from '../../../protocol/generated/distrifs/v1/AbandonFileRequest.js';
import type { AssignChunkEntry__Output } from '../../../protocol/generated/distrifs/v1/AssignChunkEntry.js';
import type { AssignChunkResponse__Output } from '../../../protocol/generated/distrifs/v1/AssignChunkResponse.js';
import type { CommitVersionRequest__Output } from '../../../protocol/generated/distrifs/v1/CommitVersionRequest.js';
import type { CompleteFileRequest__Output } from '../../../protocol/generated/distrifs/v1/CompleteFileRequest.js';
import type { CreateFileEntry__Output } from '../../../protocol/generated/distrifs/v1/CreateFileEntry.js';
import type { CreatePlannedEntry__Output } from '../../../protocol/generated/distrifs/v1/CreatePlannedEntry.js';
import type { DeleteUnfinished__Output } from '../../../protocol/generated/distrifs/v1/DeleteUnfinished.js';
import { chunkUuid } from '../../../shared/chunk-id.js';
import { DfsError } from '../../../shared/errors.js';
import { CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, PATH_BYTES_MAX, REPLICATION_MAX } from '../../../shared/limits.js';
import { errorAnswer } from '../tables/answer.js';
import type { Answer } from '../tables/answer.js';
import type { Chunk } from '../tables/chunk-table.js';
import { fileInfoOf } from '../tables/file-info.js';
import type { FileInode } from '../tables/inode.js';
import type { MasterState } from '../tables/master-state.js';
import type { Place } from '../tables/namespace-tree.js';
import { parsePath } from '../tables/path.js';
import type { Session } from '../tables/session.js';
import type { MutationContext } from './log-operation.js';
import { assertAttributes, deletePath } from './tree-operations.js';

/** How far ahead of a file's last planned chunk the next may be: bounds the holes. */
const INDEX_LEAD_MAX = 1_024;
/** Of a path in an answer. */
const ANSWERED_PATH_CHARS_MAX = 16 * PATH_BYTES_MAX;

/** @throws DfsError */
export function createFile(context: MutationContext, entry: CreateFileEntry__Output): Answer {
  const { id, replication, chunkSizeBytes } = makePendingFile(context, entry);
  return { createFile: { fileId: id, replication, chunkSizeBytes, firstChunk: null } };
}

/** Creates a file and plans its first chunk. @throws DfsError as createFile */
export function createPlanned(context: MutationContext, { create, assign }: CreatePlannedEntry__Output): Answer {
  const { term, pipeline, versionStamp } = requireRequest(assign);
  if (pipeline.length === 0) throw new DfsError('NOT_ENOUGH_REPLICAS', 'The first chunk was planned on no node');
  const file = makePendingFile(context, requireRequest(create));
  const firstChunk = reserveChunk(context, file, 0, { term, pipeline, versionStamp });
  const { id, replication, chunkSizeBytes } = file;
  return { createFile: { fileId: id, replication, chunkSizeBytes, firstChunk } };
}

function makePendingFile({ state, settings, session, wallMs }: MutationContext, entry: CreateFileEntry__Output): FileInode {
  const request = requireRequest(entry.request);
  assertAttributes(request);
  const replication = request.replication === 0 ? settings.defaultReplication : request.replication;
  const chunkSizeBytes = request.chunkSizeBytes === 0 ? settings.defaultChunkSizeBytes : request.chunkSizeBytes;
  assertShape(request.path, replication, chunkSizeBytes);
  if (parsePath(request.path).length === 0) throw new DfsError('IS_A_DIRECTORY', 'Cannot create file "/": it is a directory');
  const place = state.tree.place(request.path);
  assertMayReplace(`Cannot create file "${request.path}"`, place, request.overwrite);
  const other = state.tree.pendingAt(place.parent.id, place.name);
  if (other !== undefined) {
    if (other.id !== entry.takeOverFileId) {
      throw new DfsError('FILE_BUSY', `Cannot create file "${request.path}": another writer has it open (file ${other.id})`);
    }
    abandonPending(state, other);
  }
  const attributes = { owner: request.owner, group: request.group, mode: request.mode, createdMs: wallMs };
  const pending = { sessionId: session.id, overwrite: request.overwrite };
  const file = state.tree.makePending(place, attributes, { replication, chunkSizeBytes }, pending);
  session.pendingFiles.add(file.id);
  return file;
}

/** @throws DfsError */
export function assignChunk(context: MutationContext, entry: AssignChunkEntry__Output): Answer {
  const request = requireRequest(entry.request);
  const file = requirePending(context.state, context.session, request.fileId);
  if (request.index > file.chunkIds.length + INDEX_LEAD_MAX) {
    throw new DfsError(
      'INVALID_ARGUMENT',
      `Cannot plan chunk ${request.index} of file ${file.id}, which has ${file.chunkIds.length}: plan those before it first`,
    );
  }
  if (entry.pipeline.length === 0) {
    throw new DfsError('NOT_ENOUGH_REPLICAS', `Chunk ${request.index} of file ${file.id} was planned on no node`);
  }
  return { assignChunk: reserveChunk(context, file, request.index, entry) };
}

/** Reserves a version of a chunk for a plan of the leader. */
function reserveChunk(
  { state, settings }: MutationContext,
  file: FileInode,
  index: number,
  { term, pipeline, versionStamp }: Pick<AssignChunkEntry__Output, 'term' | 'pipeline' | 'versionStamp'>,
): AssignChunkResponse__Output {
  const chunk = plannedChunk(state, file, index);
  state.chunks.reserve(chunk, versionStamp);
  return {
    chunkId: chunk.id,
    chunkUuid: chunkUuid(settings.clusterId, chunk.id),
    fromVersion: chunk.version,
    version: chunk.reserved,
    term,
    pipeline: pipeline.map(({ nodeId, address }) => ({ nodeId, address })),
  };
}

function plannedChunk(state: MasterState, file: FileInode, index: number): Chunk {
  const existing = state.chunks.get(file.chunkIds[index] ?? 0);
  if (existing !== undefined) return existing;
  const chunk = state.chunks.create(file.id, index, file.replication);
  state.tree.addChunk(file, index, chunk.id);
  return chunk;
}

type CommitRequest = Omit<CommitVersionRequest__Output, 'header'>;

/** @throws DfsError */
export function commitVersion({ state, settings, session }: MutationContext, request: CommitRequest): Answer {
  const file = requirePending(state, session, request.fileId);
  const chunk = state.chunks.get(request.chunkId);
  if (chunk?.fileId !== file.id) {
    throw new DfsError('CHUNK_NOT_FOUND', `Chunk ${request.chunkId} is not one of file ${file.id}`);
  }
  const action = `Cannot commit version ${request.toVersion} of chunk ${chunk.id}`;
  const isPlanned = chunk.reserved === request.toVersion && chunk.reserved > chunk.version;
  if (chunk.version !== request.fromVersion || !isPlanned) {
    throw new DfsError(
      'VERSION_CONFLICT',
      `${action} from version ${request.fromVersion}: version ${chunk.version} is current and ${chunk.reserved} was planned last`,
    );
  }
  if (request.lengthBytes < 1 || request.lengthBytes > file.chunkSizeBytes) {
    throw new DfsError(
      'INVALID_ARGUMENT',
      `${action}: ${request.lengthBytes} bytes do not fit a chunk of ${file.chunkSizeBytes}`,
    );
  }
  const nodeIds = [...new Set(request.nodeIds)];
  const needed = Math.min(settings.minReplicas, file.replication);
  if (nodeIds.length < needed) {
    // Never retriable as it stands: the writer must ask for another plan.
    const message = `${action}: ${nodeIds.length} nodes acknowledged it, ${needed} are needed`;
    throw new DfsError('NOT_ENOUGH_REPLICAS', message, { retriable: false });
  }
  state.chunks.commit(chunk, request.toVersion, request.lengthBytes, nodeIds);
  return {};
}

/** @throws DfsError */
export function completeFile({ state, session, wallMs }: MutationContext, request: CompleteFileRequest__Output): Answer {
  const file = requirePending(state, session, request.fileId);
  const action = `Cannot complete file "${file.name}" (${file.id})`;
  const chunks = file.chunkIds.map((id) => state.chunks.get(id));
  assertWhole(action, file, chunks, request);
  const parent = state.tree.get(file.parentId);
  const parentPath = parent === undefined ? null : state.tree.pathOf(parent);
  if (parent?.kind !== 'directory' || parentPath === null) {
    throw new DfsError('NOT_FOUND', `${action}: its directory was deleted meanwhile`);
  }
  assertPathBounded(action, parentPath);
  const place = { parent, name: file.name, inode: parent.children.get(file.name) };
  assertMayReplace(action, place, file.pending?.overwrite ?? false);
  session.pendingFiles.delete(file.id);
  state.tree.complete(file, parent, request.lengthBytes, wallMs);
  for (const chunk of chunks) if (chunk !== undefined) state.chunks.show(chunk);
  return { completeFile: { file: fileInfoOf(file, state.tree.pathOf(file) ?? '') } };
}

/**
 * Commits the chunk of a file of one chunk, and completes the file. Where only the latter is refused, the chunk remains committed, as
 * after two requests.
 * @throws DfsError as commitVersion and completeFile
 */
export function completeWritten(context: MutationContext, request: CompleteFileRequest__Output): Answer {
  const { fileId, lengthBytes } = request;
  commitVersion(context, { ...requireRequest(request.onlyChunk), fileId, lengthBytes });
  return completeFile(context, request);
}

/** @throws DfsError */
export function abandonFile({ state, session }: MutationContext, request: AbandonFileRequest__Output): Answer {
  abandonPending(state, requirePending(state, session, request.fileId));
  return {};
}

/**
 * Removes what is at a path, and the unfinished file there of a writer that is gone.
 * @returns UNFINISHED_REMOVED when nothing else was there
 * @throws DfsError as deletePath
 */
export function deleteUnfinished(context: MutationContext, entry: DeleteUnfinished__Output): Answer {
  const { state } = context;
  const request = requireRequest(entry.request);
  const { parent, name, inode } = state.tree.place(request.path);
  const file = state.tree.pendingAt(parent.id, name);
  const isThere = file?.id === entry.fileId;
  if (inode !== undefined || !isThere) deletePath(context, request);
  if (!isThere) return {};
  const writer = state.sessions.get(file.pending?.sessionId ?? 0)?.clientName ?? '';
  abandonPending(state, file);
  if (inode !== undefined) return {};
  const text = `No file "${request.path}" was there to be deleted, but an unfinished one of the client "${writer}", which is gone: it was removed`;
  return errorAnswer(new DfsError('UNFINISHED_REMOVED', text));
}

/** Takes a file that is not complete out of the tree, and from the session that writes it. */
export function abandonPending(state: MasterState, file: FileInode): void {
  state.sessions.get(file.pending?.sessionId ?? 0)?.pendingFiles.delete(file.id);
  state.tree.abandon(file);
}

function requirePending(state: MasterState, session: Session, fileId: number): FileInode {
  const file = state.tree.get(fileId);
  if (file?.kind === 'file' && file.pending?.sessionId === session.id && session.pendingFiles.has(fileId)) return file;
  throw new DfsError('LEASE_LOST', `File ${fileId} is not open for writing by session ${session.id} (any more)`);
}

/** A missing sub-message cannot come from a leader of ours. */
function requireRequest<T>(request: T | null): T {
  if (request === null) throw new DfsError('INVALID_ARGUMENT', 'The log entry holds no request');
  return request;
}

function assertShape(path: string, replication: number, chunkSizeBytes: number): void {
  if (replication < 1 || replication > REPLICATION_MAX) {
    throw new DfsError(
      'INVALID_ARGUMENT',
      `Cannot create file "${path}" with replication ${replication}: 1 to ${REPLICATION_MAX} is possible`,
    );
  }
  if (chunkSizeBytes < CHUNK_BYTES_MIN || chunkSizeBytes > CHUNK_BYTES_MAX) {
    throw new DfsError(
      'INVALID_ARGUMENT',
      `Cannot create file "${path}" with chunks of ${chunkSizeBytes} bytes: ${CHUNK_BYTES_MIN} to ${CHUNK_BYTES_MAX} is possible`,
    );
  }
}

/** A path longer than a client can name comes from renames of directories above it; the answer that holds it must stay bounded. */
function assertPathBounded(action: string, parentPath: string): void {
  if (parentPath.length > ANSWERED_PATH_CHARS_MAX) {
    const message = `${action}: its directory was moved so deep that its path has ${parentPath.length} characters`;
    throw new DfsError('NAME_TOO_LONG', message);
  }
}

function assertMayReplace(action: string, place: Place, overwrite: boolean): void {
  if (place.inode?.kind === 'directory') throw new DfsError('IS_A_DIRECTORY', `${action}: a directory has this name`);
  if (place.inode !== undefined && !overwrite) throw new DfsError('ALREADY_EXISTS', `${action}: a file has this name`);
}

function assertWhole(
  action: string,
  file: FileInode,
  chunks: readonly (Chunk | undefined)[],
  request: CompleteFileRequest__Output,
): void {
  if (chunks.length !== request.chunkCount) {
    throw new DfsError('INVALID_ARGUMENT', `${action} with ${request.chunkCount} chunks: ${chunks.length} were planned`);
  }
  let sum = 0;
  for (const [index, chunk] of chunks.entries()) {
    if (chunk === undefined || chunk.version === 0) {
      throw new DfsError('INVALID_ARGUMENT', `${action}: chunk ${index} was not committed`);
    }
    if (index < chunks.length - 1 && chunk.lengthBytes !== file.chunkSizeBytes) {
      const message = `${action}: chunk ${index} has ${chunk.lengthBytes} bytes and is not the last, so it must have ${file.chunkSizeBytes}`;
      throw new DfsError('INVALID_ARGUMENT', message);
    }
    sum += chunk.lengthBytes;
  }
  if (sum !== request.lengthBytes) {
    throw new DfsError('INVALID_ARGUMENT', `${action} with ${request.lengthBytes} bytes: its chunks hold ${sum}`);
  }
}
