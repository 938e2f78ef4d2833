/**
 * The messages of the Raft core as protobuf, and back. What comes in is within its limits (src/protocol/field-limits); here is checked how
 * its parts fit together, and in the core (src/raft/message-range.ts) how they fit what a member knows: garbage must not stop a master.
 */
import type { RaftAddress__Output } from '../../protocol/generated/distrifs/v1/RaftAddress.js';
import type { RaftEntry, RaftEntry__Output } from '../../protocol/generated/distrifs/v1/RaftEntry.js';
import type { RaftEntryId__Output } from '../../protocol/generated/distrifs/v1/RaftEntryId.js';
import type { RaftMembers, RaftMembers__Output } from '../../protocol/generated/distrifs/v1/RaftMembers.js';
import type { RaftMessage, RaftMessage__Output } from '../../protocol/generated/distrifs/v1/RaftMessage.js';
import type { RaftPiece__Output } from '../../protocol/generated/distrifs/v1/RaftPiece.js';
import type { Address, Entry, EntryId, Members, Message, MessageBody, SnapshotPiece } from '../../raft/types.js';
import { DfsError } from '../../shared/errors.js';
import { isSnapshotId } from '../checkpoint/checkpoint-name.js';
import { isOperationData } from '../log/entry-record.js';

/** Of a message beside its entries or bytes, roughly. */
const MESSAGE_BYTES = 128;

/** Lays a message out. */
export function encodeMessage(message: Message): RaftMessage {
  const { from, to, term } = message;
  const envelope = { from, to, term };
  switch (message.type) {
    case 'vote':
      return { ...envelope, vote: { isPre: message.isPre, last: message.last, isForced: message.isForced } };
    case 'vote-reply':
      return { ...envelope, voteReply: { isPre: message.isPre, isGranted: message.isGranted } };
    case 'append': {
      const { previous, entries, commit } = message;
      return { ...envelope, append: { previous, entries: entries.map(encodeEntry), commit } };
    }
    case 'append-accepted':
      return { ...envelope, appendAccepted: { match: message.match } };
    case 'append-rejected':
      return { ...envelope, appendRejected: { rejected: message.rejected, hint: message.hint } };
    case 'heartbeat':
      return { ...envelope, heartbeat: { commit: message.commit, round: message.round, recovery: message.recovery } };
    case 'heartbeat-reply': {
      const { round, probe, isBound } = message;
      return { ...envelope, heartbeatReply: { round, hasProbe: probe !== null, probe: probe ?? 0, isBound } };
    }
    case 'snapshot': {
      const { snapshot, offset, data, isLast } = message.piece;
      const { index, id, members } = snapshot;
      const last = { index, term: snapshot.term };
      return { ...envelope, snapshot: { snapshot: { last, id, members: encodeMembers(members) }, offset, data, isLast } };
    }
    case 'snapshot-reply':
      return { ...envelope, snapshotReply: { snapshotId: message.snapshotId, offset: message.offset } };
    case 'timeout-now':
      return { ...envelope, timeoutNow: {} };
  }
}

/** What a message takes on the wire, roughly. */
export function sizeOfMessage(message: Message): number {
  if (message.type === 'snapshot') return MESSAGE_BYTES + message.piece.data.byteLength;
  if (message.type !== 'append') return MESSAGE_BYTES;
  return message.entries.reduce(
    (sum, { body }) => sum + MESSAGE_BYTES + (body.kind === 'data' ? body.data.byteLength : 0),
    MESSAGE_BYTES,
  );
}

/**
 * Reads a message.
 * @throws DfsError PROTOCOL_ERROR when it cannot be one of a member's
 */
export function decodeMessage(message: RaftMessage__Output): Message {
  const envelope = { from: decodeAddress(message.from), to: decodeAddress(message.to), term: message.term };
  return { ...envelope, ...decodeBody(message) };
}

