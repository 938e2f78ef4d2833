/** One run of a batch, as whoever carries it out is asked. */
import type { RunEvent } from '../run/run-events.js';
import type { Scenario } from '../scenario/model/scenario.js';
import type { SeedOrigin } from '../run/start-event.js';

/** Plain data: it crosses to another process. */
export interface RunTask extends SeedOrigin {
  readonly scenario: Scenario;
  /** The file as it was read. */
  readonly source: string;
  /** Keeps the cluster's data. */
  readonly dir: string | undefined;
  /** Keeps a record of the run in a folder below this one. */
  readonly record: string | undefined;
}

/** Runs it and tells what happens. Never rejects. Ends soon after the signal fires. @returns the exit code */
export type RunOne = (task: RunTask, print: (event: RunEvent) => void, signal: AbortSignal) => Promise<number>;

/** What the process of a run is told. */
export type RunOrder = { readonly type: 'run'; readonly task: RunTask } | { readonly type: 'interrupt' };

/** What it tells. */
export type RunReport =
  { readonly type: 'event'; readonly event: RunEvent } | { readonly type: 'ended'; readonly exitCode: number };
