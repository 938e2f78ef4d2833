/** What the services work on: the parts of a leading master. */
import type { Runtime } from '../shared/runtime.js';
import type { MasterConfig } from './config.js';
import type { Maintenance } from './maintenance.js';
import type { Mutations } from './mutations.js';
import type { Proposer } from './proposer.js';
import type { SoftState } from './soft-state.js';
import type { StateMachine } from './state/state-machine.js';

export interface Leader {
  readonly config: MasterConfig;
  readonly runtime: Runtime;
  readonly machine: StateMachine;
  readonly proposer: Proposer;
  readonly soft: SoftState;
  readonly mutations: Mutations;
  readonly maintenance: Maintenance;
  readonly term: number;
}
