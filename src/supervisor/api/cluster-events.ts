/** The events of a running cluster, as they happen. */
import type { ChunkCounts, NodeState } from './cluster-status.js';
import type { FaultAction } from './fault.js';

/** Everything that happens, in order. `atMs` is Unix time. */
export type ClusterEvent =
  | {
      readonly event: 'node-state';
      readonly atMs: number;
      readonly node: string;
      readonly from: NodeState;
      readonly to: NodeState;
    }
  | { readonly event: 'fault'; readonly atMs: number; readonly action: FaultAction; readonly nodes: readonly string[] }
  /** A fault that was requested of a running lab is active. */
  | {
      readonly event: 'fault-begin';
      readonly atMs: number;
      readonly id: number;
      readonly action: FaultAction;
      readonly nodes: readonly string[];
      readonly text: string;
    }
  /** It is over, after so many effects. */
  | {
      readonly event: 'fault-end';
      readonly atMs: number;
      readonly id: number;
      readonly action: FaultAction;
      readonly nodes: readonly string[];
      readonly text: string;
      readonly effects: number;
      readonly evidence: string;
    }
  | {
      readonly event: 'node-exit';
      readonly atMs: number;
      readonly node: string;
      readonly code: number | null;
      readonly signal: string | null;
      /** The lab ended it in the course of bringing a master back. */
      readonly byLab?: true;
    }
  | { readonly event: 'chunks'; readonly atMs: number; readonly chunks: ChunkCounts }
  /** A master was seen to lead in a term for the first time. */
  | { readonly event: 'leader'; readonly atMs: number; readonly node: string; readonly term: number }
  | {
      readonly event: 'node-log';
      readonly atMs: number;
      readonly node: string;
      readonly level: 'warn' | 'error';
      readonly message: string;
    };
