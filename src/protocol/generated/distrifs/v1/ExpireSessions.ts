// Original file: proto/distrifs/v1/log.proto


/**
 * Sessions unused for the session timeout, as of this record's log time.
 */
export interface ExpireSessions {
}

/**
 * Sessions unused for the session timeout, as of this record's log time.
 */
export interface ExpireSessions__Output {
}
