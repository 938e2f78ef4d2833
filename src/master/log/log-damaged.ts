/** The errors for a master's disk that cannot be trusted: what is wrong, where, and the ways out. */
import { DfsError } from '../../shared/errors.js';
import type { Disk } from '../../shared/runtime.js';
import type { Address, HardState } from '../../raft/types.js';
import { LOG_FILE, VOTE_FILE } from './log-files.js';
import type { Damage } from './log-walk.js';
import { SEGMENT_RECORD_BYTES } from './segment-head.js';

/**
 * @param isGroup other masters hold the log, too
 * @param voteProblem what is wrong with the vote file; null: nothing
 */
export function damagedForGood(disk: Disk, damage: Damage, isGroup: boolean, voteProblem: string | null): DfsError {
  const vote = voteProblem === null ? '' : ` ${VOTE_FILE} cannot stand in for it: ${voteProblem}.`;
  const waysOut = isGroup
    ? "put back a good copy of the whole folder from the disk's own redundancy; or remove this master from the group " +
      '(distrifs admin remove-master), empty its folder and add it again as new (distrifs admin add-master): the others hold everything. ' +
      'Never start it with an older copy of the folder, which would forget its vote'
    : `put back a good copy of the folder from a backup or from the disk's own redundancy${howToCut(damage)}`;
  return new DfsError(
    'LOG_DAMAGED',
    `${disk.root}/${damage.file} is damaged at offset ${damage.offset}: ${damage.reason}.${vote} The log was not changed. ` +
      `Look at it with: distrifs admin log-inspect. Ways out: ${waysOut}. Datanodes keep their chunks meanwhile.`,
  );
}

/** The hard state is older than the log: a vote may be forgotten. */
export function lostTerm(disk: Disk, term: number, logTerm: number): DfsError {
  return new DfsError(
    'LOG_DAMAGED',
    `${disk.root}: term and vote are of term ${term}, but the log or checkpoint is of term ${logTerm}: files of different times were mixed. ` +
      'Put back those that belong together; or remove this master from its group and add it again as new. The log was not changed',
  );
}

/** The files belong to another incarnation of this master. */
export function foreignDisk(disk: Disk, { incarnation }: HardState, self: Address): DfsError {
  return new DfsError(
    'LOG_DAMAGED',
    `${disk.root}: log and vote are of incarnation ${incarnation} of a master, but "${self.id}" has incarnation ${self.incarnation}: ` +
      'put back the files that belong together; nothing was changed',
  );
}

/** For a master that has no others: what it costs to go on with what is good. */
function howToCut({ file, offset }: Damage): string {
  if (offset <= SEGMENT_RECORD_BYTES) return '';
  const rest = file === LOG_FILE ? '' : `, remove the segments after it and name it ${LOG_FILE}`;
  return (
    `; or, accepting that what was logged from there on is lost, copy the folder away, cut ${file} to ${offset} bytes${rest}, ` +
    `and remove ${LOG_FILE}.durable`
  );
}
