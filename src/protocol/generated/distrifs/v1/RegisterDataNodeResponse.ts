// Original file: proto/distrifs/v1/datanode.proto

import type { Long } from '@grpc/proto-loader';

export interface RegisterDataNodeResponse {
  'clusterId'?: (string);
  'registrationId'?: (number | string | Long);
  'term'?: (number | string | Long);
  'heartbeatIntervalMs'?: (number | string | Long);
  'blockReportIntervalMs'?: (number | string | Long);
  /**
   * The log has no record of this datanode, which has registered with this cluster before: it was removed, or the log is older.
   */
  'wasUnknown'?: (boolean);
}

export interface RegisterDataNodeResponse__Output {
  'clusterId': (string);
  'registrationId': (number);
  'term': (number);
  'heartbeatIntervalMs': (number);
  'blockReportIntervalMs': (number);
  /**
   * The log has no record of this datanode, which has registered with this cluster before: it was removed, or the log is older.
   */
  'wasUnknown': (boolean);
}
