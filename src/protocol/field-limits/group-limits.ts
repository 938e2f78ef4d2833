/**
 * Limits of the messages between masters, and of the requests of operators to them: proto/distrifs/v1/raft.proto and masters.proto.
 */
import {
  ERROR_MESSAGE_BYTES_MAX,
  RAFT_APPEND_ENTRIES_MAX,
  RAFT_BATCH_MESSAGES_MAX,
  RAFT_ENTRY_BYTES_MAX,
  RAFT_MEMBERS_MAX,
  RAFT_PIECE_BYTES_MAX,
  LOG_INDEX_MAX,
} from '../../shared/limits.js';
import {
  address,
  addressOrEmpty,
  bool,
  bytes,
  counter,
  enumOf,
  id,
  idOrEmpty,
  integer,
  list,
  logIndex,
  message,
  oneof,
  optional,
  ordinal,
  realTerm,
  term,
  text,
} from './field-rows.js';
import type { TablesOf } from './field-rows.js';

type RaftNames =
  | 'RaftAddress'
  | 'RaftMember'
  | 'RaftMembers'
  | 'RaftEntryId'
  | 'RaftEntry'
  | 'RaftSnapshot'
  | 'RaftBatch'
  | 'RaftBatchTaken'
  | 'RaftMessage'
  | 'RaftVote'
  | 'RaftVoteReply'
  | 'RaftAppend'
  | 'RaftAppendAccepted'
  | 'RaftAppendRejected'
  | 'RaftHeartbeat'
  | 'RaftRecovery'
  | 'RaftHeartbeatReply'
  | 'RaftPiece'
  | 'RaftSnapshotReply'
  | 'RaftTimeoutNow'
  | 'InviteRequest'
  | 'InviteResponse'
  | 'MasterContact'
  | 'GreetRequest'
  | 'GreetResponse';

/** The first byte of a record of the log. */
const opCode = integer(0, 0xff);
const contacts = list(message('MasterContact'), RAFT_MEMBERS_MAX);

/** Messages of the core. src/raft/message-range.ts checks their terms and indexes against those of the receiver. */
const RAFT: TablesOf<RaftNames> = {
  RaftAddress: { id, incarnation: counter },
  RaftMember: { id, incarnation: counter, isVoter: bool },
  RaftMembers: { members: list(message('RaftMember'), RAFT_MEMBERS_MAX) },
  RaftEntryId: { index: logIndex, term },
  RaftEntry: {
    index: integer(1, LOG_INDEX_MAX),
    term: realTerm,
    empty: bool,
    data: bytes(1, RAFT_ENTRY_BYTES_MAX),
    members: optional('RaftMembers'),
    body: oneof,
  },
  RaftSnapshot: { last: message('RaftEntryId'), id, members: message('RaftMembers') },
  RaftBatch: {
    clusterId: idOrEmpty,
    senderAddress: addressOrEmpty,
    messages: list(message('RaftMessage'), RAFT_BATCH_MESSAGES_MAX),
    senderLife: id,
    senderVersion: counter,
    senderHighestOperation: opCode,
  },
  RaftBatchTaken: {},
  MasterContact: { master: message('RaftAddress'), address, version: counter, highestOperation: opCode },
  GreetRequest: { clusterId: id, sender: message('MasterContact'), senderLife: id, contacts },
  GreetResponse: { sender: message('MasterContact'), senderLife: id, contacts },
  RaftMessage: {
    from: message('RaftAddress'),
    to: message('RaftAddress'),
    term,
    vote: optional('RaftVote'),
    voteReply: optional('RaftVoteReply'),
    append: optional('RaftAppend'),
    appendAccepted: optional('RaftAppendAccepted'),
    appendRejected: optional('RaftAppendRejected'),
    heartbeat: optional('RaftHeartbeat'),
    heartbeatReply: optional('RaftHeartbeatReply'),
    snapshot: optional('RaftPiece'),
    snapshotReply: optional('RaftSnapshotReply'),
    timeoutNow: optional('RaftTimeoutNow'),
    body: oneof,
  },
  RaftVote: { isPre: bool, last: message('RaftEntryId'), isForced: bool },
  RaftVoteReply: { isPre: bool, isGranted: bool },
  RaftAppend: {
    previous: message('RaftEntryId'),
    entries: list(message('RaftEntry'), RAFT_APPEND_ENTRIES_MAX),
    commit: logIndex,
  },
  RaftAppendAccepted: { match: logIndex },
  RaftAppendRejected: { rejected: logIndex, hint: message('RaftEntryId') },
  RaftHeartbeat: { commit: logIndex, round: counter, recovery: optional('RaftRecovery') },
  RaftRecovery: { probe: counter, lastIndex: logIndex },
  RaftHeartbeatReply: { round: counter, hasProbe: bool, probe: counter, isBound: bool },
  RaftPiece: { snapshot: message('RaftSnapshot'), offset: counter, data: bytes(0, RAFT_PIECE_BYTES_MAX), isLast: bool },
  RaftSnapshotReply: { snapshotId: id, offset: counter },
  RaftTimeoutNow: {},
  InviteRequest: { clusterId: id, masterId: id, incarnation: ordinal, contacts },
  InviteResponse: {},
};

type MasterNames =
  | 'GetMasterStatusRequest'
  | 'GetMasterStatusResponse'
  | 'MasterMember'
  | 'TransferLeadershipRequest'
  | 'TransferLeadershipResponse'
  | 'AddMasterRequest'
  | 'AddMasterResponse'
  | 'RemoveMasterRequest'
  | 'RemoveMasterResponse';

const MASTERS: TablesOf<MasterNames> = {
  GetMasterStatusRequest: {},
  GetMasterStatusResponse: {
    clusterId: idOrEmpty,
    masterId: idOrEmpty,
    incarnation: counter,
    role: enumOf({
      MASTER_ROLE_UNSPECIFIED: true,
      LEADER: true,
      FOLLOWER: true,
      CANDIDATE: true,
      LEARNER: true,
      DAMAGED: true,
      WAITING: true,
    }),
    term,
    leaderId: idOrEmpty,
    commitIndex: logIndex,
    appliedIndex: logIndex,
    lastIndex: logIndex,
    checkpointIndex: logIndex,
    members: list(message('MasterMember'), RAFT_MEMBERS_MAX),
    stateDigest: idOrEmpty,
    fsyncP50Us: counter,
    fsyncP99Us: counter,
    commitP50Us: counter,
    commitP99Us: counter,
    logBytes: counter,
    shortage: text(ERROR_MESSAGE_BYTES_MAX),
  },
  MasterMember: {
    masterId: id,
    address: addressOrEmpty,
    incarnation: counter,
    isVoter: bool,
    life: idOrEmpty,
    isSilent: bool,
    highestOperation: opCode,
  },
  TransferLeadershipRequest: { masterId: idOrEmpty },
  TransferLeadershipResponse: { leaderId: idOrEmpty },
  AddMasterRequest: { masterId: id, address },
  AddMasterResponse: { incarnation: counter },
  RemoveMasterRequest: { masterId: id },
  RemoveMasterResponse: {},
};

export const GROUP_LIMITS: TablesOf<RaftNames | MasterNames> = { ...RAFT, ...MASTERS };
