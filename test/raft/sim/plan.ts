/** What one seed is: the size of the group, its limits, how bad the network and the disks are, and which faults strike. */
import { DEFAULT_CONFIG, longestLeaseTicks } from '../../../src/raft/config.js';
import type { RaftConfig } from '../../../src/raft/config.js';
import type { Random } from './random.js';

export const FAULTS = [
  'crash',
  'powercut',
  'pause',
  'partition',
  'isolate-in',
  'isolate-out',
  'link',
  'heal',
  'drift',
  'transfer',
  'wipe',
  'rot',
  'change',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface Plan {
  readonly config: Omit<RaftConfig, 'self' | 'random'>;
  /** That a member has leases from its next start on, if they are in the configuration; it keeps them. */
  readonly leaseChance: number;
  readonly founders: number;
  readonly spares: number;
  readonly tickEvery: number;
  /** What a tick may come to take when clocks run differently: with leases they are about right. */
  readonly driftedTicks: readonly number[];
  /** Until here faults strike. */
  readonly chaosUntil: number;
  readonly faults: readonly Fault[];
  readonly faultEvery: number;
  readonly operationEvery: number;
  readonly latencyMax: number;
  readonly lossChance: number;
  readonly duplicateChance: number;
  /** A message takes twenty times as long. */
  readonly lateChance: number;
  readonly fsyncMax: number;
  /** At any step of the driver. */
  readonly crashChance: number;
  readonly checkpointEvery: number;
  readonly keptBehindCheckpoint: number;
  readonly pieceBytes: number;
}

export function planSeed(random: Random): Plan {
  const electionTicks = random.between(5, 12);
  const leaseTicks = random.pick([0, 0, 0, 1, ...Array<number>(4).fill(longestLeaseTicks(electionTicks))]);
  const checkpointEvery = random.pick([5, 20, 1_000]);
  return {
    config: {
      ...DEFAULT_CONFIG,
      electionTicks,
      heartbeatTicks: random.pick([1, 2, Math.floor((electionTicks - 1) / 2)]),
      leaseTicks,
      appendBytesMax: random.pick([100, 300, 10_000]),
      inFlightMessagesMax: random.pick([1, 2, 8, 64]),
      inFlightBytesMax: random.pick([10_000, 100_000]),
      proposalBytesMax: 64,
      uncommittedBytesMax: random.pick([500, 5_000]),
      // Full is right when no checkpoint comes.
      logBytesMax: checkpointEvery < 1_000 ? 10_000 : 1_000_000,
      readsMax: 16,
      applyEntriesMax: random.pick([1, 3, 100]),
      promotionLagMax: random.pick([1, 10]),
    },
    leaseChance: random.pick([1, 1, 0.5]),
    founders: random.pick([1, 2, 3, 3, 3, 3, 4, 5, 5]),
    spares: random.between(0, 1),
    tickEvery: 10,
    driftedTicks: leaseTicks === 0 ? [5, 8, 10, 13, 20] : [10, 10.3, 10.6, 10.9],
    chaosUntil: random.between(1_000, 3_000),
    // Not all at once: rare interleavings need quiet around them.
    faults: random.some(FAULTS),
    faultEvery: random.pick([30, 80, 200]),
    operationEvery: random.pick([5, 15, 40]),
    latencyMax: random.pick([3, 10, 40]),
    lossChance: random.pick([0, 0, 0.02, 0.15]),
    duplicateChance: random.pick([0, 0.05]),
    lateChance: random.pick([0, 0.02]),
    fsyncMax: random.pick([1, 10, 60]),
    crashChance: random.pick([0, 0, 0.001, 0.005]),
    checkpointEvery,
    keptBehindCheckpoint: random.pick([0, 5]),
    pieceBytes: random.pick([16, 1_000]),
  };
}
