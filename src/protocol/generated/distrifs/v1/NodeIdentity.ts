// Original file: proto/distrifs/v1/datanode.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Who is speaking. Every call but the first carries the registration it belongs to.
 */
export interface NodeIdentity {
  /**
   * Empty before the first registration of an empty data directory.
   */
  'clusterId'?: (string);
  'nodeId'?: (string);
  /**
   * Random, made with the data directory: a wiped node that comes back under its old id has another one.
   */
  'incarnation'?: (string);
  /**
   * Given by RegisterDataNode; a master that does not know it answers needs_registration.
   */
  'registrationId'?: (number | string | Long);
  /**
   * The highest term this node has durably accepted.
   */
  'acceptedTerm'?: (number | string | Long);
}

/**
 * Who is speaking. Every call but the first carries the registration it belongs to.
 */
export interface NodeIdentity__Output {
  /**
   * Empty before the first registration of an empty data directory.
   */
  'clusterId': (string);
  'nodeId': (string);
  /**
   * Random, made with the data directory: a wiped node that comes back under its old id has another one.
   */
  'incarnation': (string);
  /**
   * Given by RegisterDataNode; a master that does not know it answers needs_registration.
   */
  'registrationId': (number);
  /**
   * The highest term this node has durably accepted.
   */
  'acceptedTerm': (number);
}
