/**
 * ChunkID → replicas, from the datanodes' reports. Soft state.
 *
 * A full report takes effect with its last part: what it names is there, what it does not name is gone. Changes reported while
 * its parts arrive are newer than it and stay. Only what it confirms, and is as it was, counts from its part on.
 */
import type { Replica__Output } from '../../protocol/generated/distrifs/v1/Replica.js';
import type { Chunk } from '../state/tables/chunk-table.js';
import type { ActiveNode } from './active-nodes.js';

export interface ReplicaRecord {
  readonly node: ActiveNode;
  readonly chunkId: number;
  version: number;
  lengthBytes: number;
  /** writing: nothing is guaranteed. committed: on disk, as reported, or as a writer said when it committed the version. */
  state: 'writing' | 'committed';
  /** The node says that it is damaged or cannot be read: it is no replica, but some of its blocks may be good. */
  isDamaged: boolean;
  /** The node said so itself, under whatever term; false: a writer did. */
  isReported: boolean;
  /** The node's confirmEpoch of the report under the leader's term that named it; 0: not confirmed. */
  confirmedIn: number;
  /** When a client said that it is bad; null: no client did, or the node has confirmed it since. */
  suspectSinceMs: number | null;
  /** The term in which this master commanded its deletion; 0: it did not. */
  deleteOrderedIn: number;
  /** The full report that named it last, or was under way when it changed. */
  seenIn: number;
}

/** Hears of changes of a chunk's replicas. */
export type LocationListener = (chunkId: number) => void;

interface ReportInProgress {
  readonly reportId: number;
  readonly parts: number;
  nextPart: number;
  readonly startedMs: number;
  /** Counts reports of the node: marks records as seen. */
  readonly mark: number;
  /** The node's confirmEpoch when it began. */
  readonly epoch: number;
  /** All its parts so far were made under the leader's term. */
  isConfirmed: boolean;
  readonly changed: Replica__Output[];
  /** Chunks that were reported gone or changed meanwhile. */
  readonly changedMeanwhile: Set<number>;
}

interface NodeReplicas {
  readonly byChunk: Map<number, ReplicaRecord>;
  report: ReportInProgress | null;
  marks: number;
}

/** What a part of a full report did: nothing yet, or nothing ever; or the report took effect, as a whole and confirmed or not. */
export type ReportEffect = 'none' | 'taken' | 'confirmed';

export interface ReportPart {
  readonly reportId: number;
  readonly part: number;
  readonly parts: number;
  readonly replicas: readonly Replica__Output[];
}

export class Locations {
  readonly #byNode = new Map<string, NodeReplicas>();
  readonly #byChunk = new Map<number, ReplicaRecord[]>();
  readonly #onChange: LocationListener;
  /** A record was removed; it must not be kept. */
  readonly #onGone: (record: ReplicaRecord) => void;

  constructor(onChange: LocationListener, onGone: (record: ReplicaRecord) => void) {
    this.#onChange = onChange;
    this.#onGone = onGone;
  }

  ofChunk(chunkId: number): readonly ReplicaRecord[] {
    return this.#byChunk.get(chunkId) ?? [];
  }

  find(chunkId: number, nodeId: string): ReplicaRecord | undefined {
    return this.#byNode.get(nodeId)?.byChunk.get(chunkId);
  }

  replicaCount(nodeId: string): number {
    return this.#byNode.get(nodeId)?.byChunk.size ?? 0;
  }

  /** The chunks a node is thought to hold. The set may change meanwhile. */
  chunksOf(nodeId: string): IterableIterator<number> {
    return this.#of(nodeId).byChunk.keys();
  }

  /** A change that a node reports at once. @param confirmed the node made it under the leader's term */
  update(node: ActiveNode, replica: Replica__Output, confirmed: boolean): void {
    const replicas = this.#of(node.id);
    replicas.report?.changedMeanwhile.add(replica.chunkId);
    const record = replicas.byChunk.get(replica.chunkId);
    if (replica.state === 'DELETED') {
      if (record !== undefined && record.version <= replica.version) this.#drop(record);
      return;
    }
    if (record?.state === 'committed' && (replica.state === 'WRITING' || replica.version < record.version)) return;
    this.#put(node, replica, { isReported: true, isConfirmed: confirmed });
  }

