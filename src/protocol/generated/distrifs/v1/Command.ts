// Original file: proto/distrifs/v1/datanode.proto

import type { ReplicateCommand as _distrifs_v1_ReplicateCommand, ReplicateCommand__Output as _distrifs_v1_ReplicateCommand__Output } from '../../distrifs/v1/ReplicateCommand.js';
import type { DeleteCommand as _distrifs_v1_DeleteCommand, DeleteCommand__Output as _distrifs_v1_DeleteCommand__Output } from '../../distrifs/v1/DeleteCommand.js';
import type { CancelCommand as _distrifs_v1_CancelCommand, CancelCommand__Output as _distrifs_v1_CancelCommand__Output } from '../../distrifs/v1/CancelCommand.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Carried out only while `term` is the highest term that the node has accepted. Commands are idempotent.
 */
export interface Command {
  'commandId'?: (number | string | Long);
  'term'?: (number | string | Long);
  'replicate'?: (_distrifs_v1_ReplicateCommand | null);
  'delete'?: (_distrifs_v1_DeleteCommand | null);
  /**
   * The leader's applied index at the time of the command.
   */
  'index'?: (number | string | Long);
  'cancel'?: (_distrifs_v1_CancelCommand | null);
  'action'?: "replicate"|"delete"|"cancel";
}

/**
 * Carried out only while `term` is the highest term that the node has accepted. Commands are idempotent.
 */
export interface Command__Output {
  'commandId': (number);
  'term': (number);
  'replicate'?: (_distrifs_v1_ReplicateCommand__Output | null);
  'delete'?: (_distrifs_v1_DeleteCommand__Output | null);
  /**
   * The leader's applied index at the time of the command.
   */
  'index': (number);
  'cancel'?: (_distrifs_v1_CancelCommand__Output | null);
  'action'?: "replicate"|"delete"|"cancel";
}
