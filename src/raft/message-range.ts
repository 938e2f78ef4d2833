/**
 * Whether a message can come from a member that follows the rules, as far as its receiver can tell. What others say is checked here and
 * never asserted: a message out of range is dropped, as a network may drop it, and reported.
 */
import type { MemberState } from './member-state.js';
import type { Message } from './types.js';

/** @param round the last question that this member has asked as the leader of its term; null: it does not lead */
export function rangeFault(message: Message, state: MemberState, round: number | null): string | null {
  const { from, term } = message;
  if (from.id === state.self.id) return 'it bears the name of its receiver';
  if (term > state.term + state.config.termLeapMax) return `its term ${term} is too far from term ${state.term}`;
  return bodyFault(message, state) ?? (round !== null && term === state.term ? answerFault(message, state, round) : null);
}

function bodyFault(message: Message, state: MemberState): string | null {
  const { log, isDamaged } = state;
  switch (message.type) {
    case 'append': {
      const last = message.entries.at(-1) ?? message.previous;
      return last.term > message.term ? `it holds an entry of term ${last.term} in term ${message.term}` : null;
    }
    case 'snapshot': {
      const { term } = message.piece.snapshot;
      return term > message.term ? `it holds a snapshot of term ${term} in term ${message.term}` : null;
    }
    case 'heartbeat': {
      // A leader says no more than what its follower has acknowledged: that is still here, unless the disk has lost it.
      const isKnown = message.term < state.term || isDamaged || message.commit <= log.last.index;
      return isKnown ? null : `its commit index ${message.commit} is past the end of the log, ${log.last.index}`;
    }
    default:
      return null;
  }
}

/** Answers to this leader: no member holds what it has not sent, or answers what it has not asked. */
function answerFault(message: Message, { log }: MemberState, round: number): string | null {
  const { index } = log.last;
  switch (message.type) {
    case 'append-accepted':
      return message.match > index ? `it accepts entry ${message.match} of a log that ends at ${index}` : null;
    case 'append-rejected':
      return message.rejected > index ? `it rejects entry ${message.rejected} of a log that ends at ${index}` : null;
    case 'heartbeat-reply':
      return message.round > round ? `it answers round ${message.round} where ${round} is the last one` : null;
    default:
      return null;
  }
}