  /** A writer committed a version on this node: good to read, and confirmed when the node says so itself. */
  expect(node: ActiveNode, chunkId: number, version: number, lengthBytes: number): void {
    const record = this.find(chunkId, node.id);
    if (record?.state === 'committed' && record.version >= version) return;
    this.#of(node.id).report?.changedMeanwhile.add(chunkId);
    this.#put(node, { chunkId, version, lengthBytes, state: 'COMMITTED' }, { isReported: false, isConfirmed: false });
  }

  /**
   * Takes a part of a full report. When parts are missing, the report is dropped. It is confirmed when all its parts are, and nothing
   * happened to the node meanwhile.
   * @param confirmed the node made this part under the leader's term
   */
  reportPart(node: ActiveNode, part: ReportPart, confirmed: boolean, nowMs: number): ReportEffect {
    const replicas = this.#of(node.id);
    if (part.part === 0) {
      replicas.marks += 1;
      replicas.report = {
        reportId: part.reportId,
        parts: part.parts,
        nextPart: 0,
        startedMs: nowMs,
        mark: replicas.marks,
        epoch: node.confirmEpoch,
        isConfirmed: true,
        changed: [],
        changedMeanwhile: new Set(),
      };
    }
    const { report } = replicas;
    if (report?.reportId !== part.reportId || report.parts !== part.parts || report.nextPart !== part.part) {
      replicas.report = null;
      return 'none';
    }
    report.nextPart += 1;
    report.isConfirmed &&= confirmed && report.epoch === node.confirmEpoch;
    for (const replica of part.replicas) this.#compare(node, replicas, report, replica);
    if (report.nextPart < report.parts) return 'none';
    replicas.report = null;
    this.#takeEffect(node, replicas, report);
    return report.isConfirmed ? 'confirmed' : 'taken';
  }

  /** Forgets the parts of a report that will not be finished. */
  dropPartialReport(nodeId: string): void {
    const replicas = this.#byNode.get(nodeId);
    if (replicas !== undefined) replicas.report = null;
  }

  /** Forgets all replicas of a node: it came back with another incarnation, or the log does not know it any more. */
  dropNode(nodeId: string): void {
    const replicas = this.#byNode.get(nodeId);
    if (replicas === undefined) return;
    for (const record of [...replicas.byChunk.values()]) this.#drop(record);
    this.#byNode.delete(nodeId);
  }

  /** Forgets one replica of a node that cannot be asked about it. */
  forget(record: ReplicaRecord): void {
    this.#drop(record);
  }

  markSuspect(record: ReplicaRecord, nowMs: number): void {
    record.suspectSinceMs = nowMs;
    this.#onChange(record.chunkId);
  }

  /** Its deletion was commanded, in the term in which this master leads. */
  markDeleteOrdered(record: ReplicaRecord): void {
    record.deleteOrderedIn = record.node.ledTerm;
    this.#onChange(record.chunkId);
  }

  /** The node did not carry the command out. */
  clearDeleteCommand(record: ReplicaRecord): void {
    record.deleteOrderedIn = 0;
    this.#onChange(record.chunkId);
  }

