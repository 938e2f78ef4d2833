/** Messages from the lab to the process or thread that hosts a node. Timings and sizes are those of the roles' configurations. */
import type { Timings } from '../../shared/profile.js';
import type { MachineFault } from '../api/fault.js';

/** Configuration for `start` of src/master. */
export interface HostedMasterConfig {
  readonly masterId: string;
  readonly listen: string;
  readonly init: boolean;
  readonly join?: boolean;
  readonly bootstrapMasters?: readonly { readonly id: string; readonly address: string }[];
  readonly clusterKey?: string;
  readonly defaultReplication: number;
  readonly defaultChunkSizeBytes: number;
  readonly checkpointLogBytes?: number;
  readonly minReplicas: number;
  readonly timings: Timings;
}

/** Configuration for `start` of src/datanode. */
export interface HostedDataNodeConfig {
  readonly nodeId: string;
  readonly listen: string;
  readonly masters: readonly string[];
  readonly rack: string;
  readonly capacityBytes?: number;
  readonly timings: Timings;
}

/** What a node needs beside its code. */
export interface NodeLaunch {
  readonly dataDir: string;
  readonly logFile: string;
  /** http://id:token@host:port of the fabric, as this node uses it. */
  readonly proxyUrl: string;
  readonly config: HostedMasterConfig | HostedDataNodeConfig;
  /** Faults that are active before the node's first step: a restart does not repair a broken disk. */
  readonly faults: readonly HostFault[];
}

/** An active fault of the node's disk or clock. */
export interface HostFault {
  /** Unique among the faults of this node. */
  readonly id: number;
  readonly fault: MachineFault;
  /** Of `fill`: capacity of the folder in bytes, fixed when the fault was injected, over all lives of the node. */
  readonly limitBytes?: number;
  /** Of a clock: how long the fault has been active, over earlier lives. */
  readonly ageMs?: number;
}

/** Orders with a sequence number are answered by one report with the same number. */
export type HostOrder =
  | { readonly type: 'start'; readonly launch: NodeLaunch }
  /** Ends the node gracefully. */
  | { readonly type: 'stop' }
  | ({ readonly type: 'inject'; readonly sequence: number } & HostFault)
  | { readonly type: 'lift'; readonly sequence: number; readonly id: number }
  /** Asks how often the fault had an effect in this life. */
  | { readonly type: 'hits'; readonly sequence: number; readonly id: number }
  /**
   * Like a power cut of the machine: the disk accepts no more changes, what was not fsynced is undone or torn depending on
   * `choiceSeed`, then the host ends without notice to the node.
   */
  | { readonly type: 'powercut'; readonly choiceSeed: number };
