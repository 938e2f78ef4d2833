/** One attempt at becoming the leader: first asked without a commitment (pre-vote, thesis §9.6), then in a new term (thesis §3.4). */
import { isVoter, votersOf } from './membership.js';
import { tally } from './quorum.js';
import type { MemberState } from './member-state.js';
import type { MessageOf } from './types.js';

export class Campaign {
  readonly isPre: boolean;
  readonly #state: MemberState;
  readonly #votes = new Map<string, boolean>();

  /**
   * Asks every voter. The own vote in an election counts when it is durable, as any other (it comes back as a message).
   * @param isForced the leader has asked for it (thesis §3.10): a member that hears that leader shall vote all the same
   */
  constructor(state: MemberState, isPre: boolean, isForced: boolean) {
    this.isPre = isPre;
    this.#state = state;
    if (isPre) this.#votes.set(state.self.id, true);
    else {
      state.enterTerm(state.term + 1);
      state.voteFor(state.self);
      state.send(state.self, { type: 'vote-reply', isPre, isGranted: true });
    }
    const body = { type: 'vote', isPre, isForced, last: state.log.last } as const;
    for (const voter of votersOf(state.log.members)) {
      if (voter.id === state.self.id) continue;
      if (isPre) state.outbox.sendFreely(state.message(voter, body, state.term + 1));
      else state.send(voter, body);
    }
  }

  /** Counts a vote. Only voters of the current set are asked, and counted. */
  count({ from, isPre, isGranted }: MessageOf<'vote-reply'>): void {
    if (isPre !== this.isPre || !isVoter(this.#state.log.members, from)) return;
    if (!this.#votes.has(from.id)) this.#votes.set(from.id, isGranted);
  }

  get outcome(): 'won' | 'lost' | 'open' {
    return tally(
      votersOf(this.#state.log.members).map(({ id }) => id),
      this.#votes,
    );
  }
}
