/** A scenario as it is after reading: checked, with defaults filled in, times in milliseconds and sizes in bytes. */
import type { ProfileName } from '../../../shared/profile.js';
import type { FaultSpec, FaultWord } from '../../../supervisor/api/fault.js';
import type { NodeRole, NodeState, RuntimeKind } from '../../../supervisor/api/cluster-status.js';
import type { Workload } from '../../workloads/workload-types.js';
import type { Condition } from './expression.js';

export interface ScenarioCluster {
  /** 1, 3 or 5 */
  readonly masters: number;
  readonly datanodes: number;
  readonly racks: number;
  /** 1 <= replication <= datanodes */
  readonly replication: number;
  readonly chunkSizeBytes: number;
  /** A master makes a checkpoint when its log has grown by this size. Default: the default of the masters. */
  readonly checkpointLogBytes?: number;
  readonly profile: ProfileName;
  /** Default: process. A simulation has neither processes nor threads. */
  readonly runtime?: RuntimeKind;
}

/** All that are given must match. At least one is. */
export interface Selector {
  readonly names?: readonly string[];
  readonly roles?: readonly NodeRole[];
  readonly racks?: readonly string[];
  /** `dead` matches a node without a process too. */
  readonly states?: readonly NodeState[];
  /** Masters by their part in the group, when the fault is injected. */
  readonly is?: 'leader' | 'follower';
  /** Datanodes with a replica of this file, as the master sees it when the fault is injected. */
  readonly holds?: string;
  /** Datanodes that are writing a chunk when the fault is injected. */
  readonly inPipeline?: true;
}

/** How many of the matching nodes. */
export type Mode =
  | { readonly kind: 'one' | 'all' | 'minority' | 'majority' }
  | { readonly kind: 'fixed'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** A step that waits for something to become true. */
export interface Trigger {
  readonly condition: Condition;
  /** It did not become true by then: the step was not tried, and the verdict is unknown. */
  readonly timeoutMs: number;
}

export interface Step {
  /** 0 <= atMs <= duration of the scenario. Of a step with `when`: from then on it waits. */
  readonly atMs: number;
  readonly when?: Trigger;
  /** Undone after this. */
  readonly durationMs?: number;
  readonly fault: FaultSpec;
  /** Default: every node (`heal`), or new nodes (`add`: as many as `mode` says). */
  readonly selector?: Selector;
  /** The other side of network faults. Default: all other nodes, and clients. */
  readonly target?: Selector;
  readonly mode: Mode;
  /** Random choice made when the scenario was resolved. Default: derived from the seed. */
  readonly choiceSeed?: number;
  /** A step that the nemesis made, in a resolved scenario. */
  readonly source?: 'nemesis';
  /** Where it stands in the file. */
  readonly line: number;
  readonly column?: number;
}

export interface Nemesis {
  /** One of them each time, by chance; a word given twice is twice as likely. */
  readonly faults: readonly FaultWord[];
  /** Nodes that it may affect. Default: the datanodes. */
  readonly selector?: Selector;
  /** Mean time between two faults. */
  readonly intervalMs: number;
  /** Where its faults stand in the file. */
  readonly line?: number;
  readonly column?: number;
}

/** Has to become true after the final heal. */
export interface EventuallyProbe {
  readonly kind: 'eventually';
  readonly condition: Condition;
  readonly withinMs: number;
}

/** Has to be true at least once in the run, or the run shows nothing: unknown. */
export interface SometimesProbe {
  readonly kind: 'sometimes';
  readonly condition: Condition;
}

export type Probe = EventuallyProbe | SometimesProbe;

export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly seed?: number;
  readonly cluster: ScenarioCluster;
  readonly workload: readonly Workload[];
  readonly durationMs: number;
  readonly steps: readonly Step[];
  readonly nemesis?: Nemesis;
  readonly probes: readonly Probe[];
  /** After the final heal, the longest wait for the cluster to be whole again. */
  readonly settleMs: number;
}

/** Names the lab gives: `m-1`, `dn-1` … */
export function nodeNames(cluster: ScenarioCluster): string[] {
  return [...masterNames(cluster), ...datanodeNames(cluster)];
}

export function masterNames(cluster: ScenarioCluster): string[] {
  return Array.from({ length: cluster.masters }, (_, index) => `m-${index + 1}`);
}

export function datanodeNames(cluster: ScenarioCluster): string[] {
  return Array.from({ length: cluster.datanodes }, (_, index) => `dn-${index + 1}`);
}

/** The cluster when so many datanodes were added to it: their names go on from the last one. */
export function grownBy(cluster: ScenarioCluster, added: number): ScenarioCluster {
  return { ...cluster, datanodes: cluster.datanodes + added };
}

/** Datanodes are dealt to the racks in turn. A master has no rack. */
export function rackOf(cluster: ScenarioCluster, node: string): string {
  const match = /^dn-(\d+)$/.exec(node);
  return match === null ? '' : `rack-${((Number(match[1]) - 1) % cluster.racks) + 1}`;
}
