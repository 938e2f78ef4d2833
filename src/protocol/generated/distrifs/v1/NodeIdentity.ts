// Original file: proto/distrifs/v1/datanode.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The identity of the sender. Every call except the first has the registration to which it belongs.
 */
export interface NodeIdentity {
  /**
   * Empty before the first registration of an empty data directory.
   */
  'clusterId'?: (string);
  'nodeId'?: (string);
  /**
   * Random, made with the data directory: a wiped node that returns under its old id has another incarnation.
   */
  'incarnation'?: (string);
  /**
   * Assigned by RegisterDataNode; a master answers an unknown registration with needs_registration.
   */
  'registrationId'?: (number | string | Long);
  /**
   * The highest term this node has durably accepted.
   */
  'acceptedTerm'?: (number | string | Long);
  /**
   * Random, made at each start of the process: two processes on copies of one data directory have different ones. Empty: an older release.
   */
  'runId'?: (string);
}

/**
 * The identity of the sender. Every call except the first has the registration to which it belongs.
 */
export interface NodeIdentity__Output {
  /**
   * Empty before the first registration of an empty data directory.
   */
  'clusterId': (string);
  'nodeId': (string);
  /**
   * Random, made with the data directory: a wiped node that returns under its old id has another incarnation.
   */
  'incarnation': (string);
  /**
   * Assigned by RegisterDataNode; a master answers an unknown registration with needs_registration.
   */
  'registrationId': (number);
  /**
   * The highest term this node has durably accepted.
   */
  'acceptedTerm': (number);
  /**
   * Random, made at each start of the process: two processes on copies of one data directory have different ones. Empty: an older release.
   */
  'runId': (string);
}
