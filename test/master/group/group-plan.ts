/** What one seed of the group simulation is: the size of the group, its limits, how bad network and disks are, which faults strike. */
import { DEFAULT_CONFIG, longestLeaseTicks } from '../../../src/raft/config.js';
import type { RaftConfig } from '../../../src/raft/config.js';
import type { Random } from '../../raft/sim/random.js';

export const GROUP_FAULTS = [
  'kill',
  'crash-at-call',
  'powercut',
  'restart',
  'pause',
  'partition',
  'isolate-in',
  'isolate-out',
  'link',
  'heal',
  'clock',
  'transfer',
  'wipe',
  'corruption',
  'change',
  'slow-disk',
  'full-disk',
  'failing-disk',
] as const;
export type GroupFault = (typeof GROUP_FAULTS)[number];

export interface GroupPlan {
  readonly config: Omit<RaftConfig, 'self' | 'random'>;
  readonly founders: number;
  readonly spares: number;
  readonly clients: number;
  readonly tickMs: number;
  /** How fast a machine's clock may run: with leases they are about right. */
  readonly clockRates: readonly number[];
  /** Faults strike for so long. */
  readonly chaosMs: number;
  readonly faults: readonly GroupFault[];
  readonly faultEveryMs: number;
  readonly operationEveryMs: number;
  readonly latencyMsMax: number;
  readonly lossChance: number;
  readonly duplicateChance: number;
  /** A message takes twenty times as long. */
  readonly lateChance: number;
  /** Messages go through the real codec. */
  readonly usesCodec: boolean;
  readonly segmentBytes: number;
  readonly checkpointLogBytes: number;
  /** Of one slice of a checkpoint. */
  readonly sliceBytes: number;
  /** Of one piece of a snapshot. */
  readonly pieceBytes: number;
}

export function planGroup(random: Random): GroupPlan {
  const electionTicks = random.pick([6, 10]);
  const leaseTicks = random.pick([0, 0, longestLeaseTicks(electionTicks)]);
  return {
    config: {
      ...DEFAULT_CONFIG,
      electionTicks,
      heartbeatTicks: 2,
      leaseTicks,
      appendBytesMax: random.pick([200, 10_000]),
      inFlightMessagesMax: random.pick([1, 8, 64]),
      inFlightBytesMax: random.pick([10_000, 100_000]),
      proposalBytesMax: 64,
      uncommittedBytesMax: 5_000,
      logBytesMax: 100_000,
      readsMax: 16,
      applyEntriesMax: random.pick([1, 3, 100]),
      promotionLagMax: random.pick([1, 10]),
    },
    founders: random.pick([1, 3, 3, 3, 3, 5]),
    spares: random.pick([0, 0, 1]),
    clients: random.between(2, 4),
    tickMs: 10,
    clockRates: leaseTicks === 0 ? [0.6, 1, 1, 1.6] : [1, 1.03, 1.06, 1.09],
    chaosMs: random.between(600, 1_800),
    // Not all at once: rare interleavings need quiet around them.
    faults: random.some(GROUP_FAULTS),
    faultEveryMs: random.pick([40, 80, 160]),
    operationEveryMs: random.pick([5, 12, 25]),
    latencyMsMax: random.pick([2, 5, 20]),
    lossChance: random.pick([0, 0, 0.02, 0.1]),
    duplicateChance: random.pick([0, 0.05]),
    lateChance: random.pick([0, 0.02]),
    usesCodec: random.chance(0.25),
    segmentBytes: random.pick([200, 1_000, 100_000]),
    checkpointLogBytes: random.pick([400, 1_500, 6_000, 1_000_000]),
    sliceBytes: random.pick([20, 1_000]),
    pieceBytes: random.pick([100, 1_000]),
  };
}
