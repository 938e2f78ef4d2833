/**
 * How each committed chunk is doing, kept up to date by events, never by a scan of everything.
 *
 *   missing   no confirmed replica          under   fewer than its replication       healthy   the rest, which is not listed
 *   surplus   more than its replication     garbage replicas that belong to no file or to an old version, or are damaged
 *
 * A chunk without a good replica that has damaged ones is missing, and to be repaired all the same: their good blocks may make a
 * whole replica.
 */
import type { Locations, ReplicaRecord } from './locations.js';
import { isAtHand, isConfirmed, isOfChunk } from './locations.js';
import type { Chunk, ChunkTable } from '../state/tables/chunk-table.js';
import { isSamePlan } from '../../shared/chunk-version.js';
import { CHUNK_ID_LEAP_MAX } from '../../shared/limits.js';
import type { Clock, Logger } from '../../shared/runtime.js';

interface Missing {
  readonly visible: boolean;
  /** No node has reported a usable replica either, under whatever term. */
  readonly isUnreported: boolean;
}

interface Weak {
  readonly chunkId: number;
  /** Monotonic. Survives changes of `good`. */
  readonly sinceMs: number;
  /** Confirmed good replicas that are left. */
  readonly good: number;
  /** Counts as under-replicated: one without a good replica counts as missing instead. */
  readonly visible: boolean;
}

export interface Garbage {
  readonly reason: 'orphan' | 'stale' | 'damaged';
  readonly sinceMs: number;
}

export interface HealthTotals {
  readonly total: number;
  readonly healthy: number;
  readonly underReplicated: number;
  readonly missing: number;
}

/** What a master says of its chunks: those that are not reported yet are not missing. */
export interface ReportedTotals extends HealthTotals {
  readonly unreported: number;
}

/** Unknown chunks are logged up to this many; the rest is counted. */
const UNKNOWN_LOGGED_MAX = 100;
/** Of one danger, in one search for candidates. */
const LOOKED_MAX = 10_000;

export class ChunkHealth {
  readonly #chunks: ChunkTable;
  readonly #locations: Locations;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #missing = new Map<number, Missing>();
  /** By danger; in each, those waiting longest (or tried longest ago) first. */
  readonly #under = new Map<number, Map<number, Weak>>();
  readonly #underOf = new Map<number, Weak>();
  readonly surplus = new Map<number, number>();
  readonly garbage = new Map<ReplicaRecord, Garbage>();
  readonly #unknownLogged = new Set<number>();
  /** Says whether the state here is the newest there is: a follower may hear of a chunk before its log does. */
  isLeading = false;
  #highestUnknownId = 0;
  #visibleMissing = 0;
  #visibleUnreported = 0;
  #visibleUnder = 0;
  #orphans = 0;

  constructor(chunks: ChunkTable, locations: Locations, clock: Clock, log: Logger) {
    this.#chunks = chunks;
    this.#locations = locations;
    this.#clock = clock;
    this.#log = log;
  }

  /** Counts chunks of completed files. */
  totals(): HealthTotals {
    const total = this.#chunks.visibleCount;
    const underReplicated = this.#visibleUnder;
    const missing = this.#visibleMissing;
    return { total, healthy: total - underReplicated - missing, underReplicated, missing };
  }

  /** Chunks of completed files of which no registered node has reported a usable replica, under whatever term. */
  get unreportedCount(): number {
    return this.#visibleUnreported;
  }

  /** The highest id of a chunk that a datanode has reported to this leader and the log had not given; 0: none. */
  get highestUnknownId(): number {
    return this.#highestUnknownId;
  }

  /** Replicas that belong to no file. */
  get orphanCount(): number {
    return this.#orphans;
  }

