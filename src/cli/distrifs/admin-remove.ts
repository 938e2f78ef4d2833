/** `distrifs admin remove-master`: the group goes on without a master. */
import { isDfsError } from '../../shared/errors.js';
import type { MasterSurvey } from '../../client/admin/master-survey.js';
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

/** What an operator has to mean to do, said one by one; empty: nothing speaks against it. */
function concerns(survey: MasterSurvey, id: string): string[] {
  const { voters, able } = votersOf(survey, id);
  const found: string[] = [];
  if (able < majorityOf(voters)) {
    const answer = able === 1 ? 'answers' : 'answer';
    found.push(
      `of the ${voters} voters that are left only ${able} ${answer}, and ${majorityOf(voters)} are needed: the cluster would stand ` +
        'still, and nothing could be added or removed; bring the silent ones back, or remove them, first',
    );
  }
  const weakness = weaknessOf(voters);
  if (weakness !== null) found.push(weakness);
  return found;
}

function assertRemovable(survey: MasterSurvey, id: string, isMeant: boolean): void {
  const { leader, members } = survey;
  if (leader === null) return;
  const member = members.find(({ masterId }) => masterId === id);
  if (member === undefined) {
    throw new Error(`"${id}" is no member of the group: the members are ${members.map(({ masterId }) => masterId).join(', ')}`);
  }
  if (!member.isVoter) return;
  if (votersOf(survey, id).voters === 0) {
    throw new Error(`"${id}" is the last voter: without it there is no cluster. To end the cluster, stop its processes`);
  }
  const found = concerns(survey, id);
  if (found.length > 0 && !isMeant) throw new Error(`nothing was changed: ${found.join('; ')}. If you mean it, say --yes`);
}

/** The answer may be lost, above all when the leader removes itself. */
async function assertGone({ admin }: AdminContext, id: string, error: unknown): Promise<void> {
  if (!isDfsError(error, 'UNAVAILABLE', 'CONNECTION_LOST', 'DEADLINE_EXCEEDED')) throw error;
  const { leader, members } = await admin.survey();
  if (leader !== null && !members.some(({ masterId }) => masterId === id)) return;
  throw new Error(`${reasonOf(error)}; it may or may not be removed: look at distrifs admin masters, and try again`, {
    cause: error,
  });
}

/** Removes a master, after saying what that would break. */
export const removeMaster = withMasters(async (context, call: Call<readonly [id: string], RemoveFlags>) => {
  const {
    args: [id],
    flags,
  } = call;
  const { admin, json, warn } = context;
  const before = await admin.survey();
  assertRemovable(before, id, flags.yes === true);
  if (before.leader?.id === id) warn(`"${id}" leads: another master takes over`);
  await admin.removeMaster(id, flags.timeout).catch((error: unknown) => assertGone(context, id, error));
  if (json) {
    writeLine(JSON.stringify({ id, removed: true }));
    return;
  }
  writeLine(
    `${id} is no member any more: stop its process. To bring it back, empty its folder, start it with --join, ` +
      `and add it again (distrifs admin add-master ${id} <address>)`,
  );
});
