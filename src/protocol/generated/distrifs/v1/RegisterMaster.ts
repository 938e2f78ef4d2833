// Original file: proto/distrifs/v1/log.proto


/**
 * The address of a master. A new master gets an incarnation: a number that no master of this cluster has had before.
 */
export interface RegisterMaster {
  'masterId'?: (string);
  /**
   * host:port
   */
  'address'?: (string);
  /**
   * false: an existing member has changed its address.
   */
  'isNew'?: (boolean);
}

/**
 * The address of a master. A new master gets an incarnation: a number that no master of this cluster has had before.
 */
export interface RegisterMaster__Output {
  'masterId': (string);
  /**
   * host:port
   */
  'address': (string);
  /**
   * false: an existing member has changed its address.
   */
  'isNew': (boolean);
}
