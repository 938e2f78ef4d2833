// Original file: proto/distrifs/v1/log.proto


/**
 * Forgets up to `limit` inodes of deleted directories, in the order they were deleted.
 */
export interface Purge {
  'limit'?: (number);
}

/**
 * Forgets up to `limit` inodes of deleted directories, in the order they were deleted.
 */
export interface Purge__Output {
  'limit': (number);
}