function decodeBody(message: RaftMessage__Output): MessageBody {
  if (message.vote) {
    const { isPre, last, isForced } = message.vote;
    return { type: 'vote', isPre, last: decodeEntryId(last), isForced };
  }
  if (message.voteReply) return { type: 'vote-reply', ...pick(message.voteReply, 'isPre', 'isGranted') };
  if (message.append) {
    const { previous, entries, commit } = message.append;
    return { type: 'append', ...decodeEntries(decodeEntryId(previous), entries, message.term), commit };
  }
  if (message.appendAccepted) return { type: 'append-accepted', match: message.appendAccepted.match };
  if (message.appendRejected) {
    const { rejected, hint } = message.appendRejected;
    return { type: 'append-rejected', rejected, hint: decodeEntryId(hint) };
  }
  if (message.heartbeat) {
    const { commit, round, recovery } = message.heartbeat;
    return {
      type: 'heartbeat',
      commit,
      round,
      recovery: recovery === null ? null : pick(recovery, 'probe', 'lastIndex'),
    };
  }
  if (message.heartbeatReply) {
    const { round, hasProbe, probe, isBound } = message.heartbeatReply;
    return { type: 'heartbeat-reply', round, probe: hasProbe ? probe : null, isBound };
  }
  if (message.snapshot) return { type: 'snapshot', piece: decodePiece(message.snapshot) };
  if (message.snapshotReply) {
    const { snapshotId, offset } = message.snapshotReply;
    return { type: 'snapshot-reply', snapshotId, offset };
  }
  if (message.timeoutNow) return { type: 'timeout-now' };
  throw malformed('it says nothing known');
}

function pick<T, K extends keyof T>(from: T, ...keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;
}

function decodeAddress(address: RaftAddress__Output | null): Address {
  if (address === null) throw malformed('sender or recipient is missing');
  return { id: address.id, incarnation: address.incarnation };
}

function decodeEntryId(entryId: RaftEntryId__Output | null): EntryId {
  if (entryId === null) throw malformed('an entry is not named');
  return { index: entryId.index, term: entryId.term };
}

/** Entries follow `previous` and each other, and none is of a later term than the message. */
function decodeEntries(
  previous: EntryId,
  encoded: readonly RaftEntry__Output[],
  term: number,
): { readonly previous: EntryId; readonly entries: readonly Entry[] } {
  let before = previous;
  const entries = encoded.map((each) => {
    const entry = decodeEntry(each);
    if (entry.index !== before.index + 1 || entry.term < before.term || entry.term > term) {
      throw malformed(`entry ${entry.index} of term ${entry.term} follows entry ${before.index} of term ${before.term}`);
    }
    before = entry;
    return entry;
  });
  return { previous, entries };
}

function encodeEntry({ index, term, body }: Entry): RaftEntry {
  if (body.kind === 'data') return { index, term, data: body.data };
  if (body.kind === 'members') return { index, term, members: encodeMembers(body.members) };
  return { index, term, empty: true };
}

function decodeEntry(entry: RaftEntry__Output): Entry {
  const { index, term, data, members } = entry;
  if (entry.body === 'empty') return { index, term, body: { kind: 'empty' } };
  if (entry.body === 'members') return { index, term, body: { kind: 'members', members: decodeMembers(members ?? null) } };
  if (data === undefined || !isOperationData(data)) throw malformed(`entry ${index} is no operation`);
  return { index, term, body: { kind: 'data', data } };
}

/** The whole set. */
export function encodeMembers(members: Members): RaftMembers {
  return { members: members.map(({ id, incarnation, isVoter }) => ({ id, incarnation, isVoter })) };
}

/** @throws DfsError PROTOCOL_ERROR when it is no set of members */
export function decodeMembers(encoded: RaftMembers__Output | null): Members {
  const members = encoded?.members ?? [];
  if (new Set(members.map(({ id }) => id)).size !== members.length) throw malformed('a member is named twice');
  return members.map(({ id, incarnation, isVoter }) => ({ id, incarnation, isVoter }));
}

function decodePiece({ snapshot, offset, data, isLast }: RaftPiece__Output): SnapshotPiece {
  if (snapshot === null || !isSnapshotId(snapshot.id)) throw malformed('a piece belongs to no snapshot');
  const { index, term } = decodeEntryId(snapshot.last);
  const members = decodeMembers(snapshot.members);
  return { snapshot: { index, term, id: snapshot.id, members }, offset, data, isLast };
}

function malformed(reason: string): DfsError {
  return new DfsError('PROTOCOL_ERROR', `Cannot take a message of another master: ${reason}`);
}
