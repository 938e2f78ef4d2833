// Original file: proto/distrifs/v1/data.proto

import type { QuarantineFinding as _distrifs_v1_QuarantineFinding, QuarantineFinding__Output as _distrifs_v1_QuarantineFinding__Output } from '../../distrifs/v1/QuarantineFinding.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Files of one chunk that were moved to the quarantine together.
 */
export interface QuarantineItem {
  /**
   * <uuid of the chunk>.<8 hexadecimal digits>
   */
  'name'?: (string);
  /**
   * 0: of another cluster.
   */
  'chunkId'?: (number | string | Long);
  /**
   * Of the files of checksums.
   */
  'versions'?: (number | string | Long)[];
  'hasData'?: (boolean);
  'dataBytes'?: (number | string | Long);
  'finding'?: (_distrifs_v1_QuarantineFinding);
  /**
   * With DIFFERS: blocks that do not match the checksums that most blocks match.
   */
  'badBlocks'?: (number | string | Long);
}

/**
 * Files of one chunk that were moved to the quarantine together.
 */
export interface QuarantineItem__Output {
  /**
   * <uuid of the chunk>.<8 hexadecimal digits>
   */
  'name': (string);
  /**
   * 0: of another cluster.
   */
  'chunkId': (number);
  /**
   * Of the files of checksums.
   */
  'versions': (number)[];
  'hasData': (boolean);
  'dataBytes': (number);
  'finding': (_distrifs_v1_QuarantineFinding__Output);
  /**
   * With DIFFERS: blocks that do not match the checksums that most blocks match.
   */
  'badBlocks': (number);
}
