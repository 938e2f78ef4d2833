/** What `lab` commands ask a running lab over its control socket: HTTP with JSON, see control-server.ts. */
import type { ErrorCode } from '../../shared/errors.js';
import type { ProfileName } from '../../shared/profile.js';
import type { RefusedPart } from './command-refused.js';
import type { ControlAction } from '../../supervisor/api/cluster-control.js';
import type { ClusterStatus } from '../../supervisor/api/cluster-status.js';
import type { PartitionKind } from '../../supervisor/api/fault.js';
import type { ActiveFaultView, FaultAnswer } from '../../supervisor/api/lab-faults.js';
import type { SteadyLoadStatus, SteadyLoadWords } from '../../supervisor/api/steady-load.js';

/** POST /v1/act */
export interface ActRequest {
  readonly action: ControlAction;
  /** Empty, for heal: everything; for transfer-leadership: whichever master has the most of the log. */
  readonly nodes: readonly string[];
  readonly kind?: PartitionKind;
}

/** POST /v1/act: nothing for transfer-leadership. */
export type ActAnswer = FaultAnswer | Readonly<Record<string, never>>;

/** POST /v1/fault: a command as it is typed, or a step as in a scenario file, without `at`. Answers with a FaultAnswer. */
export type FaultRequest = { readonly command: string } | { readonly step: object };

/** POST /v1/lift: one by its id, all with `nodes` empty, or those of the nodes. Answers with a FaultAnswer. */
export type LiftRequest = { readonly id: number } | { readonly nodes: readonly string[] };

/** GET /v1/faults */
export interface FaultsAnswer {
  readonly faults: readonly ActiveFaultView[];
}

/** POST /v1/load: starts a load, or stops it. */
export type LoadRequest = ({ readonly run: true } & SteadyLoadWords) | { readonly run: false };

/** GET and POST /v1/load */
export interface LoadAnswer {
  readonly load: SteadyLoadStatus;
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
  /** Of a command or a step that was refused. */
  readonly problems?: readonly RefusedPart[];
}
