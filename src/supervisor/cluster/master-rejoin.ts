/**
 * What the lab does for its masters beside starting them: it remembers which of them have founded the cluster, and brings one that lost
 * its disk back into the group, as an operator would.
 *
 *   wiped ──start──▶ waiting ──remove the old life, add the new one──▶ learner ──by itself──▶ voter
 *                       ▲                                                 │
 *                       └──────────── empty again ◀── the group does not know this life
 */
import type { Clock } from '../../shared/runtime.js';
import type { GroupRecord } from '../folder/lab-record.js';
import type { MasterHealth } from '../faults/master-health.js';
import type { MasterAnswer } from '../observe/master-status-view.js';
import type { MasterStart } from './node-launch.js';
import { hasVote } from '../observe/node-state.js';
import type { ProcessFacts } from '../observe/node-state.js';
import { messageOf } from '../../shared/error-text.js';

/** A master that is not a voter again by then is left as it is, and said so. */
const REBUILD_WITHIN_MS = 120_000;
const PAUSE_MS = 100;
/** Looks at a life that the group does not know, before its folder is emptied again: the leader may be about to add it. */
const UNKNOWN_LOOKS = 20;

/** unknown: the group does not know this life of the master. */
type Found = 'voter' | 'unknown' | 'underway';

export interface RejoinMaster {
  readonly id: string;
  readonly address: string;
  readonly facts: ProcessFacts;
}

/** The requests that an operator would make. */
export interface RejoinClients {
  ask(masterId: string, deadlineMs: number): Promise<MasterAnswer>;
  removeMaster(leaderId: string, masterId: string, deadlineMs: number): Promise<void>;
  addMaster(leaderId: string, masterId: string, address: string, deadlineMs: number): Promise<void>;
}

export interface RejoinWorld {
  readonly clock: Clock;
  readonly masters: readonly RejoinMaster[];
  /** Of one call. */
  readonly deadlineMs: number;
  /** null: not connected yet. */
  readonly lines: () => RejoinClients | null;
  /** The master that leads now. */
  readonly leader: () => string | null;
  /** What a master that runs and answers said last. */
  readonly answerOf: (masterId: string) => MasterAnswer | null;
  /** Kills a master, empties its folder, and starts it; resolves when it serves. */
  readonly startEmpty: (masterId: string) => Promise<void>;
  /** Something about a master that a person should know. */
  readonly say: (masterId: string, message: string) => void;
  /** Called when the record has changed. */
  readonly onRecord: (record: GroupRecord) => void;
}

export class MasterRejoin {
  readonly clusterKey: string;
  readonly #world: RejoinWorld;
  readonly #founded: Set<string>;
  readonly #rejoining: Set<string>;
  /** When the lab damaged a master's log. */
  readonly #damagedAtMs = new Map<string, number>();
  /** Rebuilding under way. */
  readonly #rebuilding = new Map<string, AbortController>();
  /** Masters whose folder is being emptied again. */
  readonly #emptying = new Set<string>();
  #isClosed = false;

  constructor(world: RejoinWorld, record: GroupRecord) {
    this.#world = world;
    this.clusterKey = record.clusterKey;
    this.#founded = new Set(record.founded);
    this.#rejoining = new Set(record.rejoining);
  }

  /** How a master has to begin. @param hasIdentity its folder says who it is */
  startOf(masterId: string, hasIdentity: boolean): MasterStart {
    if (hasIdentity) return 'serve';
    // A single master has no group that could add it again: it makes a new cluster.
    return this.#world.masters.length > 1 && this.#founded.has(masterId) ? 'join' : 'found';
  }

