/** How one weak or over-replicated chunk is put right: pure decisions, no clock, no state. */
import { isDfsError } from '../../shared/errors.js';
import { REPLICATION_MAX } from '../../shared/limits.js';
import type { Random } from '../../shared/runtime.js';
import { placeReplicas } from '../datanodes/placement.js';
import type { PlacementNode } from '../datanodes/placement.js';

/** Copies that one node may send, and that it may receive, at a time. */
export const COPIES_PER_NODE_MAX = 4;

export interface RepairReplica {
  readonly nodeId: string;
  readonly rack: string;
  /** Confirmed, at the committed version, on a live node: may be copied from. */
  readonly isSource: boolean;
  /** Damaged: copied from only when no whole one is left, with what other replicas have good. */
  readonly isDamaged: boolean;
  /** Counts as a replica, or is about to. */
  readonly counts: boolean;
  /** Damaged, or of an older version than the committed one: a copy may take its place. */
  readonly isReplaceable: boolean;
}

export interface RepairChunk {
  readonly chunkId: number;
  readonly lengthBytes: number;
  readonly replication: number;
  /** Every replica of any version: of their nodes only those of a replaceable one can be targets, after all others. */
  readonly replicas: readonly RepairReplica[];
}

export interface RepairNode extends PlacementNode {
  /** Copies under way from it. */
  readonly sending: number;
  /** Copies under way to it. */
  readonly receiving: number;
}

export interface RepairPlan {
  readonly source: string;
  /** No whole replica is left: the copy is made of good blocks of damaged ones, or fails. */
  readonly isLastResort: boolean;
  readonly targets: readonly PlacementNode[];
  /** Other nodes that hold the version, the whole replicas first: for blocks that are bad at the source. */
  readonly others: readonly PlacementNode[];
}

/**
 * Plans the copies that a chunk lacks.
 * @param nodes all datanodes
 * @param avoid nodes that failed this chunk just now
 * @returns null when nothing is missing, or no node can do it now
 */
export function planRepair(
  chunk: RepairChunk,
  nodes: readonly RepairNode[],
  avoid: ReadonlySet<string>,
  random: Random,
): RepairPlan | null {
  const counted = chunk.replicas.filter((replica) => replica.counts);
  const lacking = chunk.replication - counted.length;
  if (lacking <= 0) return null;
  const source = chooseSource(chunk, nodes, avoid);
  if (source === undefined) return null;
  const isLastResort = chunk.replicas.some((replica) => replica.isDamaged && replica.nodeId === source.id);
  // A whole replica that is not confirmed yet, or busy, will be the better source.
  if (isLastResort && counted.length > 0) return null;
  const sources = {
    source: source.id,
    isLastResort,
    others: otherSources(chunk, nodes, source),
  };
  const place = (
    wanted: number,
    holders: readonly RepairReplica[],
    alreadyRacks: readonly string[],
  ): readonly PlacementNode[] => {
    const excluded = new Map<string, string>(holders.map(({ nodeId }) => [nodeId, 'holds the chunk']));
    for (const nodeId of avoid) excluded.set(nodeId, 'failed just now');
    for (const node of nodes) if (node.receiving >= COPIES_PER_NODE_MAX) excluded.set(node.id, 'receives enough copies');
    return placeSome({ chunk, nodes, wanted, excluded, existingRacks: alreadyRacks }, random);
  };
  const racks = counted.map((replica) => replica.rack);
  const targets = place(lacking, chunk.replicas, racks);
  if (targets.length === lacking) return { ...sources, targets };
  // Outdated and damaged replicas go only once enough others are confirmed: with one on every node that is left, waiting would never
  // end.
  const taken = targets.map(({ id, rack }): RepairReplica => ({
    nodeId: id,
    rack,
    isSource: false,
    isDamaged: false,
    counts: true,
    isReplaceable: false,
  }));
  const isKept = (replica: RepairReplica): boolean => !replica.isReplaceable || replica.nodeId === source.id;
  const current = [...chunk.replicas.filter(isKept), ...taken];
  const replaced = place(lacking - targets.length, current, [...racks, ...taken.map(({ rack }) => rack)]);
  const all = [...targets, ...replaced];
  return all.length === 0 ? null : { ...sources, targets: all };
}

interface Placing {
  readonly chunk: RepairChunk;
  readonly nodes: readonly RepairNode[];
  readonly wanted: number;
  readonly excluded: ReadonlyMap<string, string>;
  readonly existingRacks: readonly string[];
}

/** As many targets as there are, up to `wanted`. */
function placeSome({ chunk, nodes, wanted, excluded, existingRacks }: Placing, random: Random): readonly PlacementNode[] {
  const { chunkId, lengthBytes } = chunk;
  try {
    return placeReplicas(
      {
        what: `copies of chunk ${chunkId}`,
        nodes,
        wanted,
        needed: 1,
        bytes: lengthBytes,
        excluded,
        localNodeId: '',
        existingRacks,
      },
      random,
    );
  } catch (error) {
    if (isDfsError(error, 'NOT_ENOUGH_REPLICAS')) return [];
    throw error;
  }
}

/** The least busy node that may be copied from; one with a damaged replica only when there is no other. */
function chooseSource(chunk: RepairChunk, nodes: readonly RepairNode[], avoid: ReadonlySet<string>): RepairNode | undefined {
  const sources = chunk.replicas.filter((replica) => replica.isSource);
  const whole = sources.filter((replica) => !replica.isDamaged);
  const holders = new Set((whole.length > 0 ? whole : sources).map((replica) => replica.nodeId));
  return nodes
    .filter((node) => holders.has(node.id) && node.state === 'LIVE' && !avoid.has(node.id) && node.sending < COPIES_PER_NODE_MAX)
    .sort((a, b) => a.sending - b.sending || a.load - b.load)[0];
}

function otherSources(chunk: RepairChunk, nodes: readonly RepairNode[], source: RepairNode): readonly RepairNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return chunk.replicas
    .filter((replica) => replica.isSource && replica.nodeId !== source.id)
    .sort((a, b) => Number(a.isDamaged) - Number(b.isDamaged))
    .flatMap(({ nodeId }) => byId.get(nodeId) ?? [])
    .slice(0, REPLICATION_MAX);
}

export interface SurplusReplica {
  readonly nodeId: string;
  readonly rack: string;
  /** Bytes used of its node's capacity, 0..1. */
  readonly fullness: number;
}

/**
 * Which replicas of an over-replicated chunk go: from racks that hold most of them, and there from the fullest nodes.
 * @param replicas confirmed ones of the committed version
 */
export function planSurplus(replicas: readonly SurplusReplica[], replication: number): string[] {
  let left = [...replicas];
  const gone: string[] = [];
  while (left.length > Math.max(replication, 1)) {
    const onRack = (rack: string): number => left.filter((replica) => replica.rack === rack).length;
    const next = left.toSorted(
      (a, b) => onRack(b.rack) - onRack(a.rack) || b.fullness - a.fullness || (a.nodeId < b.nodeId ? -1 : 1),
    )[0];
    if (next === undefined) break;
    gone.push(next.nodeId);
    left = left.filter((replica) => replica !== next);
  }
  return gone;
}
