/** The limits and times of one member, in ticks: how long a tick is, is the driver's matter. */
import assert from 'node:assert/strict';
import type { Address } from './types.js';

export interface RaftConfig {
  readonly self: Address;
  /** A follower that hears no leader for one to two times as long asks for an election; a leader that hears no majority steps down. */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
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
}

const MIB = 1_048_576;

/** All but who the member is and where its randomness comes from. */
export const DEFAULT_CONFIG: Omit<RaftConfig, 'self' | 'random'> = {
  electionTicks: 10,
  heartbeatTicks: 2,
  appendBytesMax: MIB,
  inFlightMessagesMax: 64,
  inFlightBytesMax: 8 * MIB,
  proposalBytesMax: MIB,
  uncommittedBytesMax: 32 * MIB,
  logBytesMax: 512 * MIB,
  readsMax: 4_096,
  applyEntriesMax: 1_024,
  promotionLagMax: 64,
};

/** @throws AssertionError when the values do not fit one another */
export function assertConfig(config: RaftConfig): void {
  const { self, random, ...limits } = config;
  assert(self.id !== '' && Number.isSafeInteger(self.incarnation), 'A member has an id and an incarnation');
  assert(typeof random === 'function', 'A member needs a source of randomness');
  for (const [name, value] of Object.entries(limits)) {
    assert(Number.isSafeInteger(value) && value > 0, `${name} must be a positive whole number, not ${value}`);
  }
  assert(config.electionTicks > 2 * config.heartbeatTicks, 'Two heartbeats must fit into an election timeout');
  assert(config.inFlightBytesMax >= config.appendBytesMax, 'A whole append must fit into the window');
  assert(config.uncommittedBytesMax >= config.proposalBytesMax, 'A proposal must fit into what may be uncommitted');
  assert(config.logBytesMax >= config.uncommittedBytesMax, 'What may be uncommitted must fit into the log');
}
