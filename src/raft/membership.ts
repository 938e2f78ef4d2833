/** The configured set: finding members, and checking and making a change of one member. Source: thesis §4.1 and §4.2. */
import type { Address, Member, MemberChange, Members, Refusal } from './types.js';

export const memberOf = (members: Members, id: string): Member | undefined => members.find((member) => member.id === id);

export const votersOf = (members: Members): Members => members.filter(({ isVoter }) => isVoter);

export const isSameAddress = (a: Address, b: Address): boolean => a.id === b.id && a.incarnation === b.incarnation;

/** True when this incarnation of the member may vote and be elected. */
export function isVoter(members: Members, address: Address): boolean {
  const member = memberOf(members, address.id);
  return member !== undefined && member.isVoter && member.incarnation === address.incarnation;
}

/**
 * The set after a change of one member: any majority of the old set and any of the new one have a member in common.
 * @param hasCaughtUp whether a learner holds the log
 */
export function changed(members: Members, change: MemberChange, hasCaughtUp: (id: string) => boolean): Members | Refusal {
  const member = memberOf(members, change.id);
  if (change.kind === 'add-learner') {
    if (member !== undefined) return 'ALREADY_A_MEMBER';
    const learner: Member = { id: change.id, incarnation: change.incarnation, isVoter: false };
    return [...members, learner].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }
  if (member === undefined) return 'NO_SUCH_MEMBER';
  if (change.kind === 'remove') {
    const rest = members.filter(({ id }) => id !== change.id);
    return votersOf(rest).length === 0 ? 'LAST_VOTER' : rest;
  }
  if (member.isVoter) return 'ALREADY_A_MEMBER';
  if (!hasCaughtUp(member.id)) return 'NOT_CAUGHT_UP';
  return members.map((each) => (each === member ? { ...each, isVoter: true } : each));
}
