/** `distrifs admin remove-master`: removes a master from the group. */
import { isDfsError } from '../../shared/errors.js';
import type { LedSurvey, MasterSurvey } from '../../client/admin/master-survey.js';
import { type AdminContext, withMasters } from './admin-command.js';
import { majorityOf, votersOf, weaknessOf } from './admin-quorum.js';
import { reasonOf } from '../terminal/cli-error.js';
import type { Call } from '../terminal/command-row.js';
import { writeLine } from '../terminal/standard-output.js';

export interface RemoveFlags {
  readonly yes?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/** The consequences that an operator must confirm; empty: none. */
function concerns(survey: MasterSurvey, id: string): string[] {
  const { voters, able } = votersOf(survey, id);
  const found: string[] = [];
  if (able < majorityOf(voters)) {
    const answer = able === 1 ? 'answers' : 'answer';
    found.push(
      `only ${able} of the ${voters} remaining voters ${answer}, and ${majorityOf(voters)} are needed: the cluster would stop ` +
        'working, and no master could be added or removed; first restart or remove the silent masters',
    );
  }
  const weakness = weaknessOf(voters);
  if (weakness !== null) found.push(weakness);
  return found;
}

function assertRemovable(survey: LedSurvey, id: string, isMeant: boolean): void {
  const { members } = survey;
  const member = members.find(({ masterId }) => masterId === id);
  if (member === undefined) {
    throw new Error(
      `"${id}" is not a member of the group: the members are ${members.map(({ masterId }) => masterId).join(', ')}`,
    );
  }
  if (!member.isVoter) return;
  if (votersOf(survey, id).voters === 0) {
    throw new Error(`"${id}" is the last voter, which cannot be removed. To end the cluster, stop its processes`);
  }
  const found = concerns(survey, id);
  if (found.length > 0 && !isMeant) throw new Error(`nothing was changed: ${found.join('; ')}. Use --yes to proceed`);
}

/** Checks the result when the answer is lost, as it may be when the leader removes itself. */
async function assertGone({ admin }: AdminContext, id: string, error: unknown): Promise<void> {
  if (!isDfsError(error, 'UNAVAILABLE', 'CONNECTION_LOST', 'DEADLINE_EXCEEDED')) throw error;
  const { leader, members } = await admin.survey();
  if (leader !== null && !members.some(({ masterId }) => masterId === id)) return;
  throw new Error(`${reasonOf(error)}; the master may or may not be removed: check with distrifs admin masters, and try again`, {
    cause: error,
  });
}

/** Removes a master, after a warning about the consequences. */
export const removeMaster = withMasters(async (context, call: Call<readonly [id: string], RemoveFlags>) => {
  const {
    args: [id],
    flags,
  } = call;
  const { admin, json, warn } = context;
  const before = await admin.surveyWithLeader(`Cannot remove the master "${id}"`, flags.timeout);
  assertRemovable(before, id, flags.yes === true);
  if (before.leader.id === id) warn(`"${id}" is the leader: another master takes over`);
  await admin.removeMaster(id, flags.timeout).catch((error: unknown) => assertGone(context, id, error));
  if (json) {
    writeLine(JSON.stringify({ id, removed: true }));
    return;
  }
  writeLine(
    `${id} is not a member any more: stop its process. To add it again, empty its folder, start it with --join, ` +
      `and run distrifs admin add-master ${id} <address>`,
  );
});
