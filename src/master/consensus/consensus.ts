/** What the master's services see of the Raft group that this master is a member of. */
import type { RaftStatus } from '../../raft/raft-node.js';
import type { Answer } from '../state/tables/answer.js';

export interface Consensus {
  /** Role, term, leader, members: as of now. */
  readonly status: RaftStatus;
  /** host:port of a member, as far as known. */
  addressOf(masterId: string): string | undefined;

  /**
   * The id of a master of the group that cannot apply what has this number, as far as known; undefined: all can.
   * @param number op code of an operation, or `since` of a field
   */
  memberWithout(number: number): string | undefined;

  /**
   * Puts an operation into the log, and carries it out once it is committed. Synchronous up to its place in the log.
   * @param data op code, then the LogEntry; belongs to the group from now on
   * @returns what applying it gave, on this master, as leader
   * @throws DfsError NOT_LEADER, RESOURCE_EXHAUSTED, INVALID_ARGUMENT: it got no place; UNAVAILABLE: leadership or the log was lost
   *   meanwhile, it may take effect all the same
   */
  propose(data: Uint8Array): Promise<Answer>;

  /**
   * Resolves when what this leader has applied is at least as new as anything that was acknowledged before the call: reading memory
   * is linearizable then.
   * @throws DfsError NOT_LEADER, UNAVAILABLE, RESOURCE_EXHAUSTED
   */
  readBarrier(): Promise<void>;
}

/** Informed by the driver, synchronously and in order. */
export interface ConsensusListener {
  /** This master leads from now on: the entry that opens its term is applied, and with it everything committed before. */
  onElected(term: number): void;
  /** This master does not lead any more. Follows `onElected`, or nothing. */
  onDeposed(): void;
  /** A snapshot took the place of the replicated state: everything derived from the old state is void. */
  restored(): void;
}
