// Original file: proto/distrifs/v1/log.proto


/**
 * Where a master is reached. A new one gets an incarnation: a number that no master of this cluster has had before.
 */
export interface RegisterMaster {
  'masterId'?: (string);
  /**
   * host:port
   */
  'address'?: (string);
  /**
   * false: a member has another address now.
   */
  'isNew'?: (boolean);
}

/**
 * Where a master is reached. A new one gets an incarnation: a number that no master of this cluster has had before.
 */
export interface RegisterMaster__Output {
  'masterId': (string);
  /**
   * host:port
   */
  'address': (string);
  /**
   * false: a member has another address now.
   */
  'isNew': (boolean);
}
