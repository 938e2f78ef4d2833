/** The messages between a batch and the process that carries out one of its runs. */
import type { RunEvent } from '../run/run-events.js';
import type { Scenario } from '../scenario/model/scenario.js';
import type { SeedOrigin } from '../run/start-event.js';

/** Plain data, because it crosses a process boundary. */
export interface RunTask extends SeedOrigin {
  readonly scenario: Scenario;
  /** Text of the scenario file. */
  readonly source: string;
  /** Folder for the cluster's data, which is kept. */
  readonly dir: string | undefined;
  /** Folder for the record of the run; the run folder is created below. */
  readonly record: string | undefined;
  /** Clients break guarantees, as in the canary of a campaign. Default: false. */
  readonly isLying?: boolean;
}

/** Carries out a run and prints its events. Never rejects. Ends soon after the signal fires. @returns the exit code */
export type RunOne = (task: RunTask, print: (event: RunEvent) => void, signal: AbortSignal) => Promise<number>;

/** Messages to the process of a run. */
export type RunOrder = { readonly type: 'run'; readonly task: RunTask } | { readonly type: 'interrupt' };

/** Messages from the process of a run. */
export type RunReport =
  { readonly type: 'event'; readonly event: RunEvent } | { readonly type: 'ended'; readonly exitCode: number };
