/** The limits and times of one member, in ticks: how long a tick is, is the driver's matter. */
import assert from 'node:assert/strict';
import type { Address } from './types.js';

export interface RaftConfig {
  readonly self: Address;
  /** A follower that hears no leader for one to two times as long asks for an election; a leader that hears no majority steps down. */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  /**
   * 0: each read asks a majority whether this member still leads. Else a leader answers reads for so many ticks after a majority was
   * there (thesis §6.4.1): at most `longestLeaseTicks`. That is sound as long as the driver keeps what `RaftNode.readIndex` asks, and
   *
   * - clocks go on while a machine is paused or suspended, and no two differ in rate by a tenth or more; jumps of wall time do not matter;
   * - `electionTicks` and the length of a tick are the same on all members;
   * - a member that had leases stays down for an election timeout before it starts without: it has guaranteed not to vote meanwhile.
   *   Members may go from none to leases one by one.
   */
  readonly leaseTicks: number;
  /** From 0 (included) to 1 (excluded): spreads the election timeouts. */
  readonly random: () => number;
  /** Of one append; a single larger entry still goes, alone. */
  readonly appendBytesMax: number;
  /** Appends under way to one follower. */
  readonly inFlightMessagesMax: number;
  readonly inFlightBytesMax: number;
  /** Of one proposal. */
  readonly proposalBytesMax: number;
  /** Of all entries that are proposed and not committed: more is BUSY. */
  readonly uncommittedBytesMax: number;
  /** Of all entries in memory: when `compact` does not come, more is BUSY. */
  readonly logBytesMax: number;
  /** Reads that wait for a confirmation: more is BUSY. */
  readonly readsMax: number;
  /** Entries handed out for applying at once. */
  readonly applyEntriesMax: number;
  /** A learner may be promoted when it lacks at most so many entries. */
  readonly promotionLagMax: number;
  /** A message whose term is further ahead of the own one is not believed. */
  readonly termLeapMax: number;
}

const MIB = 1_048_576;

/** Everything but the member's address and its source of randomness. */
export const DEFAULT_CONFIG: Omit<RaftConfig, 'self' | 'random'> = {
  electionTicks: 10,
  heartbeatTicks: 2,
  leaseTicks: 0,
  appendBytesMax: MIB,
  inFlightMessagesMax: 64,
  inFlightBytesMax: 8 * MIB,
  proposalBytesMax: MIB,
  uncommittedBytesMax: 32 * MIB,
  logBytesMax: 512 * MIB,
  readsMax: 4_096,
  applyEntriesMax: 1_024,
  promotionLagMax: 64,
  termLeapMax: 2 ** 40,
};

/** No clock of a group runs faster than another one by this factor, or leases do not hold. */
const CLOCK_RATIO_MAX = 1.1;

/**
 * The longest lease that ends, by the slowest clock, before followers may vote again, by the fastest. One tick is lost because theirs
 * begins with the last tick that they have counted, not with the message.
 */
export function longestLeaseTicks(electionTicks: number): number {
  return Math.floor((electionTicks - 1) / CLOCK_RATIO_MAX);
}

/** @throws AssertionError when the values do not fit one another */
export function assertConfig(config: RaftConfig): void {
  const { self, random, leaseTicks, ...limits } = config;
  assert(self.id !== '' && Number.isSafeInteger(self.incarnation), 'A member has an id and an incarnation');
  assert(typeof random === 'function', 'A member needs a source of randomness');
  for (const [name, value] of Object.entries(limits)) {
    assert(Number.isSafeInteger(value) && value > 0, `${name} must be a positive whole number, not ${value}`);
  }
  assert(Number.isSafeInteger(leaseTicks) && leaseTicks >= 0, `leaseTicks must be a whole number, not ${leaseTicks}`);
  assert(
    leaseTicks <= longestLeaseTicks(config.electionTicks),
    `A lease of ${leaseTicks} ticks may outlast an election timeout of ${config.electionTicks}`,
  );
  assert(config.electionTicks > 2 * config.heartbeatTicks, 'Two heartbeats must fit into an election timeout');
  assert(config.inFlightBytesMax >= config.appendBytesMax, 'A whole append must fit into the window');
  assert(config.uncommittedBytesMax >= config.proposalBytesMax, 'A proposal must fit into what may be uncommitted');
  assert(config.logBytesMax >= config.uncommittedBytesMax, 'What may be uncommitted must fit into the log');
}
