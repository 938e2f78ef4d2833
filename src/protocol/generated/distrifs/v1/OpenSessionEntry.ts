// Original file: proto/distrifs/v1/log.proto


export interface OpenSessionEntry {
  'clientName'?: (string);
  /**
   * Random: so many ids are never given. When an older copy of the log was put back, a session gets another id than the one that the
   * lost part of the log opened in its place, and no client is answered with the results of another one.
   */
  'skippedIds'?: (number);
}

export interface OpenSessionEntry__Output {
  'clientName': (string);
  /**
   * Random: so many ids are never given. When an older copy of the log was put back, a session gets another id than the one that the
   * lost part of the log opened in its place, and no client is answered with the results of another one.
   */
  'skippedIds': (number);
}
