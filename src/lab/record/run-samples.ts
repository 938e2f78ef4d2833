/**
 * samples.ndjson and messages.ndjson of a run folder: data that a report draws beside events and history. Nothing is judged by this
 * data, so that unreadable lines are skipped.
 */
import type { LinkCounters } from '../../supervisor/network/link-counters.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { ChunkCounts, ClusterStatus, MasterRole, NodeState } from '../../supervisor/api/cluster-status.js';

export const SAMPLES_FILE = 'samples.ndjson';
export const MESSAGES_FILE = 'messages.ndjson';

/** A node in a sample: its id, its state and, for a master, the role that the master reports. */
export type SampledNode = readonly [id: string, state: NodeState, role: MasterRole | null];

/** Times are of the run's clock, which the history uses too. */
export type Sample =
  | { readonly sample: 'host'; readonly lab: string; readonly node: string; readonly system: string }
  | {
      readonly sample: 'status';
      readonly runMs: number;
      readonly nodes: readonly SampledNode[];
      readonly chunks: ChunkCounts;
      readonly leader: string | null;
      readonly term: number;
      /** False while no leader answers: the chunk figures are then old. */
      readonly masterReachable: boolean;
    }
  /** Bytes that crossed each link since `sinceMs`; links without traffic are omitted. */
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
  /** Of a call and its answer: name of the method. */
  readonly method?: string;
  readonly bytes?: number;
}

/** The sample of a cluster event; null when the event needs no sample. */
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

/** The sample of the cluster's status. */
export function statusSample({ nodes, chunks, leader, term, masterReachable }: ClusterStatus, runMs: number): Sample {
  const sampledNodes = nodes.map(({ id, state, member }): SampledNode => [id, state, member?.role ?? null]);
  return { sample: 'status', runMs, nodes: sampledNodes, chunks, leader, term, masterReachable };
}

/** The bytes that crossed links between two readings of their counters; null when there are none. */
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

/** Parses lines; torn lines and lines that are not objects are skipped. */
export function readLines<T extends object>(text: string): T[] {
  const read: T[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const value: unknown = JSON.parse(line);
      // This lab wrote the lines; a field missing from the line of another version is shown as missing in the report.
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) read.push(value as T);
    } catch {
      continue;
    }
  }
  return read;
}
