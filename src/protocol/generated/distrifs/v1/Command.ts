// Original file: proto/distrifs/v1/datanode.proto

import type { ReplicateCommand as _distrifs_v1_ReplicateCommand, ReplicateCommand__Output as _distrifs_v1_ReplicateCommand__Output } from '../../distrifs/v1/ReplicateCommand.js';
import type { DeleteCommand as _distrifs_v1_DeleteCommand, DeleteCommand__Output as _distrifs_v1_DeleteCommand__Output } from '../../distrifs/v1/DeleteCommand.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Carried out only while `term` is the highest the node has accepted. Repeating one is harmless.
 */
export interface Command {
  'commandId'?: (number | string | Long);
  'term'?: (number | string | Long);
  'replicate'?: (_distrifs_v1_ReplicateCommand | null);
  'delete'?: (_distrifs_v1_DeleteCommand | null);
  /**
   * What the leader had applied of its log when it gave the command.
   */
  'index'?: (number | string | Long);
  'action'?: "replicate"|"delete";
}

/**
 * Carried out only while `term` is the highest the node has accepted. Repeating one is harmless.
 */
export interface Command__Output {
  'commandId': (number);
  'term': (number);
  'replicate'?: (_distrifs_v1_ReplicateCommand__Output | null);
  'delete'?: (_distrifs_v1_DeleteCommand__Output | null);
  /**
   * What the leader had applied of its log when it gave the command.
   */
  'index': (number);
  'action'?: "replicate"|"delete";
}
