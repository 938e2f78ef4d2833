/** `distrifs admin add-master`: a master that waits in an empty folder becomes a learner, and, caught up, a voter. */
import { hasAnswered, type MasterMember, type MasterSurvey, type MasterView } from '../../client/admin/master-survey.js';
import { isDfsError } from '../../shared/errors.js';
import { type AdminContext, withMasters } from './admin-command.js';
import { votersOf, weaknessOf } from './admin-quorum.js';
import { reasonOf } from '../terminal/cli-error.js';
import type { Call } from '../terminal/command-row.js';
import { writeLine } from '../terminal/standard-output.js';

export interface AddFlags {
  /** Milliseconds, for everything. */
  readonly timeout: number;
  /** false with --no-wait: done when it is a learner. */
  readonly wait: boolean;
}

const POLL_MS = 250;

/** What the waiting master must be, so that adding it cannot end half way for a reason that is visible now. */
function assertWaits(view: MasterView, id: string, address: string): void {
  const start = `distrifs master --join --id ${id} --listen ${address} --data-dir <an empty folder>`;
  if (!hasAnswered(view)) {
    const reason = view.error === null ? 'no answer' : reasonOf(view.error);
    throw new Error(`nothing waits at ${address} (${reason}): start it there with ${start}`);
  }
  const { role, clusterId } = view.status;
  if (role !== 'WAITING') {
    throw new Error(
      `the master "${view.id}" at ${address} does not wait to be added: it belongs to cluster ${clusterId}. ` +
        `Nothing was changed; a new master needs an empty folder: ${start}`,
    );
  }
  if (view.id !== id && view.id !== '') {
    throw new Error(
      `the master at ${address} waits under the name "${view.id}", not "${id}": use that name, or start it with --id ${id}`,
    );
  }
}

/** A member of this name, if the group has one that this command may go on with. */
function knownLearner({ members }: MasterSurvey, id: string, address: string): MasterMember | null {
  const sameAddress = members.find((member) => member.address === address && member.masterId !== id);
  if (sameAddress !== undefined) throw new Error(`${address} is the address of the member "${sameAddress.masterId}"`);
  const member = members.find(({ masterId }) => masterId === id);
  if (member === undefined) return null;
  if (member.isVoter || member.address !== address) {
    const kind = member.isVoter ? 'a voter' : 'a learner';
    throw new Error(
      `"${id}" is ${kind} of the group already, at ${member.address === '' ? 'an unknown address' : member.address}: ` +
        `when its disk is lost or it moves, remove it first (distrifs admin remove-master ${id})`,
    );
  }
  return member;
}

/** The answer may be lost, and the master be added all the same. */
async function incarnationAfter({ admin }: AdminContext, id: string, error: unknown): Promise<number> {
  if (!isDfsError(error, 'UNAVAILABLE', 'CONNECTION_LOST', 'DEADLINE_EXCEEDED')) throw error;
  const member = (await admin.survey()).members.find(({ masterId }) => masterId === id);
  if (member !== undefined) return member.incarnation;
  throw new Error(`${reasonOf(error)}; it is no member as far as can be seen: look at distrifs admin masters, and try again`, {
    cause: error,
  });
}

/** Resolves when the group has it as a voter. */
async function untilVoter(context: AdminContext, id: string, incarnation: number, giveUpAtMs: number): Promise<void> {
  for (;;) {
    const survey = await context.admin.survey();
    const member = survey.members.find(({ masterId }) => masterId === id);
    if (survey.leader !== null && member?.incarnation !== incarnation) {
      throw new Error(`"${id}" was removed again while it caught up`);
    }
    if (member?.isVoter === true) return;
    if (performance.now() + POLL_MS > giveUpAtMs) throw new Error(notCaughtUp(survey, id));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function notCaughtUp({ leader, views }: MasterSurvey, id: string): string {
  const status = views.find((view) => view.id === id)?.status ?? null;
  const commit = leader === null ? 'what the leader has (no master leads at the moment)' : leader.status.commitIndex;
  const progress = status === null ? 'and does not answer' : `and has applied ${status.appliedIndex} of ${commit}`;
  return `"${id}" is a learner, ${progress}: it becomes a voter by itself once it has caught up (distrifs admin masters shows it)`;
}

/** Adds a master, and waits until it has a vote unless told not to. */
export const addMaster = withMasters(async (context, call: Call<readonly [id: string, address: string], AddFlags>) => {
  const {
    args: [id, address],
    flags,
  } = call;
  const { admin, json, warn } = context;
  const giveUpAtMs = performance.now() + flags.timeout;
  const before = await admin.survey();
  const learner = knownLearner(before, id, address);
  if (learner === null) assertWaits(await admin.viewOf(address), id, address);
  const voters = votersOf(before).voters + 1;
  const weakness = before.leader === null ? null : weaknessOf(voters);
  if (weakness !== null) warn(weakness);
  const incarnation =
    learner?.incarnation ??
    (await admin.addMaster(id, address, flags.timeout).catch((error: unknown) => incarnationAfter(context, id, error)));
  if (flags.wait) await untilVoter(context, id, incarnation, giveUpAtMs);
  if (json) {
    writeLine(JSON.stringify({ id, address, incarnation, isVoter: flags.wait }));
  } else if (flags.wait) {
    writeLine(`${id} is a voter now (incarnation ${incarnation}); give its address to clients and datanodes with --master, too`);
  } else {
    writeLine(`${id} is a learner now (incarnation ${incarnation}): it becomes a voter by itself once it has caught up`);
  }
});
