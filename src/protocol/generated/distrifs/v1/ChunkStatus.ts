// Original file: proto/distrifs/v1/cluster.proto

import type { Long } from '@grpc/proto-loader';

export interface ChunkStatus {
  'chunkId'?: (number | string | Long);
  'chunkUuid'?: (string);
  'fileId'?: (number | string | Long);
  /**
   * A path that is longer than any that can be made now is cut.
   */
  'path'?: (string);
  'index'?: (number | string | Long);
  'version'?: (number | string | Long);
  'lengthBytes'?: (number | string | Long);
  'replication'?: (number);
  /**
   * Live nodes with a valid replica: confirmed, of the committed version, neither in doubt nor being deleted.
   */
  'nodeIds'?: (string)[];
}

export interface ChunkStatus__Output {
  'chunkId': (number);
  'chunkUuid': (string);
  'fileId': (number);
  /**
   * A path that is longer than any that can be made now is cut.
   */
  'path': (string);
  'index': (number);
  'version': (number);
  'lengthBytes': (number);
  'replication': (number);
  /**
   * Live nodes with a valid replica: confirmed, of the committed version, neither in doubt nor being deleted.
   */
  'nodeIds': (string)[];
}