  /**
   * Notes what the report says of one replica: most often nothing new. That it is confirmed takes effect at once: under a new term this
   * concerns all that a node holds, too much for one step.
   */
  #compare(node: ActiveNode, replicas: NodeReplicas, report: ReportInProgress, replica: Replica__Output): void {
    if (replica.state === 'DELETED' || replica.state === 'REPLICA_STATE_UNSPECIFIED') return;
    const record = replicas.byChunk.get(replica.chunkId);
    const isSame =
      record !== undefined &&
      record.version === replica.version &&
      record.lengthBytes === replica.lengthBytes &&
      (record.state === 'committed') === (replica.state !== 'WRITING') &&
      record.isDamaged === (replica.state === 'CORRUPT') &&
      record.isReported &&
      record.suspectSinceMs === null &&
      !isBeingDeleted(record);
    if (!isSame) {
      report.changed.push(replica);
      return;
    }
    record.seenIn = report.mark;
    if (!report.isConfirmed || record.confirmedIn === node.confirmEpoch) return;
    record.confirmedIn = node.confirmEpoch;
    this.#onChange(record.chunkId);
  }

  #takeEffect(node: ActiveNode, replicas: NodeReplicas, report: ReportInProgress): void {
    // A writer's older committed replica stands beside its unfinished one: the committed one counts.
    const changed = report.changed.toSorted((a, b) => Number(a.state !== 'WRITING') - Number(b.state !== 'WRITING'));
    for (const replica of changed) {
      if (report.changedMeanwhile.has(replica.chunkId)) continue;
      const record = replicas.byChunk.get(replica.chunkId);
      const wasReported = record?.seenIn === report.mark && record.state === 'committed';
      if (wasReported && replica.state === 'WRITING') continue;
      this.#put(node, replica, { isReported: true, isConfirmed: report.isConfirmed }, report);
    }
    for (const record of [...replicas.byChunk.values()]) {
      if (record.seenIn !== report.mark && !report.changedMeanwhile.has(record.chunkId)) this.#drop(record);
    }
  }

  #put(
    node: ActiveNode,
    replica: Replica__Output,
    { isReported, isConfirmed: confirmed }: { readonly isReported: boolean; readonly isConfirmed: boolean },
    report?: ReportInProgress,
  ): void {
    const replicas = this.#of(node.id);
    let record = replicas.byChunk.get(replica.chunkId);
    if (record === undefined) {
      record = {
        node,
        chunkId: replica.chunkId,
        version: replica.version,
        lengthBytes: replica.lengthBytes,
        state: 'writing',
        isDamaged: false,
        isReported: false,
        confirmedIn: 0,
        suspectSinceMs: null,
        deleteOrderedIn: 0,
        seenIn: 0,
      };
      replicas.byChunk.set(record.chunkId, record);
      const others = this.#byChunk.get(record.chunkId);
      if (others === undefined) this.#byChunk.set(record.chunkId, [record]);
      else others.push(record);
    }
    if (record.version !== replica.version) {
      record.suspectSinceMs = null;
      record.deleteOrderedIn = 0;
    } else if (report !== undefined) {
      // A report that began after the suspicion, or after the command, has seen the file since.
      if (record.suspectSinceMs !== null && record.suspectSinceMs < report.startedMs) record.suspectSinceMs = null;
    }
    const state = replica.state === 'WRITING' ? 'writing' : 'committed';
    const isDamaged = replica.state === 'CORRUPT';
    // It was repaired, or its node knows better by now than the client did.
    if (record.isDamaged !== isDamaged) record.suspectSinceMs = null;
    const isNews = record.version !== replica.version || record.state !== state;
    record.version = replica.version;
    record.lengthBytes = replica.lengthBytes;
    record.state = state;
    record.isDamaged = isDamaged;
    // What was said of another version, or of one under way, says nothing of this one.
    if (isReported || isNews) record.isReported = isReported;
    if (confirmed || isNews) record.confirmedIn = confirmed ? node.confirmEpoch : 0;
    if (report !== undefined) record.seenIn = report.mark;
    this.#onChange(record.chunkId);
  }

  #drop(record: ReplicaRecord): void {
    this.#of(record.node.id).byChunk.delete(record.chunkId);
    const rest = (this.#byChunk.get(record.chunkId) ?? []).filter((other) => other !== record);
    if (rest.length === 0) this.#byChunk.delete(record.chunkId);
    else this.#byChunk.set(record.chunkId, rest);
    this.#onGone(record);
    this.#onChange(record.chunkId);
  }

  #of(nodeId: string): NodeReplicas {
    let replicas = this.#byNode.get(nodeId);
    if (replicas === undefined) {
      replicas = { byChunk: new Map(), report: null, marks: 0 };
      this.#byNode.set(nodeId, replicas);
    }
    return replicas;
  }
}

/** The node itself has reported it under the leader's term, and nothing happened to the node since. */
export function isConfirmed(record: ReplicaRecord): boolean {
  return record.state === 'committed' && record.confirmedIn !== 0 && record.confirmedIn === record.node.confirmEpoch;
}

/** This master has commanded its deletion, in the term in which it leads. */
export function isBeingDeleted(record: ReplicaRecord): boolean {
  return record.deleteOrderedIn !== 0 && record.deleteOrderedIn === record.node.ledTerm;
}

/** Has the committed version of the chunk, and its length; a damaged one may have lost a part of that. */
export function isOfChunk(record: ReplicaRecord, chunk: Pick<Chunk, 'version' | 'lengthBytes'>): boolean {
  return record.version === chunk.version && (record.isDamaged || record.lengthBytes === chunk.lengthBytes);
}

/** Counts as a replica: whole, its node is not dead, no client called it bad, and it is not about to be deleted. */
export function isUsable(record: ReplicaRecord): boolean {
  return isAtHand(record) && !record.isDamaged && record.suspectSinceMs === null;
}

/** Some of its blocks may be good: whole or not, its node is not dead, and it is not about to be deleted. */
export function isAtHand(record: ReplicaRecord): boolean {
  return record.state === 'committed' && record.node.state !== 'DEAD' && !isBeingDeleted(record);
}
