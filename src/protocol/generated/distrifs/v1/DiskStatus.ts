// Original file: proto/distrifs/v1/common.proto

import type { DiskState as _distrifs_v1_DiskState, DiskState__Output as _distrifs_v1_DiskState__Output } from '../../distrifs/v1/DiskState.js';
import type { Long } from '@grpc/proto-loader';

/**
 * The disk of a data folder, as its datanode sees it.
 */
export interface DiskStatus {
  'state'?: (_distrifs_v1_DiskState);
  /**
   * The error of the last write; empty while the disk is writable.
   */
  'problem'?: (string);
  /**
   * The same for all folders on one disk of one machine; empty: unknown.
   */
  'diskId'?: (string);
  'totalBytes'?: (number | string | Long);
  /**
   * Free for chunks: without what datanodes leave free.
   */
  'freeBytes'?: (number | string | Long);
}

/**
 * The disk of a data folder, as its datanode sees it.
 */
export interface DiskStatus__Output {
  'state': (_distrifs_v1_DiskState__Output);
  /**
   * The error of the last write; empty while the disk is writable.
   */
  'problem': (string);
  /**
   * The same for all folders on one disk of one machine; empty: unknown.
   */
  'diskId': (string);
  'totalBytes': (number);
  /**
   * Free for chunks: without what datanodes leave free.
   */
  'freeBytes': (number);
}
