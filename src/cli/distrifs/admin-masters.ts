/** `distrifs admin masters`: shows the leader, the lag of the followers, and silent masters. */
import stringWidth from 'string-width';
import { type AnsweringMaster, hasAnswered, type MasterSurvey, type MasterView } from '../../client/admin/master-survey.js';
import { formatBytes } from '../../shared/units.js';
import { withMasters } from './admin-command.js';
import { reasonOf } from '../terminal/cli-error.js';
import { EXIT_FAILED } from '../terminal/exit-codes.js';
import { majorityOf, type VoterCount, votersOf } from './admin-quorum.js';
import { printable, writeLine } from '../terminal/standard-output.js';
import { textTable } from '../../shared/text-table.js';

const UNKNOWN = '-';

const cell = (value: string | number | null | undefined): string =>
  value === null || value === undefined || value === '' ? UNKNOWN : printable(String(value));

/** Number of entries that are committed at the leader and not applied by this master; null where undefined. */
function lagOf(view: AnsweringMaster, { leader }: MasterSurvey): number | null {
  if (leader === null || view.status.role === 'WAITING' || view.status.clusterId !== leader.status.clusterId) return null;
  // The masters are queried at slightly different times: a master that is queried later may seem to be ahead.
  return Math.max(0, leader.status.commitIndex - view.status.appliedIndex);
}

/** A note about a master that needs attention; null: none. */
function noteOf(view: MasterView, { leader, members }: MasterSurvey): string | null {
  if (!hasAnswered(view)) {
    if (view.address === null) return 'a member with an unknown address: it has not contacted the group yet';
    return `no answer from ${view.address}: ${view.error === null ? 'unknown reason' : reasonOf(view.error)}`;
  }
  const { role, clusterId, incarnation, term, shortage } = view.status;
  const member = members.find(({ masterId }) => masterId === view.id);
  if (role === 'WAITING') {
    if (member !== undefined) {
      return `waits in an empty folder, but is still a member of the group: run distrifs admin remove-master ${view.id}, then add-master`;
    }
    return `waits in an empty folder: distrifs admin add-master ${view.id} ${view.address} makes it a member`;
  }
  if (leader !== null && clusterId !== leader.status.clusterId) return `belongs to another cluster, ${clusterId}`;
  if (member === undefined) return 'is not a member of the group: its process can be stopped';
  if (member.incarnation !== incarnation) {
    return (
      `is incarnation ${incarnation}, but the group has ${member.incarnation}: remove the master, and add it again with an empty folder ` +
      '(distrifs admin remove-master, distrifs master --join, distrifs admin add-master)'
    );
  }
  if (role === 'DAMAGED') return 'its log lost entries: the master has no vote until the leader has repaired the log';
  if (role === 'LEADER' && leader !== null && leader.id !== view.id)
    return `was the leader of term ${term}, and has not noticed yet that it no longer is`;
  if (leader !== null && member.isSilent) {
    return `answers at ${view.address}, but the leader ${leader.id} does not hear from it: neither may know where the other one is`;
  }
  const own = members.find(({ masterId }) => masterId === leader?.id)?.highestOperation ?? 0;
  // 0: the leader's release does not say.
  if (member.highestOperation < own)
    return `runs an earlier release than the leader ${leader?.id}: some operations wait until it is upgraded`;
  return shortage === '' ? null : shortage;
}

function tableRow(view: MasterView, survey: MasterSurvey): string[] {
  if (!hasAnswered(view)) return [cell(view.id), cell(view.address), 'silent', ...Array<string>(6).fill(UNKNOWN)];
  const { role, term, commitIndex, appliedIndex, checkpointIndex, fsyncP50Us, fsyncP99Us } = view.status;
  const fsync = fsyncP50Us === 0 ? UNKNOWN : `${(fsyncP50Us / 1_000).toFixed(1)}/${(fsyncP99Us / 1_000).toFixed(1)} ms`;
  const figures = [term, commitIndex, appliedIndex, lagOf(view, survey)].map(cell);
  return [
    cell(view.id),
    cell(view.address),
    role.toLowerCase(),
    ...figures,
    fsync,
    cell(checkpointIndex === 0 ? null : checkpointIndex),
  ];
}

/** One sentence with the leader, and the number of voters that can still fail. */
function verdictOf(survey: MasterSurvey, { voters, able }: VoterCount): string {
  const { leader } = survey;
  const spare = able - majorityOf(voters);
  const silent = survey.members.filter(({ isVoter, isSilent }) => isVoter && isSilent).length;
  const unheard = leader === null || silent === 0 ? '' : ` and ${able === 1 ? 'is' : 'are'} heard by the leader`;
  const answer = `${able} of ${voters} ${voters === 1 ? 'voter answers' : 'voters answer'}${unheard}`;
  if (!survey.views.some(hasAnswered)) return 'no master answers: check the addresses, and whether the masters are running';
  if (voters === 0) return 'no group: none of the answering masters belongs to one';
  if (spare < 0) return `no majority: ${answer}, ${majorityOf(voters)} are needed: start the silent masters`;
  if (leader === null) return `no master leads: ${answer}; an election takes a few seconds at most: try again`;
  return `${leader.id} leads in term ${leader.status.term}; ${answer}: ${spare === 0 ? 'none' : spare} of them may fail`;
}

function jsonOf(view: MasterView, survey: MasterSurvey): object {
  const member = survey.members.find(({ masterId }) => masterId === view.id);
  const common = { id: view.id, address: view.address, isVoter: member?.isVoter ?? false, note: noteOf(view, survey) };
  if (!hasAnswered(view)) return { ...common, role: 'SILENT', error: view.error?.code ?? null };
  const { masterId: _id, members: _members, ...status } = view.status;
  return { ...common, ...status, lag: lagOf(view, survey) };
}

function show(survey: MasterSurvey, count: VoterCount): void {
  const head = ['master', 'address', 'role', 'term', 'commit', 'applied', 'lag', 'fsync p50/p99', 'checkpoint'];
  for (const line of textTable([head, ...survey.views.map((view) => tableRow(view, survey))], 3, stringWidth)) writeLine(line);
  const notes = survey.views.map((view) => [cell(view.id ?? view.address), noteOf(view, survey)] as const);
  for (const [name, note] of notes) if (note !== null) writeLine(`${name}: ${printable(note)}`);
  const logs = survey.leader === null ? '' : `, its log takes ${formatBytes(survey.leader.status.logBytes)}`;
  writeLine(`${verdictOf(survey, count)}${logs}`);
}

/** Prints the masters. Sets the exit code to 1 when no answering master leads. */
export const listMasters = withMasters(async ({ admin, json, warn }) => {
  const survey = await admin.survey();
  const count = votersOf(survey);
  const { leader } = survey;
  if (json) {
    const masters = survey.views.map((view) => jsonOf(view, survey));
    const clusterId = (leader ?? survey.views.find(hasAnswered))?.status.clusterId ?? null;
    const group = { clusterId, leader: leader?.id ?? null, term: leader?.status.term ?? null };
    writeLine(JSON.stringify({ ...group, voters: count.voters, votersAble: count.able, masters }, null, 2));
  } else {
    show(survey, count);
  }
  if (leader !== null) return;
  process.exitCode = EXIT_FAILED;
  if (json) warn(verdictOf(survey, count));
});
