/**
 * The records of a copy of the state.
 *
 *   state  := head master* node* (session answer*)* (directory | file | unfinished)* purge* chunk* end
 *   record := kind:u8 length:u32 body                    length counts the body, at most RECORD_BODY_BYTES_MAX; big-endian
 *
 *   head        format, appliedIndex, term, logTimeMs, next inode, next chunk, next session, next incarnation, has settings,
 *               [clusterId defaultReplication defaultChunkSizeBytes minReplicas sessionTimeoutMs (from to)*]
 *               from to: of the ranges of skipped chunk ids
 *   master      id address incarnation
 *   node        id incarnation address rack
 *   session     id clientName lastUsedMs ackedBelow                            least recently used first
 *   answer      sequence JSON                                                  of the session before it
 *   directory   id parent name owner group mode createdMs modifiedMs           inodes by ascending id
 *   file        the same, then replication chunkSizeBytes lengthBytes chunks
 *   unfinished  as file, then sessionId overwrite                              parent 0: abandoned
 *   purge       ids of inodes that wait to be forgotten, oldest first
 *   chunk       id fileId index version reserved lengthBytes visible           by ascending id
 *   end         records before it
 *
 * Bodies are numbers and texts of ByteWriter, not protobuf: with a million files both directions are four to eight times as fast, and
 * a master copies its state while it serves. An answer is JSON because the digest is made of that very text: nothing of it can change
 * on the way.
 */
import assert from 'node:assert/strict';
import type { ByteWriter } from './byte-writer.js';
import type { ChunkImage } from '../tables/chunk-table.js';
import type { IdRange } from '../tables/id-ranges.js';
import type { InodeImage } from '../tables/inode.js';
import type { KnownMaster } from '../tables/known-master.js';
import type { KnownNode } from '../tables/known-node.js';
import type { ClusterSettings } from '../tables/master-state.js';
import type { Remembered } from '../tables/session.js';
import type { SessionImage } from '../tables/session-copy.js';

export const STATE_FORMAT = 1;

/** In the order in which they come; 0 is none, so that zeros are never one. */
export const RECORD_KINDS = {
  head: 1,
  master: 2,
  node: 3,
  session: 4,
  answer: 5,
  directory: 6,
  file: 7,
  unfinished: 8,
  purge: 9,
  chunk: 10,
  end: 11,
} as const;

export type RecordKind = (typeof RECORD_KINDS)[keyof typeof RECORD_KINDS];

export const RECORD_HEADER_BYTES = 5;
/** Whatever a record holds came in a log entry, which is smaller; JSON makes a character at most six. */
export const RECORD_BODY_BYTES_MAX = 8 * 1024 * 1024;
/** Inodes in one purge record. */
export const PURGE_RECORD_IDS = 1_000;

export interface Head {
  readonly appliedIndex: number;
  readonly term: number;
  readonly logTimeMs: number;
  readonly nextInodeId: number;
  readonly nextChunkId: number;
  readonly nextSessionId: number;
  readonly nextIncarnation: number;
  readonly settings: ClusterSettings | null;
  readonly skippedChunkIds: readonly IdRange[];
}

/** Writes one record. */
function put(writer: ByteWriter, kind: RecordKind, body: () => void): void {
  writer.byte(kind);
  const lengthAt = writer.skip(4);
  body();
  const length = writer.length - lengthAt - 4;
  if (length > RECORD_BODY_BYTES_MAX) assert.fail(`a record of kind ${kind} has ${length} bytes`);
  writer.overwriteU32(lengthAt, length);
}

export function putHead(writer: ByteWriter, head: Head): void {
  put(writer, RECORD_KINDS.head, () => {
    writer.number(STATE_FORMAT);
    writer.number(head.appliedIndex);
    writer.number(head.term);
    writer.number(head.logTimeMs);
    writer.number(head.nextInodeId);
    writer.number(head.nextChunkId);
    writer.number(head.nextSessionId);
    writer.number(head.nextIncarnation);
    const { settings } = head;
    writer.number(settings === null ? 0 : 1);
    if (settings === null) return;
    writer.text(settings.clusterId);
    writer.number(settings.defaultReplication);
    writer.number(settings.defaultChunkSizeBytes);
    writer.number(settings.minReplicas);
    writer.number(settings.sessionTimeoutMs);
    for (const { from, to } of head.skippedChunkIds) {
      writer.number(from);
      writer.number(to);
    }
  });
}

export function putMaster(writer: ByteWriter, master: KnownMaster): void {
  put(writer, RECORD_KINDS.master, () => {
    writer.text(master.id);
    writer.text(master.address);
    writer.number(master.incarnation);
  });
}

export function putNode(writer: ByteWriter, node: KnownNode): void {
  put(writer, RECORD_KINDS.node, () => {
    writer.text(node.id);
    writer.text(node.incarnation);
    writer.text(node.address);
    writer.text(node.rack);
  });
}

export function putSession(writer: ByteWriter, session: SessionImage): void {
  put(writer, RECORD_KINDS.session, () => {
    writer.number(session.id);
    writer.text(session.clientName);
    writer.number(session.lastUsedMs);
    writer.number(session.ackedBelow);
  });
}

export function putAnswer(writer: ByteWriter, { sequence, answer }: Remembered): void {
  put(writer, RECORD_KINDS.answer, () => {
    writer.number(sequence);
    writer.text(JSON.stringify(answer));
  });
}

export function putInode(writer: ByteWriter, inode: InodeImage): void {
  put(writer, kindOf(inode), () => {
    writer.number(inode.id);
    writer.number(inode.parentId);
    writer.text(inode.name);
    writer.text(inode.owner);
    writer.text(inode.group);
    writer.number(inode.mode);
    writer.number(inode.createdMs);
    writer.number(inode.modifiedMs);
    if (inode.kind === 'directory') return;
    writer.number(inode.replication);
    writer.number(inode.chunkSizeBytes);
    writer.number(inode.lengthBytes);
    writer.number(inode.chunkIds.length);
    if (inode.pending === null) return;
    writer.number(inode.pending.sessionId);
    writer.number(inode.pending.overwrite ? 1 : 0);
  });
}

function kindOf(inode: InodeImage): RecordKind {
  if (inode.kind === 'directory') return RECORD_KINDS.directory;
  return inode.pending === null ? RECORD_KINDS.file : RECORD_KINDS.unfinished;
}

export function putPurge(writer: ByteWriter, inodes: readonly { readonly id: number }[]): void {
  put(writer, RECORD_KINDS.purge, () => {
    for (const { id } of inodes) writer.number(id);
  });
}

export function putChunk(writer: ByteWriter, chunk: ChunkImage): void {
  put(writer, RECORD_KINDS.chunk, () => {
    writer.number(chunk.id);
    writer.number(chunk.fileId);
    writer.number(chunk.index);
    writer.number(chunk.version);
    writer.number(chunk.reserved);
    writer.number(chunk.lengthBytes);
    writer.number(chunk.visible ? 1 : 0);
  });
}

/** @param records that came before */
export function putEnd(writer: ByteWriter, records: number): void {
  put(writer, RECORD_KINDS.end, () => writer.number(records));
}
