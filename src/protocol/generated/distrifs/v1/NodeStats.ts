// Original file: proto/distrifs/v1/common.proto

import type { DiskStatus as _distrifs_v1_DiskStatus, DiskStatus__Output as _distrifs_v1_DiskStatus__Output } from '../../distrifs/v1/DiskStatus.js';
import type { Long } from '@grpc/proto-loader';

export interface NodeStats {
  'capacityBytes'?: (number | string | Long);
  'usedBytes'?: (number | string | Long);
  'freeBytes'?: (number | string | Long);
  'chunkCount'?: (number | string | Long);
  'activeWrites'?: (number);
  'activeReads'?: (number);
  /**
   * Unset: the datanode is of an older release.
   */
  'disk'?: (_distrifs_v1_DiskStatus | null);
}

export interface NodeStats__Output {
  'capacityBytes': (number);
  'usedBytes': (number);
  'freeBytes': (number);
  'chunkCount': (number);
  'activeWrites': (number);
  'activeReads': (number);
  /**
   * Unset: the datanode is of an older release.
   */
  'disk': (_distrifs_v1_DiskStatus__Output | null);
}
