/** How many voters a group of masters has, how many can do their part, and what that means. Pure. */
import { hasAnswered, type MasterSurvey } from '../../client/admin/master-survey.js';

/** Roles in which a master votes and confirms. */
const VOTING: ReadonlySet<string> = new Set(['LEADER', 'FOLLOWER', 'CANDIDATE']);

export interface VoterCount {
  readonly voters: number;
  /** Of them, those that answered, hold their log, and are who the group thinks they are. */
  readonly able: number;
}

/** So many of `voters` must agree. */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** @param without counts as if this master were not in the group */
export function votersOf({ views, members }: MasterSurvey, without?: string): VoterCount {
  const voters = members.filter(({ masterId, isVoter }) => isVoter && masterId !== without);
  const able = voters.filter(({ masterId, incarnation }) =>
    views.some(
      (view) =>
        hasAnswered(view) && view.id === masterId && view.status.incarnation === incarnation && VOTING.has(view.status.role),
    ),
  );
  return { voters: voters.length, able: able.length };
}

/** What a group of so many voters is worth, for one that nobody would choose to stay with; null for 3, 5, … */
export function weaknessOf(voters: number): string | null {
  if (voters === 1)
    return 'a single master is left: when it fails the cluster stands still, and when its disk is lost so are all names';
  if (voters % 2 === 1) return null;
  const failures = voters - majorityOf(voters);
  const tolerated =
    failures === 0
      ? 'no failure, and stand still when either fails'
      : `${failures} failure${failures === 1 ? '' : 's'}, as ${voters - 1} do`;
  return `${voters} voters tolerate ${tolerated}: go on to ${voters + 1} or ${voters - 1}`;
}
