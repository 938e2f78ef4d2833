/** The canary of a campaign on real nodes: its clusters are started, used, judged and removed as those of the campaign. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DfsError } from '../../shared/errors.js';
import type { RuntimeKind } from '../../supervisor/api/cluster-status.js';
import type { RunEvent } from '../run/run-events.js';
import { EXIT } from '../run/verdict-event.js';
import { runCanary } from './canary.js';
import type { CanaryEvent } from './canary.js';
import type { RunOne } from './run-task.js';

export interface RealCanaryOptions {
  readonly runOne: RunOne;
  /** How the nodes are hosted. Default: as processes. */
  readonly runtime: RuntimeKind | undefined;
  /** Whether the campaign records its runs, and so judges their histories. The record of the canary is removed. */
  readonly hasHistory: boolean;
  readonly signal: AbortSignal;
}

/** Names of the checks that failed, from the events of a run. */
function failedIn(event: RunEvent): readonly string[] {
  if (event.event === 'record') return event.failed;
  return event.event === 'verdict' ? event.checks.filter(({ holds }) => !holds).map(({ check }) => check) : [];
}

/** @throws DfsError INTERNAL when a run of the canary is not judged, CANCELLED when the signal fires */
export async function runRealCanary({ runOne, runtime, hasHistory, signal }: RealCanaryOptions): Promise<CanaryEvent> {
  const record = hasHistory ? await mkdtemp(join(tmpdir(), 'distrifs-canary-')) : undefined;
  try {
    return await runCanary(hasHistory, async ({ scenario, ...rest }) => {
      const events: RunEvent[] = [];
      const hosted = runtime === undefined ? scenario : { ...scenario, cluster: { ...scenario.cluster, runtime } };
      const task = { ...rest, scenario: hosted, seedFrom: 'option' as const, dir: undefined, record, isLying: true };
      const exitCode = await runOne(task, (event) => void events.push(event), signal);
      if (signal.aborted) throw new DfsError('CANCELLED', 'The canary was interrupted');
      if (exitCode === EXIT.labFailed) {
        const messages = events.flatMap((event) => (event.event === 'error' ? [event.message] : []));
        throw new DfsError('INTERNAL', `The canary was not judged: ${messages.join('; ')}`);
      }
      return events.flatMap(failedIn);
    });
  } finally {
    if (record !== undefined) await rm(record, { recursive: true, force: true });
  }
}
