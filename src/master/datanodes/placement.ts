/** Where the replicas of a chunk go: pure. Distinct nodes, spread over racks, weighed by free space and load. */
import type { DiskState__Output } from '../../protocol/generated/distrifs/v1/DiskState.js';
import { DfsError } from '../../shared/errors.js';
import type { Random } from '../../shared/runtime.js';
import type { Liveness } from './active-nodes.js';

export interface PlacementNode {
  readonly id: string;
  readonly address: string;
  readonly rack: string;
  readonly state: Liveness;
  /** Whether its data folder takes changes. */
  readonly disk: DiskState__Output;
  /** Bytes that may still be planned on it. */
  readonly freeBytes: number;
  /** Writes under way on it. */
  readonly load: number;
}

export interface PlacementRequest {
  /** What is being placed, for the error. */
  readonly what: string;
  readonly nodes: readonly PlacementNode[];
  /** Replicas wanted. 1 <= needed <= wanted */
  readonly wanted: number;
  /** Fewer than this is an error. */
  readonly needed: number;
  /** Free space that each must have. */
  readonly bytes: number;
  /** Nodes not to use, each with why. */
  readonly excluded: ReadonlyMap<string, string>;
  /** The node beside the writer: first, when it can take the chunk. */
  readonly localNodeId: string;
  /** Racks of the replicas that exist already. */
  readonly existingRacks: readonly string[];
}

/**
 * Chooses nodes, the first being the head of the pipeline.
 * The second replica goes to another rack where there are several (as in GFS and HDFS); then the least used racks come first.
 * @throws DfsError NOT_ENOUGH_REPLICAS that lists each node and why it cannot serve
 */
export function placeReplicas(request: PlacementRequest, random: Random): PlacementNode[] {
  const eligible = request.nodes.filter((node) => refusalOf(node, request) === null);
  if (eligible.length < request.needed) throw notEnough(request, eligible.length);
  const chosen: PlacementNode[] = [];
  const rackUse = new Map<string, number>();
  for (const rack of request.existingRacks) rackUse.set(rack, (rackUse.get(rack) ?? 0) + 1);
  let candidates = eligible;
  while (chosen.length < request.wanted && candidates.length > 0) {
    const local = chosen.length === 0 ? candidates.find((node) => node.id === request.localNodeId) : undefined;
    const next = local ?? pickWeighted(onLeastUsedRacks(candidates, rackUse), random);
    chosen.push(next);
    rackUse.set(next.rack, (rackUse.get(next.rack) ?? 0) + 1);
    candidates = candidates.filter((node) => node !== next);
  }
  return chosen;
}

/** Why a node cannot take the chunk, or null when it can. */
function refusalOf(node: PlacementNode, request: PlacementRequest): string | null {
  if (node.state === 'DEAD') return 'dead';
  if (node.state === 'STALE') return 'stale';
  if (node.disk === 'READ_ONLY') return 'its data folder is read-only';
  if (node.disk === 'FAILING') return 'writes to its disk fail';
  const excluded = request.excluded.get(node.id);
  if (excluded !== undefined) return excluded;
  if (node.freeBytes < request.bytes) return `no space (free ${node.freeBytes} bytes, needs ${request.bytes})`;
  return null;
}

function notEnough(request: PlacementRequest, found: number): DfsError {
  const reasons = request.nodes.map((node) => `${node.id}: ${refusalOf(node, request) ?? 'can take it'}`);
  const list = reasons.length === 0 ? 'no datanode has registered' : reasons.join('; ');
  return new DfsError(
    'NOT_ENOUGH_REPLICAS',
    `Cannot place ${request.what}: ${found} of at least ${request.needed} nodes can take it (${list})`,
  );
}

function onLeastUsedRacks(nodes: readonly PlacementNode[], rackUse: ReadonlyMap<string, number>): PlacementNode[] {
  const least = Math.min(...nodes.map((node) => rackUse.get(node.rack) ?? 0));
  return nodes.filter((node) => (rackUse.get(node.rack) ?? 0) === least);
}

/** By free space over load: a node with twice the space and the same load is chosen twice as often. */
function pickWeighted(nodes: readonly PlacementNode[], random: Random): PlacementNode {
  const weights = nodes.map((node) => (node.freeBytes + 1) / (1 + node.load));
  let at = random.float() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, node] of nodes.entries()) {
    at -= weights[i] ?? 0;
    if (at < 0) return node;
  }
  const last = nodes.at(-1);
  if (last === undefined) throw new DfsError('INTERNAL', 'Cannot choose among no nodes');
  return last;
}
