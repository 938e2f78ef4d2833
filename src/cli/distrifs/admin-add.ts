/** `distrifs admin add-master`: adds a waiting master as a learner, which becomes a voter once it has caught up. */
import { hasAnswered, type MasterMember, type MasterSurvey, type MasterView } from '../../client/admin/master-survey.js';
import { isDfsError } from '../../shared/errors.js';
import { type AdminContext, withMasters } from './admin-command.js';
import { votersOf, weaknessOf } from './admin-quorum.js';
import { reasonOf } from '../terminal/cli-error.js';
import type { Call } from '../terminal/command-row.js';
import { writeLine } from '../terminal/standard-output.js';

export interface AddFlags {
  /** Milliseconds, for the whole command. */
  readonly timeout: number;
  /** false with --no-wait: the command ends when the master is a learner. */
  readonly wait: boolean;
}

const POLL_MS = 250;

/** Checks the waiting master first, so that visible problems do not fail the command half way. */
function assertWaits(view: MasterView, id: string, address: string): void {
  const start = `distrifs master --join --id ${id} --listen ${address} --data-dir <an empty folder>`;
  if (!hasAnswered(view)) {
    const reason = view.error === null ? 'no answer' : reasonOf(view.error);
    throw new Error(`no master waits at ${address} (${reason}): start one there with ${start}`);
  }
  const { role, clusterId } = view.status;
  if (role !== 'WAITING') {
    throw new Error(
      `the master "${view.id}" at ${address} does not wait to be added: it belongs to cluster ${clusterId}. ` +
        `No changes were made; a new master needs an empty folder: ${start}`,
    );
  }
  if (view.id !== id && view.id !== '') {
    throw new Error(
      `the master at ${address} waits under the name "${view.id}", not "${id}": use that name, or start the master with --id ${id}`,
    );
  }
}

/** The member with this name, if the group has one and the command can continue with it. */
function knownLearner({ members }: MasterSurvey, id: string, address: string): MasterMember | null {
  const sameAddress = members.find((member) => member.address === address && member.masterId !== id);
  if (sameAddress !== undefined) throw new Error(`${address} is the address of the member "${sameAddress.masterId}"`);
  const member = members.find(({ masterId }) => masterId === id);
  if (member === undefined) return null;
  if (member.isVoter || member.address !== address) {
    const kind = member.isVoter ? 'a voter' : 'a learner';
    throw new Error(
      `"${id}" is ${kind} of the group already, at ${member.address === '' ? 'an unknown address' : member.address}: ` +
        `after a disk loss or a move, remove the master first (distrifs admin remove-master ${id})`,
    );
  }
  return member;
}

/** Checks the result when the answer is lost: the master may have been added. */
async function incarnationAfter({ admin }: AdminContext, id: string, error: unknown): Promise<number> {
  if (!isDfsError(error, 'UNAVAILABLE', 'CONNECTION_LOST', 'DEADLINE_EXCEEDED')) throw error;
  const member = (await admin.survey()).members.find(({ masterId }) => masterId === id);
  if (member !== undefined) return member.incarnation;
  throw new Error(
    `${reasonOf(error)}; the master does not seem to be a member: check with distrifs admin masters, and try again`,
    { cause: error },
  );
}

/** Resolves when the master is a voter of the group. */
async function untilVoter(context: AdminContext, id: string, incarnation: number, giveUpAtMs: number): Promise<void> {
  for (;;) {
    const survey = await context.admin.survey();
    const member = survey.members.find(({ masterId }) => masterId === id);
    if (survey.leader !== null && member?.incarnation !== incarnation) {
      throw new Error(`"${id}" was removed while it was catching up`);
    }
    if (member?.isVoter === true) return;
    if (performance.now() + POLL_MS > giveUpAtMs) throw new Error(notCaughtUp(survey, id));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function notCaughtUp({ leader, views }: MasterSurvey, id: string): string {
  const status = views.find((view) => view.id === id)?.status ?? null;
  const commit = leader === null ? "the leader's log (no master leads at the moment)" : leader.status.commitIndex;
  const progress = status === null ? 'and does not answer' : `and has applied ${status.appliedIndex} of ${commit}`;
  return `"${id}" is a learner, ${progress}: it becomes a voter by itself once it has caught up (distrifs admin masters shows it)`;
}

/** Adds a master, and waits until it is a voter, except with --no-wait. */
export const addMaster = withMasters(async (context, call: Call<readonly [id: string, address: string], AddFlags>) => {
  const {
    args: [id, address],
    flags,
  } = call;
  const { admin, json, warn } = context;
  const giveUpAtMs = performance.now() + flags.timeout;
  const before = await admin.surveyWithLeader(`Cannot add the master "${id}" at ${address}`, flags.timeout);
  const learner = knownLearner(before, id, address);
  if (learner === null) assertWaits(await admin.viewOf(address), id, address);
  const voters = votersOf(before).voters + 1;
  const weakness = weaknessOf(voters);
  if (weakness !== null) warn(weakness);
  const incarnation =
    learner?.incarnation ??
    (await admin.addMaster(id, address, flags.timeout).catch((error: unknown) => incarnationAfter(context, id, error)));
  if (flags.wait) await untilVoter(context, id, incarnation, giveUpAtMs);
  if (json) {
    writeLine(JSON.stringify({ id, address, incarnation, isVoter: flags.wait }));
  } else if (flags.wait) {
    writeLine(`${id} is a voter now (incarnation ${incarnation}); add its address to --master of clients and datanodes`);
  } else {
    writeLine(`${id} is a learner now (incarnation ${incarnation}): it becomes a voter by itself once it has caught up`);
  }
});
