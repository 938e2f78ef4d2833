// Original file: proto/distrifs/v1/datanode.proto

import type { ReplicateOrder as _distrifs_v1_ReplicateOrder, ReplicateOrder__Output as _distrifs_v1_ReplicateOrder__Output } from '../../distrifs/v1/ReplicateOrder.js';
import type { DeleteOrder as _distrifs_v1_DeleteOrder, DeleteOrder__Output as _distrifs_v1_DeleteOrder__Output } from '../../distrifs/v1/DeleteOrder.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Carried out only while `term` is the highest the node has accepted. Repeating one is harmless.
 */
export interface Order {
  'orderId'?: (number | string | Long);
  'term'?: (number | string | Long);
  'replicate'?: (_distrifs_v1_ReplicateOrder | null);
  'delete'?: (_distrifs_v1_DeleteOrder | null);
  /**
   * What the leader had applied of its log when it gave the order.
   */
  'index'?: (number | string | Long);
  'action'?: "replicate"|"delete";
}

/**
 * Carried out only while `term` is the highest the node has accepted. Repeating one is harmless.
 */
export interface Order__Output {
  'orderId': (number);
  'term': (number);
  'replicate'?: (_distrifs_v1_ReplicateOrder__Output | null);
  'delete'?: (_distrifs_v1_DeleteOrder__Output | null);
  /**
   * What the leader had applied of its log when it gave the order.
   */
  'index': (number);
  'action'?: "replicate"|"delete";
}
