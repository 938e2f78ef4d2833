/** What the Raft core refuses, as an error that a client or a person can act on. */
import type { Refusal } from '../../raft/types.js';
import { DfsError } from '../../shared/errors.js';
import type { ErrorCode } from '../../shared/errors.js';

const ERRORS: Readonly<Record<Exclude<Refusal, 'NOT_LEADER'>, readonly [ErrorCode, string]>> = {
  BUSY: ['RESOURCE_EXHAUSTED', 'The master has as many changes under way as it may have: try again'],
  // Not taken, and not for long: another master is about to lead.
  TRANSFERRING: ['NOT_LEADER', 'The master is handing its leadership over: try again'],
  TOO_LARGE: ['INVALID_ARGUMENT', 'The request is too large for one record of the log'],
  CHANGE_UNDER_WAY: ['RESOURCE_EXHAUSTED', 'Another change of the set of masters is under way: try again when it is committed'],
  NO_SUCH_MEMBER: ['NOT_FOUND', 'There is no such master with a vote in this group'],
  ALREADY_A_MEMBER: ['ALREADY_EXISTS', 'This master is in that place already'],
  NOT_CAUGHT_UP: ['RESOURCE_EXHAUSTED', 'The master has not caught up with the log yet: it gets its vote by itself when it has'],
  LAST_VOTER: ['INVALID_ARGUMENT', 'The last master with a vote cannot be removed: add another one first'],
};

/** @param leaderId the leader's id, as far as known */
export function refusalError(refusal: Refusal, leaderId: string | null): DfsError {
  if (refusal === 'NOT_LEADER') {
    const who = leaderId === null ? 'and knows of no leader' : `master "${leaderId}" does`;
    return new DfsError('NOT_LEADER', `This master does not lead, ${who}`);
  }
  const [code, message] = ERRORS[refusal];
  return new DfsError(code, message);
}
