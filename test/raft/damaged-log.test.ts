/** What damage leaves of a log may be how it was long ago: with entries that were replaced since. */
import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/raft/config.js';
import { RaftNode } from '../../src/raft/raft-node.js';
import type { Entry, Member, Message } from '../../src/raft/types.js';

const members: Member[] = ['m1', 'm2', 'm3'].map((id) => ({ id, incarnation: 1, isVoter: true }));
const [leader, , self] = [{ id: 'm1', incarnation: 1 }, null, { id: 'm3', incarnation: 1 }];
const founding: Entry = { index: 1, term: 1, body: { kind: 'members', members } };
/** It led in term 2, and nobody else has this entry. */
const replaced: Entry = { index: 2, term: 2, body: { kind: 'empty' } };

function damagedNode(): RaftNode {
  return new RaftNode(
    { ...DEFAULT_CONFIG, self, random: () => 0 },
    {
      hardState: { term: 3, votedFor: null, incarnation: 1, isDamaged: true },
      snapshot: null,
      entries: [founding, replaced],
    },
  );
}

const heartbeat: Message = { type: 'heartbeat', from: leader, to: self, term: 3, commit: 2, round: 1, recovery: null };

test('RaftNode: a damaged member does not take for committed what its log holds again at a committed index', () => {
  const node = damagedNode();
  // The leader knows nothing of the damage: it counts on what this member had acknowledged of its log.
  node.step(heartbeat);
  expect(node.takeOutput().committed).toEqual([]);
});

test('RaftNode: a damaged member commits by heartbeats what its log was found to agree in', () => {
  const node = damagedNode();
  const entry: Entry = { index: 2, term: 3, body: { kind: 'empty' } };
  node.step({ type: 'append', from: leader, to: self, term: 3, previous: founding, entries: [entry], commit: 0 });
  const { write } = node.takeOutput();
  node.persisted(write?.number ?? 0);
  node.step(heartbeat);
  expect(node.takeOutput().committed).toEqual([founding, entry]);
});
