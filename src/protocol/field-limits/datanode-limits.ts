/** Limits of the messages from datanodes to masters, and of the commands in the answers: proto/distrifs/v1/datanode.proto. */
import {
  NODE_COMMANDS_MAX,
  REPLICATION_MAX,
  REPORT_FAILURES_MAX,
  REPORT_PARTS_MAX,
  REPORT_PART_REPLICAS,
} from '../../shared/limits.js';
import { chunkBytes } from './common-limits.js';
import {
  address,
  bool,
  counter,
  enumOf,
  id,
  idOrEmpty,
  integer,
  label,
  list,
  logIndex,
  message,
  openOneof,
  optional,
  ordinal,
  term,
  timerMs,
} from './field-rows.js';
import type { TablesOf } from './field-rows.js';

const node = message('NodeIdentity');
const stats = optional('NodeStats');
const replicas = list(message('Replica'), REPORT_PART_REPLICAS);
const commands = list(message('Command'), NODE_COMMANDS_MAX);

export const DATANODE_LIMITS: TablesOf<
  | 'NodeIdentity'
  | 'RegisterDataNodeRequest'
  | 'RegisterDataNodeResponse'
  | 'HeartbeatRequest'
  | 'CopyProgress'
  | 'HeartbeatResponse'
  | 'Replica'
  | 'BlockReportRequest'
  | 'BlockReportResponse'
  | 'ReportReplicasRequest'
  | 'ReportReplicasResponse'
  | 'CommandFailure'
  | 'PollCommandsRequest'
  | 'PollCommandsResponse'
  | 'Command'
  | 'ReplicateCommand'
  | 'DeleteCommand'
  | 'CancelCommand'
> = {
  NodeIdentity: {
    clusterId: idOrEmpty,
    nodeId: id,
    incarnation: { ...label(), bytesMin: 1 },
    registrationId: counter,
    acceptedTerm: term,
    runId: idOrEmpty,
  },
  RegisterDataNodeRequest: { node, address, rack: label(), stats },
  RegisterDataNodeResponse: {
    clusterId: id,
    registrationId: counter,
    term,
    heartbeatIntervalMs: timerMs,
    blockReportIntervalMs: timerMs,
    wasUnknown: bool,
  },
  HeartbeatRequest: { node, stats, copies: list(message('CopyProgress'), NODE_COMMANDS_MAX) },
  CopyProgress: { term, commandId: counter, ackedBytes: counter, chunkId: ordinal },
  HeartbeatResponse: { term, needsRegistration: bool, needsFullReport: bool, commands },
  Replica: {
    chunkId: ordinal,
    version: counter,
    lengthBytes: chunkBytes,
    state: enumOf({ REPLICA_STATE_UNSPECIFIED: false, COMMITTED: true, WRITING: true, DELETED: true, CORRUPT: true }),
  },
  BlockReportRequest: {
    node,
    reportId: counter,
    part: integer(0, REPORT_PARTS_MAX - 1),
    parts: integer(1, REPORT_PARTS_MAX),
    replicas,
    stats,
  },
  BlockReportResponse: { term, needsRegistration: bool },
  ReportReplicasRequest: {
    node,
    replicas,
    stats,
    failures: list(message('CommandFailure'), REPORT_FAILURES_MAX),
    reportId: counter,
  },
  ReportReplicasResponse: { term, needsRegistration: bool },
  CommandFailure: { commandId: counter, error: optional('ErrorDetail') },
  PollCommandsRequest: { node, waitMs: timerMs },
  PollCommandsResponse: { term, needsRegistration: bool, commands },
  Command: {
    commandId: counter,
    term,
    index: logIndex,
    replicate: optional('ReplicateCommand'),
    delete: optional('DeleteCommand'),
    cancel: optional('CancelCommand'),
    action: openOneof,
  },
  ReplicateCommand: {
    chunkId: ordinal,
    version: counter,
    lengthBytes: chunkBytes,
    targets: list(message('NodeAddress'), REPLICATION_MAX),
    sources: list(message('NodeAddress'), REPLICATION_MAX),
  },
  DeleteCommand: { chunkId: ordinal, version: counter },
  CancelCommand: { commandId: counter },
};
