/**
 * samples.ndjson and messages.ndjson of a run folder: what a report draws beside events and history. Nothing is judged by them, so
 * a line that cannot be read is left out.
 */
import type { LinkCounters } from '../../supervisor/network/link-counters.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { ChunkCounts, ClusterStatus, MasterRole, NodeState } from '../../supervisor/api/cluster-status.js';

export const SAMPLES_FILE = 'samples.ndjson';
export const MESSAGES_FILE = 'messages.ndjson';

/** A node in a sample: its id, its state, and the role of a master by its own word. */
export type SampledNode = readonly [id: string, state: NodeState, role: MasterRole | null];

/** Times are of the run's clock, the one of the history. */
export type Sample =
  | { readonly sample: 'host'; readonly lab: string; readonly node: string; readonly system: string }
  | {
      readonly sample: 'status';
      readonly runMs: number;
      readonly nodes: readonly SampledNode[];
      readonly chunks: ChunkCounts;
      readonly leader: string | null;
      readonly term: number;
      /** False while no leader answers: the figures of chunks are then old. */
      readonly masterReachable: boolean;
    }
  /** What crossed each link since `sinceMs`; links without any traffic are left out. */
  | {
      readonly sample: 'flows';
      readonly sinceMs: number;
      readonly runMs: number;
      readonly links: readonly (readonly [source: string, target: string, bytes: number])[];
    }
  | {
      readonly sample: 'node-state';
      readonly runMs: number;
      readonly node: string;
      readonly from: NodeState;
      readonly to: NodeState;
    }
  | {
      readonly sample: 'node-exit';
      readonly runMs: number;
      readonly node: string;
      readonly code: number | null;
      readonly signal: string | null;
    }
  | { readonly sample: 'leader'; readonly runMs: number; readonly node: string; readonly term: number }
  | ({ readonly sample: 'chunks'; readonly runMs: number } & ChunkCounts);

/** A message of a simulated run. */
export interface MessageLine {
  readonly sentMs: number;
  readonly runMs: number;
  readonly from: string;
  readonly to: string;
  /** `call`, `answer`, `bytes`, `connect` … */
  readonly kind: string;
  /** Of a call and its answer: the method. */
  readonly method?: string;
  readonly bytes?: number;
}

/** What an event of the cluster leaves among the samples; null when that is nothing. */
export function eventSample(event: ClusterEvent, runMs: number): Sample | null {
  switch (event.event) {
    case 'node-state':
      return { sample: 'node-state', runMs, node: event.node, from: event.from, to: event.to };
    case 'node-exit':
      return { sample: 'node-exit', runMs, node: event.node, code: event.code, signal: event.signal };
    case 'leader':
      return { sample: 'leader', runMs, node: event.node, term: event.term };
    case 'chunks':
      return { sample: 'chunks', runMs, ...event.chunks };
    case 'fault':
    case 'fault-begin':
    case 'fault-end':
    case 'node-log':
      return null;
  }
}

/** The picture of one moment. */
export function statusSample({ nodes, chunks, leader, term, masterReachable }: ClusterStatus, runMs: number): Sample {
  const told = nodes.map(({ id, state, member }): SampledNode => [id, state, member?.role ?? null]);
  return { sample: 'status', runMs, nodes: told, chunks, leader, term, masterReachable };
}

/** What crossed links between two looks at their counters; null when nothing did. */
export function flowSample(
  before: ReadonlyMap<string, number>,
  counters: readonly LinkCounters[],
  sinceMs: number,
  runMs: number,
): Sample | null {
  const links = counters
    .map(({ source, target, bytes }) => [source, target, bytes - (before.get(`${source} ${target}`) ?? 0)] as const)
    .filter(([, , bytes]) => bytes > 0);
  return links.length === 0 ? null : { sample: 'flows', sinceMs, runMs, links };
}

/** Reads lines; those that are torn or no objects are left out. */
export function readLines<T extends object>(text: string): T[] {
  const read: T[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const value: unknown = JSON.parse(line);
      // Written by this lab; what is missing in a line of another one shows as missing in the report.
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) read.push(value as T);
    } catch {
      continue;
    }
  }
  return read;
}
