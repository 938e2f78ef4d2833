/** What the lab tells the process (or, later, thread) that hosts a node. Timings and sizes are those of the roles' configs. */
import type { Timings } from '../../shared/profile.js';

/** As `start` of src/master takes it. */
export interface HostedMasterConfig {
  readonly masterId: string;
  readonly listen: string;
  readonly init: boolean;
  readonly join?: boolean;
  readonly founders?: readonly { readonly id: string; readonly address: string }[];
  readonly clusterKey?: string;
  readonly defaultReplication: number;
  readonly defaultChunkSizeBytes: number;
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
}

/** To end gracefully, a process gets SIGTERM. */
export interface HostOrder {
  readonly type: 'start';
  readonly launch: NodeLaunch;
}