  /** Looks at a chunk again after any change to it, its replicas, or their nodes. */
  refresh(chunkId: number): void {
    const chunk = this.#chunks.get(chunkId);
    const replicas = this.#locations.ofChunk(chunkId);
    for (const replica of replicas) this.#classify(replica, chunk);
    if (chunk === undefined || chunk.version === 0) {
      this.#setMissing(chunkId, undefined);
      this.#setUnder(chunkId, null);
      this.surplus.delete(chunkId);
      return;
    }
    const isOfUse = (replica: ReplicaRecord): boolean => isAtHand(replica) && replica.suspectSinceMs === null;
    const current = replicas.filter((replica) => isOfChunk(replica, chunk) && isOfUse(replica));
    const confirmed = current.filter(isConfirmed);
    const good = confirmed.filter((replica) => !replica.isDamaged).length;
    this.#setMissing(chunkId, good === 0 ? { visible: chunk.visible, isUnreported: !current.some(isHeard) } : undefined);
    this.#setUnder(chunkId, confirmed.length > 0 && good < chunk.replication ? { chunk, good } : null);
    if (good <= chunk.replication) this.surplus.delete(chunkId);
    else if (!this.surplus.has(chunkId)) this.surplus.set(chunkId, this.#clock.nowMs());
  }

  /** A record that left the location map. */
  forgetReplica(record: ReplicaRecord): void {
    this.#setGarbage(record, null);
  }

  /**
   * Chunks to repair, the most endangered first: those with the fewest good replicas, and among them those of unfinished files, whose
   * writers wait for them. Three of four are from the most endangered, every fourth from those that wait longest among the others, so
   * that none starves. Of those without a good replica perhaps few can be repaired: they are others.
   * @param limit how many to look at
   * @param dueMs only those weak since then or longer
   */
  repairCandidates(limit: number, dueMs: number): number[] {
    const [first, ...others] = [...this.#under.entries()]
      .sort(([a], [b]) => (a || Infinity) - (b || Infinity))
      .map(([, chunks]) => dueIn(chunks, dueMs));
    const rest = others.length === 0 ? null : merge(others);
    const chosen: number[] = [];
    while (chosen.length < limit) {
      const preferred = chosen.length % 4 === 3 ? [rest, first] : [first, rest];
      const next = preferred[0]?.next().value ?? preferred[1]?.next().value;
      if (next === undefined) break;
      chosen.push(next);
    }
    return chosen;
  }

  /** Puts a chunk that could not be repaired now behind the others of its danger. */
  postpone(chunkId: number): void {
    const weak = this.#underOf.get(chunkId);
    const bucket = weak === undefined ? undefined : this.#under.get(dangerOf(weak));
    if (weak === undefined || bucket === undefined) return;
    bucket.delete(chunkId);
    bucket.set(chunkId, weak);
  }

  #classify(record: ReplicaRecord, chunk: Chunk | undefined): void {
    if (record.state === 'writing') {
      this.#setGarbage(record, null);
    } else if (chunk === undefined) {
      const { nextId, skippedIds } = this.#chunks;
      const isKnown = record.chunkId < nextId && !skippedIds.has(record.chunkId);
      if (!isKnown) this.#unknownId(record, nextId);
      this.#setGarbage(record, isKnown ? 'orphan' : null);
    } else if (!wasPlanned(record, chunk)) {
      this.#reportUnknown(record, 'the master has never planned this version');
      this.#setGarbage(record, null);
    } else if (record.version === chunk.version) {
      const isWhole = isOfChunk(record, chunk);
      if (!isWhole) this.#reportUnknown(record, `with ${record.lengthBytes} bytes instead of ${chunk.lengthBytes}`);
      this.#setGarbage(record, isWhole && record.isDamaged ? 'damaged' : null);
    } else {
      // A version that is reserved and not committed may still be, while the file is being written.
      const isStale = record.version < chunk.version || chunk.visible;
      this.#setGarbage(record, isStale ? 'stale' : null);
    }
  }

  #unknownId(record: ReplicaRecord, nextId: number): void {
    // A follower may hear of an id before its log does; and one that is far away is no loss, but somebody's file name.
    if (this.isLeading && record.chunkId < nextId + CHUNK_ID_LEAP_MAX) {
      this.#highestUnknownId = Math.max(this.#highestUnknownId, record.chunkId);
    }
    this.#reportUnknown(record, 'the master has never given this id');
  }

