/**
 * Has unneeded replicas deleted, last and safely.
 *
 *   orphan   its chunk belongs to no file                         after orphanDelayMs
 *   stale    its version is no longer to be committed or read     after a block report's interval (never longer than the above),
 *                                                                 once enough replicas of the committed version are confirmed
 *   damaged  its node says so: its good blocks may be the last    as stale
 *   surplus  more confirmed replicas than the chunk's replication after the same delay
 *
 * The times count from when this master came to lead, at the earliest. Nothing is deleted on a node that has not reported to this
 * leader, nor what that node has not itself confirmed.
 */
import type { Timings } from '../../shared/profile.js';
import type { Clock, Logger } from '../../shared/runtime.js';
import { diskStateOf } from '../datanodes/active-nodes.js';
import type { ActiveNodes } from '../datanodes/active-nodes.js';
import type { ChunkHealth, Garbage } from '../datanodes/chunk-health.js';
import { isBeingDeleted, isConfirmed, isOfChunk, isUsable } from '../datanodes/locations.js';
import type { Locations, ReplicaRecord } from '../datanodes/locations.js';
import type { Commands } from './commands.js';
import { planSurplus } from './repair.js';
import type { Chunk, ChunkTable } from '../state/tables/chunk-table.js';

/** Replicas looked at in one pass: bounds what a pass costs. */
const LOOKED_PER_PASS = 512;

export class GarbageCollector {
  readonly #chunks: ChunkTable;
  readonly #nodes: ActiveNodes;
  readonly #locations: Locations;
  readonly #health: ChunkHealth;
  readonly #commands: Commands;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #timings: Timings;
  readonly #startedMs: number;
  readonly #ordered = new Map<ReplicaRecord, number>();
  /** Where the last pass stopped: a Map's iterator lives on through changes. */
  #garbageAt: Iterator<[ReplicaRecord, Garbage]> | null = null;
  #surplusAt: Iterator<[number, number]> | null = null;

  constructor(
    state: {
      readonly chunks: ChunkTable;
      readonly nodes: ActiveNodes;
      readonly locations: Locations;
      readonly health: ChunkHealth;
    },
    commands: Commands,
    runtime: { readonly clock: Clock; readonly log: Logger },
    timings: Timings,
  ) {
    this.#chunks = state.chunks;
    this.#nodes = state.nodes;
    this.#locations = state.locations;
    this.#health = state.health;
    this.#commands = commands;
    this.#clock = runtime.clock;
    this.#log = runtime.log;
    this.#timings = timings;
    this.#startedMs = runtime.clock.nowMs();
  }

  /** Looks at a part of what may be garbage. Not before safe mode is over and every node has reported, or is dead. */
  pass(): void {
    const nowMs = this.#clock.nowMs();
    this.#expireCommands(nowMs);
    for (let looked = 0; looked < LOOKED_PER_PASS; looked += 1) {
      this.#garbageAt ??= this.#health.garbage.entries();
      const next = this.#garbageAt.next();
      if (next.done === true) {
        this.#garbageAt = null;
        break;
      }
      const [record, garbage] = next.value;
      if (this.#mayCollect(record, garbage, nowMs)) this.#delete(record, garbage.reason, nowMs);
    }
    for (let looked = 0; looked < LOOKED_PER_PASS; looked += 1) {
      this.#surplusAt ??= this.#health.surplus.entries();
      const next = this.#surplusAt.next();
      if (next.done === true) {
        this.#surplusAt = null;
        break;
      }
      const [chunkId, sinceMs] = next.value;
      if (this.#ageMs(sinceMs, nowMs) >= this.#staleDelayMs()) this.#thin(chunkId, nowMs);
    }
  }

  /** A record that left the location map. */
  forgetReplica(record: ReplicaRecord): void {
    this.#ordered.delete(record);
  }

  #ageMs(sinceMs: number, nowMs: number): number {
    return nowMs - Math.max(sinceMs, this.#startedMs);
  }

  #staleDelayMs(): number {
    return Math.min(this.#timings.orphanDelayMs, this.#timings.blockReportIntervalMs);
  }

  #mayCollect(record: ReplicaRecord, garbage: Garbage, nowMs: number): boolean {
    if (!this.#mayDeleteOn(record)) return false;
    const ageMs = this.#ageMs(garbage.sinceMs, nowMs);
    if (garbage.reason === 'orphan') return ageMs >= this.#timings.orphanDelayMs;
    if (ageMs < this.#staleDelayMs()) return false;
    const chunk = this.#chunks.get(record.chunkId);
    return chunk !== undefined && this.#hasEnough(chunk);
  }

  #mayDeleteOn(record: ReplicaRecord): boolean {
    const { node } = record;
    if (node.state === 'DEAD' || !node.hasReported || diskStateOf(node) !== 'WRITABLE') return false;
    return isConfirmed(record) && !isBeingDeleted(record);
  }

  /** As many confirmed replicas of the committed version as the cluster can hold. */
  #hasEnough(chunk: Chunk): boolean {
    const confirmed = this.#confirmedOf(chunk).length;
    return confirmed > 0 && confirmed >= Math.min(chunk.replication, this.#nodes.count('LIVE'));
  }

  #confirmedOf(chunk: Chunk): ReplicaRecord[] {
    return this.#locations
      .ofChunk(chunk.id)
      .filter((record) => isOfChunk(record, chunk) && isUsable(record) && isConfirmed(record));
  }

  #thin(chunkId: number, nowMs: number): void {
    const chunk = this.#chunks.get(chunkId);
    if (chunk === undefined) return;
    const confirmed = this.#confirmedOf(chunk);
    const all = this.#locations.ofChunk(chunkId).filter((record) => isOfChunk(record, chunk));
    // A replica in doubt may turn out to be the one that is needed: wait until all nodes have reported. What a dead node holds is not
    // waited for: without it, there are more confirmed ones than are needed. One on a disk that fails may be gone soon, and is none for which
    // another one is given up.
    const awaited = all.filter((record) => record.node.state !== 'DEAD');
    const isSure = ({ node }: ReplicaRecord): boolean => node.state === 'LIVE' && diskStateOf(node) === 'WRITABLE';
    if (confirmed.length !== awaited.length || !confirmed.every(isSure)) return;
    const candidates = confirmed.map(({ node }) => ({
      nodeId: node.id,
      rack: node.rack,
      fullness: node.stats.usedBytes / Math.max(1, node.stats.capacityBytes),
    }));
    for (const nodeId of planSurplus(candidates, chunk.replication)) {
      const record = confirmed.find((candidate) => candidate.node.id === nodeId);
      if (record !== undefined && this.#mayDeleteOn(record)) this.#delete(record, 'surplus', nowMs);
    }
  }

  #delete(record: ReplicaRecord, reason: string, nowMs: number): void {
    const command = { delete: { chunkId: record.chunkId, version: record.version } };
    if (this.#commands.give(record.node.id, command) === null) return;
    this.#ordered.set(record, nowMs);
    this.#locations.markDeleteOrdered(record);
    this.#log.info(
      `Replica of chunk ${record.chunkId} version ${record.version} on ${record.node.id} is ${reason}: deletion commanded`,
      {
        chunkId: record.chunkId,
        nodeId: record.node.id,
      },
    );
  }

  /** Commands that show no result in time count as never given. */
  #expireCommands(nowMs: number): void {
    for (const [record, orderedMs] of this.#ordered) {
      if (nowMs - orderedMs < this.#timings.repairTimeoutMs) break;
      this.#ordered.delete(record);
      this.#locations.clearDeleteCommand(record);
    }
  }
}