  /** A master serves, begun like this. What is to be done for it goes on by itself. */
  served(masterId: string, start: MasterStart): void {
    if (this.#isClosed) return;
    if (start === 'join') {
      this.#rejoining.add(masterId);
      this.#founded.add(masterId);
      this.#record();
    }
    if (this.#rejoining.has(masterId)) this.#begin(masterId);
  }

  /** The cluster is whole. Founders that merely serve may still wait for one another, with nothing on their disks. */
  founded(): void {
    if (this.#world.masters.every(({ id }) => this.#founded.has(id))) return;
    for (const { id } of this.#world.masters) this.#founded.add(id);
    this.#record();
  }

  /** All masters have lost their folders at once: they make a new cluster. */
  refound(): void {
    for (const { id } of this.#world.masters) this.ended(id);
    this.#founded.clear();
    this.#rejoining.clear();
    this.#record();
  }

  /** A master's process is gone. */
  ended(masterId: string): void {
    this.#rebuilding.get(masterId)?.abort();
    this.#rebuilding.delete(masterId);
  }

  /** True while the lab itself ends a master, to begin with an empty folder. */
  isEmptying(masterId: string): boolean {
    return this.#emptying.has(masterId);
  }

  /** The lab damaged its log: it is not whole until it was started again and is a voter. */
  damaged(masterId: string): void {
    this.#damagedAtMs.set(masterId, this.#world.clock.nowMs());
  }

  /** How the masters are. */
  health(): MasterHealth[] {
    return this.#world.masters.map(({ id, facts }) => {
      const answer = this.#world.answerOf(id);
      const damagedAtMs = this.#damagedAtMs.get(id) ?? -Infinity;
      const isOld = facts.launchedAtMs === null || facts.launchedAtMs <= damagedAtMs;
      return { id, isWhole: answer !== null && hasVote(answer.group.role) && !isOld && !this.#rejoining.has(id) };
    });
  }

  /** Stops what goes on by itself. */
  close(): void {
    this.#isClosed = true;
    for (const { id } of this.#world.masters) this.ended(id);
  }

  #begin(masterId: string): void {
    this.ended(masterId);
    const life = new AbortController();
    this.#rebuilding.set(masterId, life);
    void this.#rebuild(masterId, life.signal).catch((error: unknown) => {
      if (!life.signal.aborted) this.#world.say(masterId, `not a voter again: ${messageOf(error)}`);
    });
  }

  /** Goes on until the master is a voter. Rejects with the last failure when that takes too long, or with the signal's reason. */
  async #rebuild(masterId: string, signal: AbortSignal): Promise<void> {
    const { clock } = this.#world;
    const deadlineMs = clock.nowMs() + REBUILD_WITHIN_MS;
    let unknownLooks = 0;
    let last: unknown = new Error('no master led');
    for (;;) {
      let found: Found = 'underway';
      try {
        found = await this.#step(masterId);
      } catch (error) {
        last = error;
      }
      // The look may have been at a life that is over.
      signal.throwIfAborted();
      if (found === 'voter') {
        this.#rejoining.delete(masterId);
        this.#record();
        return;
      }
      unknownLooks = found === 'unknown' ? unknownLooks + 1 : 0;
      if (unknownLooks >= UNKNOWN_LOOKS) {
        // Begins a life of its own, with a rebuilding of its own.
        return this.#startEmpty(masterId);
      }
      if (clock.nowMs() >= deadlineMs) throw last;
      await clock.sleep(PAUSE_MS, signal);
    }
  }

  async #startEmpty(masterId: string): Promise<void> {
    this.#emptying.add(masterId);
    try {
      await this.#world.startEmpty(masterId);
    } finally {
      this.#emptying.delete(masterId);
    }
  }

  /** One look, and what it calls for. */
  async #step(masterId: string): Promise<Found> {
    const { lines, leader, masters, deadlineMs } = this.#world;
    const [line, leaderId] = [lines(), leader()];
    const address = masters.find(({ id }) => id === masterId)?.address;
    if (line === null || leaderId === null || address === undefined) return 'underway';
    const [own, leading] = await Promise.all([line.ask(masterId, deadlineMs), line.ask(leaderId, deadlineMs)]);
    if (leading.group.role !== 'leader') return 'underway';
    const known = leading.group.members.find(({ id }) => id === masterId);
    if (own.group.role !== 'waiting') {
      if (known?.incarnation !== own.group.incarnation) return 'unknown';
      return known.isVoter && hasVote(own.group.role) ? 'voter' : 'underway';
    }
    // A life that waits was never invited: the master that the group knows by this name is gone.
    if (known !== undefined) await line.removeMaster(leaderId, masterId, deadlineMs);
    await line.addMaster(leaderId, masterId, address, deadlineMs);
    return 'underway';
  }

  #record(): void {
    const { onRecord } = this.#world;
    onRecord({ clusterKey: this.clusterKey, founded: [...this.#founded], rejoining: [...this.#rejoining] });
  }
}
