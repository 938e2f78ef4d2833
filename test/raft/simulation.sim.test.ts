/** Simulated groups under faults keep every guarantee of Raft. Many more seeds: npm run sim:raft */
import { expect, test } from 'vitest';
import { firstSeed, seedsText } from '../rotating-seeds.js';
import { runSeed, runSeeds } from './sim/run-seed.js';

const SEEDS = 500;
const FROM = firstSeed(SEEDS);
/** About 10 s of a core that is not shared. */
const SEEDS_MS_MAX = 240_000;

test(
  `raft: no seed breaks a guarantee: ${seedsText(FROM, SEEDS)}`,
  () => {
    const results = runSeeds({ from: FROM, to: FROM + SEEDS - 1, untilFail: false });
    expect(results.filter(({ failure }) => failure !== null)).toEqual([]);
    // Work was done in nearly all of them: a group that only falls over keeps its guarantees too.
    expect(results.filter(({ acknowledged }) => acknowledged > 5).length).toBeGreaterThan(SEEDS / 2);
  },
  SEEDS_MS_MAX,
);

test('raft: a seed is one run, alone or after others', () => {
  const first = runSeed(17);
  runSeed(18);
  expect(runSeed(17)).toEqual(first);
  expect(runSeed(18).digest).not.toBe(first.digest);
});

test('raft: the seeds meet what they are for', () => {
  const wanted = {
    'a snapshot in several pieces': /snapshot \S+ from byte [1-9]/,
    'a snapshot installed': /writes #\d+, snapshot/,
    'an entry taken back': /rejected after/,
    'a hand-over': /campaign now/,
    'a lost disk': /has an empty disk/,
    'a second life of a member': /applies \d+\/\d+ .*m\d\.[2-9] /,
    'a learner': /applies \d+\/\d+ .*m\d\.\d\?/,
    'a read': /answers read/,
    'a read by lease': /has asked nobody about read/,
  };
  const met = new Set<string>();
  for (let seed = 1; seed <= 60; seed += 1) {
    runSeed(seed, (line) => {
      for (const [name, pattern] of Object.entries(wanted)) if (!met.has(name) && pattern.test(line)) met.add(name);
    });
  }
  expect([...met].sort()).toEqual(Object.keys(wanted).sort());
});
