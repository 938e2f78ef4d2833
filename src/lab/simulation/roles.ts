/** How a simulation starts nodes: the `start` functions of the roles, passed in by modules that may import the roles. */
import type { Runtime, RunningNode } from '../../shared/runtime.js';
import type { HostedDataNodeConfig, HostedMasterConfig } from '../../supervisor/host/host-orders.js';

export interface Roles {
  readonly startMaster: (runtime: Runtime, config: HostedMasterConfig) => Promise<RunningNode>;
  readonly startDatanode: (runtime: Runtime, config: HostedDataNodeConfig) => Promise<RunningNode>;
}
