/** What the screen says about a cluster, worked out from its status: order, severity, summaries. Pure. */
import type { ChunkCounts, ChunkView, ClusterStatus, MemberStatus, NodeStatus } from '../../supervisor/api/cluster-status.js';
import type { Tone } from './theme.js';

/** How well a chunk is: worst first. `unreported` is what may be missing: the leader is new. `over` has more replicas than asked for, which repairs itself. */
export type ChunkHealth = 'missing' | 'unreported' | 'under' | 'over' | 'ok';

const HEALTH_ORDER: Readonly<Record<ChunkHealth, number>> = { missing: 0, unreported: 1, under: 2, over: 3, ok: 4 };

export const HEALTH_TONE: Readonly<Record<ChunkHealth, Tone>> = {
  missing: 'bad',
  unreported: 'warn',
  under: 'warn',
  over: 'plain',
  ok: 'good',
};

/** As shown in a row. */
export const HEALTH_TEXT: Readonly<Record<ChunkHealth, string>> = {
  missing: 'missing',
  unreported: 'unrep.',
  under: 'under',
  over: 'over',
  ok: 'ok',
};

const natural = new Intl.Collator('en', { numeric: true });

/** Nodes as listed: masters first, then by name with numbers as numbers (dn-2 before dn-10). */
export function sortNodes(nodes: readonly NodeStatus[]): readonly NodeStatus[] {
  const rank = (node: NodeStatus): number => (node.role === 'master' ? 0 : 1);
  return [...nodes].sort((a, b) => rank(a) - rank(b) || natural.compare(a.id, b.id));
}

/** How well a chunk is replicated. @param counts of the cluster: while chunks are unreported, none is known to be missing */
export function chunkHealth(
  chunk: Pick<ChunkView, 'nodeIds' | 'replication'>,
  counts?: Pick<ChunkCounts, 'unreported'>,
): ChunkHealth {
  const replicas = chunk.nodeIds.length;
  if (replicas === 0) return (counts?.unreported ?? 0) > 0 ? 'unreported' : 'missing';
  if (replicas < chunk.replication) return 'under';
  return replicas > chunk.replication ? 'over' : 'ok';
}

/** Chunks worst first: missing, then the ones with fewest replicas left, then by file and index. */
export function sortChunks(chunks: readonly ChunkView[]): readonly ChunkView[] {
  const ranked = chunks.map((chunk) => {
    const health = chunkHealth(chunk);
    return { chunk, order: HEALTH_ORDER[health], left: health === 'under' ? chunk.nodeIds.length : 0 };
  });
  ranked.sort(
    (a, b) =>
      a.order - b.order ||
      a.left - b.left ||
      natural.compare(a.chunk.path, b.chunk.path) ||
      a.chunk.index - b.chunk.index ||
      (a.chunk.uuid < b.chunk.uuid ? -1 : 1),
  );
  return ranked.map(({ chunk }) => chunk);
}

export interface HealthSummary {
  readonly tone: Tone;
  readonly text: string;
}

/** The one line that says how the cluster is; the most urgent thing wins. */
export function healthSummary(status: ClusterStatus | null): HealthSummary {
  if (status === null) return { tone: 'plain', text: 'waiting for the cluster' };
  const { chunks, nodes } = status;
  if (!status.masterReachable) return { tone: 'bad', text: `${noLeader(status)}, figures are old` };
  if (chunks.missing > 0) return { tone: 'bad', text: `${chunks.missing} MISSING` };
  if (chunks.unreported > 0) return { tone: 'warn', text: `${chunks.unreported} NOT REPORTED YET` };
  if (chunks.underReplicated > 0) return { tone: 'warn', text: `${chunks.underReplicated} UNDER-REPLICATED` };
  if (nodes.some((node) => node.partitioned)) return { tone: 'warn', text: 'PARTITIONED' };
  const unwritable = nodes.filter((node) => node.disk !== 'writable').length;
  if (unwritable > 0) return { tone: 'warn', text: `${unwritable} of ${nodes.length} nodes cannot write` };
  const notLive = nodes.filter((node) => node.state !== 'live').length;
  if (notLive > 0) return { tone: 'warn', text: `${notLive} of ${nodes.length} nodes not live` };
  return { tone: 'good', text: 'healthy' };
}

/** Why there is no leader to ask. */
function noLeader({ nodes }: ClusterStatus): string {
  return nodes.some(({ member }) => member !== null && member.role !== null) ? 'NO LEADER' : 'NO MASTER ANSWERS';
}

/** What a master is: its part in the group, or just that, while it does not answer. */
export function roleText(node: Pick<NodeStatus, 'role' | 'member'>, leaderSymbol: string): string {
  const part = node.member?.role ?? node.role;
  return part === 'leader' ? `${leaderSymbol} leader` : part;
}

/** Where a master is in the log, in a few words. */
export function memberText({ term, appliedIndex, lag }: MemberStatus, width: number): string {
  const behind = lag === null ? 'lag ?' : `lag ${lag}`;
  const long = `term ${term}, ${behind}, index ${appliedIndex}`;
  return long.length < width ? long : `term ${term}, ${behind}`;
}

/** The part of a node's capacity that is used, 0 to 1; 0 where no capacity is known. */
export function usedShare(node: Pick<NodeStatus, 'usedBytes' | 'capacityBytes'>): number {
  if (node.capacityBytes <= 0) return 0;
  return Math.min(1, Math.max(0, node.usedBytes / node.capacityBytes));
}

/** Cells of a bar that are full; any use shows, and only a full node fills it. */
export function barCells(share: number, width: number): number {
  if (share <= 0) return 0;
  if (share >= 1) return width;
  return Math.min(width - 1, Math.max(1, Math.round(share * width)));
}

/**
 * Short names for datanodes, for one column each: what follows the prefix that all share up to a `-` (`dn-1`, `dn-2`: `1`, `2`).
 * @returns the names by node id, in the given order
 */
export function shortNames(nodeIds: readonly string[]): ReadonlyMap<string, string> {
  const prefixOf = (id: string): string => id.slice(0, id.lastIndexOf('-') + 1);
  const first = nodeIds[0];
  const prefix = first === undefined ? '' : prefixOf(first);
  const shared = nodeIds.every((id) => id.startsWith(prefix) && id.length > prefix.length);
  return new Map(nodeIds.map((id) => [id, shared ? id.slice(prefix.length) : id]));
}
