/** How messages and writes read in a trace. */
import type { Message, MessageBody, WriteBatch } from '../../../src/raft/types.js';
import { bodyOf } from './judge.js';

/** A batch on one line. */
export function describeWrite({ number, snapshot, hardState, entries }: WriteBatch): string {
  const candidate = hardState?.votedFor ?? null;
  const vote = candidate === null ? '-' : `${candidate.id}.${candidate.incarnation}`;
  return [
    `#${number}`,
    ...(snapshot === null ? [] : [`snapshot ${snapshot.id}`]),
    ...(hardState === null ? [] : [`term ${hardState.term} vote ${vote}${hardState.isDamaged ? ' damaged' : ''}`]),
    ...entries.map((entry) => `${entry.index}/${entry.term} ${bodyOf(entry)}`),
  ].join(', ');
}

const at = ({ index, term }: { index: number; term: number }): string => `${index}/${term}`;

/** A message on one line. */
export function describe({ from, to, term, ...body }: Message): string {
  return `${from.id}.${from.incarnation} -> ${to.id}.${to.incarnation} term ${term} ${describeBody(body)}`;
}

function describeBody(body: MessageBody): string {
  switch (body.type) {
    case 'vote':
      return `${body.isPre ? 'pre-vote' : 'vote'}? log ends at ${at(body.last)}${body.isForced ? ', forced' : ''}`;
    case 'vote-reply':
      return `${body.isPre ? 'pre-vote' : 'vote'} ${body.isGranted ? 'granted' : 'refused'}`;
    case 'append': {
      const entries = body.entries.map((entry) => `${at(entry)} ${bodyOf(entry)}`).join(', ');
      return `append after ${at(body.previous)} [${entries}] commit ${body.commit}`;
    }
    case 'append-accepted':
      return `accepted up to ${body.match}`;
    case 'append-rejected':
      return `rejected after ${body.rejected}, try ${at(body.hint)}`;
    case 'heartbeat':
      return `heartbeat round ${body.round} commit ${body.commit}${body.recovery === null ? '' : `, recovery up to ${body.recovery.lastIndex}`}`;
    case 'heartbeat-reply':
      return `heartbeat heard, round ${body.round}${body.probe === null ? '' : ', damaged'}`;
    case 'snapshot':
      return `snapshot ${body.piece.snapshot.id} from byte ${body.piece.offset}${body.piece.isLast ? ', the last piece' : ''}`;
    case 'snapshot-reply':
      return `snapshot ${body.snapshotId} wanted from byte ${body.offset}`;
    case 'timeout-now':
      return 'campaign now';
  }
}
