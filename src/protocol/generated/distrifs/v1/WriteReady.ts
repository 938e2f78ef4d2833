// Original file: proto/distrifs/v1/data.proto


/**
 * The whole pipeline from this node on is ready for packets.
 */
export interface WriteReady {
  'nodeIds'?: (string)[];
}

/**
 * The whole pipeline from this node on is ready for packets.
 */
export interface WriteReady__Output {
  'nodeIds': (string)[];
}
