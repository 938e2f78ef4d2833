// Original file: proto/distrifs/v1/data.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Progress and keepalive: sent upstream by each node whenever it advances, and at least every quarter of the stream timeout.
 */
export interface WriteAck {
  /**
   * Bytes that this node and all nodes after it have verified and written (not yet fsynced).
   */
  'receivedBytes'?: (number | string | Long);
  /**
   * Disk calls that have ended for this write, on this node and all nodes after it: a keepalive in which neither this nor
   * received_bytes has advanced shows no progress. 0 from nodes of earlier versions.
   */
  'steps'?: (number | string | Long);
}

/**
 * Progress and keepalive: sent upstream by each node whenever it advances, and at least every quarter of the stream timeout.
 */
export interface WriteAck__Output {
  /**
   * Bytes that this node and all nodes after it have verified and written (not yet fsynced).
   */
  'receivedBytes': (number);
  /**
   * Disk calls that have ended for this write, on this node and all nodes after it: a keepalive in which neither this nor
   * received_bytes has advanced shows no progress. 0 from nodes of earlier versions.
   */
  'steps': (number);
}
