/** The objects shared by the parts of a client. */
import type { ChannelPool } from '../../protocol/channel-pool.js';
import type { Runtime } from '../../shared/runtime.js';
import type { AbortGroup } from '../session/abort-group.js';
import type { BlockPool } from './block-pool.js';
import type { ClientConfig } from '../session/config.js';
import type { MasterClient } from '../session/master-client.js';
import type { NodePenalties } from './node-penalties.js';
import type { ReplicaReports } from './replica-reports.js';

export interface ClientContext {
  readonly runtime: Runtime;
  readonly config: ClientConfig;
  readonly master: MasterClient;
  /** Connections to datanodes. */
  readonly channels: ChannelPool;
  readonly blocks: BlockPool;
  readonly penalties: NodePenalties;
  readonly reports: ReplicaReports;
  /** Reads under way, which end when the client is closed. */
  readonly closing: AbortGroup;
}
