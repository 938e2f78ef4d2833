/** What the services work on: this master in whatever role it has now, and the parts of one that leads. */
import type { DfsError } from '../../shared/errors.js';
import type { Runtime } from '../../shared/runtime.js';
import type { Growth } from '../base/growth-reserve.js';
import type { MasterConfig } from '../base/config.js';
import type { Consensus } from '../consensus/consensus.js';
import type { LeaderState } from './leader-state.js';
import type { Maintenance } from './maintenance.js';
import type { Mutations } from './mutations.js';
import type { Commands } from './commands.js';
import type { Proposer } from './proposer.js';
import type { SoftState } from '../datanodes/soft-state.js';
import type { StateMachine } from '../state/operations/state-machine.js';

/** As of now: nothing of it may be kept across an await, but for a leader that is asked again whether it still is one. */
export interface MasterContext {
  readonly config: MasterConfig;
  readonly runtime: Runtime;
  /** As the log has it; before the cluster is made, what the masters call it. */
  readonly clusterId: string;
  readonly machine: StateMachine;
  readonly consensus: Consensus;
  /** Whether this master has space for more. */
  readonly growth: Growth;
  readonly soft: SoftState;
  /** Of the present role: a follower's only let polls wait. */
  readonly commands: Commands;
  /** null while this master does not lead, or is not ready to. */
  readonly leader: Leadership | null;
  /** This master leads, and has yet to make the cluster before it can serve. */
  readonly isBootstrapping: boolean;
  /** @throws DfsError NOT_LEADER with the leader's address where it is known; UNAVAILABLE when this master is about to lead */
  requireLeader(): Leadership;
  /** What requireLeader throws. */
  refusal(): DfsError;
}

/** One leadership, from when this master serves as leader until it is deposed. */
export interface Leadership {
  readonly term: number;
  readonly soft: SoftState;
  readonly proposer: Proposer;
  readonly leaderState: LeaderState;
  readonly mutations: Mutations;
  readonly maintenance: Maintenance;
  /** @throws DfsError NOT_LEADER once this leadership has ended, also when another one of this master has begun */
  readonly assertLeading: () => void;
  /**
   * Resolves when memory is at least as new as anything that was acknowledged before the call.
   * @throws DfsError NOT_LEADER, UNAVAILABLE, RESOURCE_EXHAUSTED
   */
  readonly readBarrier: () => Promise<void>;
}
