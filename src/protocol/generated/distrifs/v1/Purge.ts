// Original file: proto/distrifs/v1/log.proto


/**
 * Removes up to `limit` inodes of deleted directories, in the order they were deleted.
 */
export interface Purge {
  'limit'?: (number);
}

/**
 * Removes up to `limit` inodes of deleted directories, in the order they were deleted.
 */
export interface Purge__Output {
  'limit': (number);
}
