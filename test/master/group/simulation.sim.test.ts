/** Simulated groups of the real driver, log and checkpoints keep every guarantee under faults. Many more seeds: npm run sim:raft */
import { expect, test } from 'vitest';
import { firstSeed, seedsText } from '../../rotating-seeds.js';
import { runGroupSeed, runSeeds } from './run-group-seed.js';

const SEEDS = 250;
const FROM = firstSeed(SEEDS);
/** They take 21 ms each on a core of their own. */
const SEEDS_MS_MAX = 600_000;

test(
  `group: no seed breaks a guarantee: ${seedsText(FROM, SEEDS)}`,
  async () => {
    const results = await runSeeds({ from: FROM, to: FROM + SEEDS - 1, untilFail: false });
    expect(results.filter(({ failure }) => failure !== null)).toEqual([]);
    // Work was done in nearly all of them: a group that only falls over keeps its guarantees too.
    expect(results.filter(({ acknowledged }) => acknowledged > 5).length).toBeGreaterThan(SEEDS / 2);
  },
  SEEDS_MS_MAX,
);

test('group: a seed is one run, alone or after others', async () => {
  const first = await runGroupSeed(17);
  await runGroupSeed(18);
  expect(await runGroupSeed(17)).toEqual(first);
  expect((await runGroupSeed(18)).digest).not.toBe(first.digest);
});

test('group: the seeds meet what they are for', async () => {
  const wanted = {
    'a checkpoint that lets the log go': /has a checkpoint of \d+, and needs nothing before [1-9]/,
    'a snapshot in several pieces': /snapshot \S+ from byte [1-9]/,
    'a snapshot installed': /has installed a snapshot/,
    'a start from a checkpoint': /starts: .* checkpoint [1-9]/,
    'a torn tail': /Cut a torn tail/,
    'corruption set aside': /is damaged at offset .* Set aside/,
    'a damaged non-voter': /starts: .* damaged/,
    'damage made good': /writes #\d+, term \d+ vote \S+$/,
    'a failed fsync': /cannot go on: .*sync of \S+ failed/,
    'a full disk': /the log waits for space/,
    'a crash at a call': /fault: crash-at-call/,
    'an entry taken back': /rejected after/,
    'a hand-over': /campaign now/,
    'a lost disk': /has an empty disk/,
    'a second life of a member': /m\d\.[2-9] applies/,
    'a learner': /writes #.* m\d\.\d\?/,
    'a read': /answers a read/,
    'a power cut of all': /all lose power/,
  };
  const met = new Set<string>();
  for (let seed = 1; seed <= 80; seed += 1) {
    await runGroupSeed(seed, (line) => {
      for (const [name, pattern] of Object.entries(wanted)) if (!met.has(name) && pattern.test(line)) met.add(name);
    });
  }
  expect([...met].sort()).toEqual(Object.keys(wanted).sort());
});
