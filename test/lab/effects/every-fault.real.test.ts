import { expect, test } from 'vitest';
import { COMMAND_WORDS } from '../../../src/lab/scenario/grammar/command-words.js';
import { CLOCK_PROOFS } from './clock-proofs.js';
import { DISK_PROOFS } from './disk-proofs.js';
import { NETWORK_PROOFS } from './network-proofs.js';
import { NODE_PROOFS } from './node-proofs.js';
import { RUNTIMES } from './prove-effects.js';

test('every word that can be ordered has a proof of its effect, on processes and on threads', () => {
  const proven = [NODE_PROOFS, NETWORK_PROOFS, DISK_PROOFS, CLOCK_PROOFS].flatMap((proofs) => Object.keys(proofs));
  expect(proven.toSorted()).toEqual(COMMAND_WORDS.map(({ word }) => word).toSorted());
  expect(RUNTIMES).toEqual(['process', 'thread']);
});
