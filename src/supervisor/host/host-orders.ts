/** What the lab tells the process or thread that hosts a node. Timings and sizes are those of the roles' configs. */
import type { Timings } from '../../shared/profile.js';
import type { MachineFault } from '../api/fault.js';

/** As `start` of src/master takes it. */
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

/** As `start` of src/datanode takes it. */
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
  /** In force before the node's first step: a restart does not mend a broken disk. */
  readonly faults: readonly HostFault[];
}

/** A fault of the node's disk or clock in force. */
export interface HostFault {
  /** Unlike that of any other of this node. */
  readonly id: number;
  readonly fault: MachineFault;
  /** Of `fill`: how much the folder may hold in all, bytes; fixed when it came into force, whatever the node's life since. */
  readonly limitBytes?: number;
  /** Of a clock: how long the fault is in force already, over earlier lives. */
  readonly ageMs?: number;
}

/** Those with a sequence number are answered by one report with the same number. */
export type HostOrder =
  | { readonly type: 'start'; readonly launch: NodeLaunch }
  /** Ends gracefully. */
  | { readonly type: 'stop' }
  | ({ readonly type: 'impose'; readonly sequence: number } & HostFault)
  | { readonly type: 'lift'; readonly sequence: number; readonly id: number }
  /** How often the fault struck in this life. */
  | { readonly type: 'hits'; readonly sequence: number; readonly id: number }
  /**
   * As a power cut of the machine: the disk takes nothing more, what was not fsynced is undone or torn as `lot` decides, then the
   * host ends without a word to the node.
   */
  | { readonly type: 'powercut'; readonly choiceSeed: number };
