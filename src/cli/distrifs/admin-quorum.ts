/** The number of voters of a group of masters, the number of working voters, and the resulting fault tolerance. Pure. */
import { hasAnswered, type MasterSurvey } from '../../client/admin/master-survey.js';

/** Roles in which a master votes and acknowledges entries. */
const VOTING: ReadonlySet<string> = new Set(['LEADER', 'FOLLOWER', 'CANDIDATE']);

export interface VoterCount {
  readonly voters: number;
  /** Voters that answered, are heard by the leader, have an intact log, and have the incarnation known to the group. */
  readonly able: number;
}

/** The size of a majority of `voters`. */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** @param without a master to exclude from the count */
export function votersOf({ views, members }: MasterSurvey, without?: string): VoterCount {
  const voters = members.filter(({ masterId, isVoter }) => isVoter && masterId !== without);
  const able = voters.filter(
    ({ masterId, incarnation, isSilent }) =>
      !isSilent &&
      views.some(
        (view) =>
          hasAnswered(view) && view.id === masterId && view.status.incarnation === incarnation && VOTING.has(view.status.role),
      ),
  );
  return { voters: voters.length, able: able.length };
}

/** A warning about a group of an unsuitable size; null for 3, 5, … voters. */
export function weaknessOf(voters: number): string | null {
  if (voters === 1) return 'a single master remains: its failure stops the cluster, and the loss of its disk loses all names';
  if (voters % 2 === 1) return null;
  const failures = voters - majorityOf(voters);
  const tolerated =
    failures === 0
      ? 'no failure: the cluster stops when either fails'
      : `${failures} failure${failures === 1 ? '' : 's'}, the same as ${voters - 1}`;
  return `${voters} voters tolerate ${tolerated}; change to ${voters + 1} or ${voters - 1}`;
}