  #reportUnknown(record: ReplicaRecord, why: string): void {
    if (!this.isLeading) return;
    if (this.#unknownLogged.has(record.chunkId) || this.#unknownLogged.size >= UNKNOWN_LOGGED_MAX) return;
    this.#unknownLogged.add(record.chunkId);
    this.#log.error(
      `${record.node.id} reports chunk ${record.chunkId} at version ${record.version}, but ${why}: the master's log may have lost ` +
        'entries, or an older copy of it was put back. The replica is kept, and never read',
      { nodeId: record.node.id, chunkId: record.chunkId, version: record.version },
    );
  }

  #setGarbage(record: ReplicaRecord, reason: Garbage['reason'] | null): void {
    const old = this.garbage.get(record);
    if ((old?.reason ?? null) === reason) return;
    if (old?.reason === 'orphan') this.#orphans -= 1;
    if (reason === 'orphan') this.#orphans += 1;
    if (reason === null) this.garbage.delete(record);
    else this.garbage.set(record, { reason, sinceMs: this.#clock.nowMs() });
  }

  #setMissing(chunkId: number, missing: Missing | undefined): void {
    const old = this.#missing.get(chunkId);
    if (old?.visible === missing?.visible && old?.isUnreported === missing?.isUnreported) return;
    this.#countMissing(old, -1);
    this.#countMissing(missing, 1);
    if (missing === undefined) this.#missing.delete(chunkId);
    else this.#missing.set(chunkId, missing);
  }

  #countMissing(missing: Missing | undefined, by: 1 | -1): void {
    if (missing?.visible !== true) return;
    this.#visibleMissing += by;
    if (missing.isUnreported) this.#visibleUnreported += by;
  }

  #setUnder(chunkId: number, weak: { readonly chunk: Chunk; readonly good: number } | null): void {
    const old = this.#underOf.get(chunkId);
    const visible = weak !== null && weak.chunk.visible && weak.good > 0;
    if (old?.good === weak?.good && (old?.visible ?? false) === visible) return;
    if (old !== undefined) {
      if (old.visible) this.#visibleUnder -= 1;
      this.#underOf.delete(chunkId);
      const bucket = this.#under.get(dangerOf(old));
      bucket?.delete(chunkId);
      if (bucket?.size === 0) this.#under.delete(dangerOf(old));
    }
    if (weak === null) return;
    const sinceMs = old?.sinceMs ?? this.#clock.nowMs();
    const entry: Weak = { chunkId, sinceMs, good: weak.good, visible };
    if (entry.visible) this.#visibleUnder += 1;
    this.#underOf.set(chunkId, entry);
    let bucket = this.#under.get(dangerOf(entry));
    if (bucket === undefined) {
      bucket = new Map();
      this.#under.set(dangerOf(entry), bucket);
    }
    bucket.set(chunkId, entry);
  }
}

/** The totals of a master to which not all living datanodes have reported: none is known to be missing. */
export function unheard({ missing, ...totals }: HealthTotals): ReportedTotals {
  return { ...totals, missing: 0, unreported: missing };
}

/**
 * Tells whether the log may have planned the version of a replica. Of earlier plans only their number is known: one with the number of
 * the committed or the last planned version is that version, or another log's.
 */
function wasPlanned({ version }: ReplicaRecord, chunk: Chunk): boolean {
  if (version === chunk.version || version === chunk.reserved) return true;
  return version < chunk.reserved && ![chunk.version, chunk.reserved].some((planned) => isSamePlan(planned, version));
}

/** The less, the more urgent is its repair. */
function dangerOf({ good, visible }: Weak): number {
  return 2 * good + Number(visible);
}

/** Its node has said that it holds it, and is still there. */
function isHeard(record: ReplicaRecord): boolean {
  return record.isReported && record.node.registrationId !== 0;
}

function* dueIn(bucket: ReadonlyMap<number, Weak>, dueMs: number): Generator<number, undefined> {
  let looked = 0;
  for (const weak of bucket.values()) {
    looked += 1;
    if (looked > LOOKED_MAX) return;
    if (weak.sinceMs <= dueMs) yield weak.chunkId;
  }
}

/** One from each in turn. */
function* merge(sources: readonly Generator<number, undefined>[]): Generator<number, undefined> {
  let open = sources;
  while (open.length > 0) {
    const still: Generator<number, undefined>[] = [];
    for (const source of open) {
      const next = source.next();
      if (next.done === true) continue;
      yield next.value;
      still.push(source);
    }
    open = still;
  }
}
