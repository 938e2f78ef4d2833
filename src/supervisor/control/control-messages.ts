/** What `lab` commands ask a running lab over its control socket: HTTP with JSON, see control-server.ts. */
import type { ErrorCode } from '../../shared/errors.js';
import type { ProfileName } from '../../shared/profile.js';
import type { ClusterStatus, ControlAction, PartitionKind } from '../types.js';

/** POST /v1/act */
export interface ActRequest {
  readonly action: ControlAction;
  /** Empty, for heal: everything; for transfer-leadership: whichever master has the most of the log. */
  readonly nodes: readonly string[];
  readonly kind?: PartitionKind;
}

/** GET /v1/status */
export interface StatusAnswer extends ClusterStatus {
  readonly dir: string;
}

/** GET /v1/env */
export interface EnvironmentAnswer {
  /** Addresses, separated by commas. */
  readonly masters: string;
  readonly profile: ProfileName;
  /** http://client:token@host:port */
  readonly proxy: string;
}

/** With a status of 400 and above. */
export interface FailureAnswer {
  readonly code: ErrorCode;
  readonly message: string;
}
