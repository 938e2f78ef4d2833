// Original file: proto/distrifs/v1/data.proto

import type { QuarantineAction as _distrifs_v1_QuarantineAction, QuarantineAction__Output as _distrifs_v1_QuarantineAction__Output } from '../../distrifs/v1/QuarantineAction.js';

/**
 * An operator's request about the quarantine of a node, answered with QuarantineAnswer or ERROR.
 */
export interface QuarantineOpen {
  'clusterId'?: (string);
  'nodeId'?: (string);
  'action'?: (_distrifs_v1_QuarantineAction);
  /**
   * With LIST: only items with greater names.
   */
  'after'?: (string);
  /**
   * With the other actions: of the item.
   */
  'name'?: (string);
}

/**
 * An operator's request about the quarantine of a node, answered with QuarantineAnswer or ERROR.
 */
export interface QuarantineOpen__Output {
  'clusterId': (string);
  'nodeId': (string);
  'action': (_distrifs_v1_QuarantineAction__Output);
  /**
   * With LIST: only items with greater names.
   */
  'after': (string);
  /**
   * With the other actions: of the item.
   */
  'name': (string);
}
