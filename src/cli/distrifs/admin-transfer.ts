/** `distrifs admin transfer-leadership`: transfers leadership to another master. */
import type { MasterAdmin } from '../../client/admin/master-admin.js';
import { hasAnswered, type LedSurvey } from '../../client/admin/master-survey.js';
import { isDfsError } from '../../shared/errors.js';
import { withMasters } from './admin-command.js';
import { reasonOf } from '../terminal/cli-error.js';
import type { Call } from '../terminal/command-row.js';
import { writeLine } from '../terminal/standard-output.js';

export interface TransferFlags {
  /** Milliseconds. */
  readonly timeout: number;
}

function assertCanLead({ leader, members, views }: LedSurvey, target: string | undefined): void {
  const voters = members.filter(({ isVoter }) => isVoter).map(({ masterId }) => masterId);
  if (target === undefined) {
    if (voters.length < 2)
      throw new Error(`"${leader.id}" is the only voter: add another master first (distrifs admin add-master)`);
    return;
  }
  const member = members.find(({ masterId }) => masterId === target);
  if (member === undefined) throw new Error(`"${target}" is not a member of the group: the voters are ${voters.join(', ')}`);
  if (!member.isVoter) throw new Error(`"${target}" has no vote yet: it becomes a voter by itself once it has caught up`);
  const view = views.find(({ id }) => id === target);
  if (view !== undefined && hasAnswered(view) && view.status.role === 'DAMAGED') {
    throw new Error(`"${target}" cannot lead until its log is repaired: the voters are ${voters.join(', ')}`);
  }
}

/** Checks the result when the answer is lost: the transfer may have happened. */
async function leaderAfter(admin: MasterAdmin, before: LedSurvey, target: string | undefined, error: unknown): Promise<string> {
  if (!isDfsError(error, 'UNAVAILABLE', 'CONNECTION_LOST', 'DEADLINE_EXCEEDED')) throw error;
  const { leader } = await admin.survey();
  const hasChanged = target === undefined ? leader !== null && leader.id !== before.leader.id : leader?.id === target;
  if (leader !== null && hasChanged) return leader.id;
  const now = leader === null ? 'no master leads at the moment' : `"${leader.id}" leads`;
  throw new Error(`${reasonOf(error)}; ${now}: check the lag of the other masters (distrifs admin masters), and try again`, {
    cause: error,
  });
}

/** Transfers leadership to the named voter, by default to the one with the longest log, and prints the leader. */
export const transferLeadership = withMasters(
  async ({ admin, json }, call: Call<readonly [id: string | undefined], TransferFlags>) => {
    const {
      args: [target],
      flags,
    } = call;
    const before = await admin.surveyWithLeader('Cannot hand leadership over', flags.timeout);
    const isLeading = target !== undefined && before.leader.id === target;
    assertCanLead(before, target);
    const leader = isLeading
      ? target
      : await admin
          .transferLeadership(target ?? '', flags.timeout)
          .catch((error: unknown) => leaderAfter(admin, before, target, error));
    if (json) writeLine(JSON.stringify({ leader, before: before.leader.id }));
    else writeLine(isLeading ? `${leader} leads already` : `${leader} leads now`);
  },
);
