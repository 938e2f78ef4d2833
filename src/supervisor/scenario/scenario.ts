/** A scenario as it is after reading: checked, with defaults filled in, times in milliseconds and sizes in bytes. */
import type { ProfileName } from '../../shared/profile.js';
import type { NodeRole, NodeState, PartitionKind } from '../types.js';
import type { Condition } from './expression.js';

export interface ScenarioCluster {
  readonly datanodes: number;
  readonly racks: number;
  /** 1 <= replication <= datanodes */
  readonly replication: number;
  readonly chunkSizeBytes: number;
  readonly profile: ProfileName;
}

export interface WriteVerify {
  readonly clients: number;
  /** Files a second over all clients of this entry. Left out: as fast as they are acknowledged. */
  readonly filesPerSecond?: number;
  /** sizeBytesMin <= sizeBytesMax */
  readonly sizeBytesMin: number;
  readonly sizeBytesMax: number;
}

/** All that are given must match. At least one is. */
export interface Selector {
  readonly names?: readonly string[];
  readonly roles?: readonly NodeRole[];
  readonly racks?: readonly string[];
  /** `dead` matches a node without a process too. */
  readonly states?: readonly NodeState[];
}

/** How many of the matching nodes. */
export type Mode =
  | { readonly kind: 'one' | 'all' | 'minority' | 'majority' }
  | { readonly kind: 'fixed'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

export const NODE_ACTIONS = ['kill', 'stop', 'restart', 'pause', 'resume'] as const;
export const NETWORK_ACTIONS = ['partition', 'isolate', 'heal'] as const;
export type NodeAction = (typeof NODE_ACTIONS)[number];
export type NetworkAction = (typeof NETWORK_ACTIONS)[number];

export interface Step {
  /** 0 <= atMs <= duration of the scenario */
  readonly atMs: number;
  /** Undone after this. */
  readonly durationMs?: number;
  readonly action: NodeAction | NetworkAction;
  /** Of partition and isolate. */
  readonly kind: PartitionKind;
  /** Left out: every node (`heal` only). */
  readonly selector?: Selector;
  readonly mode: Mode;
  /** Where it stands in the file. */
  readonly line: number;
}

export interface Nemesis {
  readonly faults: readonly 'kill'[];
  /** Mean time between two faults. */
  readonly intervalMs: number;
}

/** What every run checks, whether the file names it or not. */
export const INVARIANTS = ['acked-files-readable', 'no-corruption', 'deleted-stay-deleted'] as const;
export type Invariant = (typeof INVARIANTS)[number];

export interface EventuallyProbe {
  readonly condition: Condition;
  readonly withinMs: number;
}

export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly seed?: number;
  readonly cluster: ScenarioCluster;
  readonly workload: readonly WriteVerify[];
  readonly durationMs: number;
  readonly steps: readonly Step[];
  readonly nemesis?: Nemesis;
  readonly probes: readonly EventuallyProbe[];
  /** After the final heal, the longest wait for the cluster to be whole again. */
  readonly settleMs: number;
}

/** Names the lab gives: `m-1`, `dn-1` … */
export function nodeNames(cluster: ScenarioCluster): string[] {
  return ['m-1', ...datanodeNames(cluster)];
}

export function datanodeNames(cluster: ScenarioCluster): string[] {
  return Array.from({ length: cluster.datanodes }, (_, index) => `dn-${index + 1}`);
}

/** Datanodes are dealt to the racks in turn. A master has no rack. */
export function rackOf(cluster: ScenarioCluster, node: string): string {
  const match = /^dn-(\d+)$/.exec(node);
  return match === null ? '' : `rack-${((Number(match[1]) - 1) % cluster.racks) + 1}`;
}
