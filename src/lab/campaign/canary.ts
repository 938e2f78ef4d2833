/**
 * The canary of a campaign: a run with planted defects (see lying-client.ts), which the judge of the campaign must find. A campaign
 * whose canary is missed would not have found these defects in the file system either, and fails, whatever its other runs show.
 */
import { parseScenario } from '../scenario/grammar/parse-scenario.js';
import type { Scenario } from '../scenario/model/scenario.js';
import { DfsError } from '../../shared/errors.js';

/**
 * The canary's runs, tried in this order until each check has found what it has to find. In a simulation the first one suffices, and is the
 * same run in every campaign. Real nodes on a busy host may be so slow that a run has too few operations: each further one is longer.
 */
const TRIES = [
  { seed: 1, durationMs: 1_000 },
  { seed: 2, durationMs: 4_000 },
  { seed: 3, durationMs: 16_000 },
] as const;

/** Files that one client knows, for the checks of the run itself; shared names, for the checkers of the history. No fault is needed. */
const SOURCE = `apiVersion: lab/v1
kind: Scenario
metadata: { name: canary, description: Clients whose planted defects must be found }
cluster: { masters: 1, datanodes: 2, replication: 2, chunkSize: 64KiB }
workload:
  - { type: write-verify, clients: 2, rate: 60/s, size: 1-2KiB }
  - { type: metadata, clients: 2, rate: 100/s, names: 50, size: 1-2KiB }
  - { type: metadata, clients: 1, rate: 80/s, names: 4, size: 1-2KiB }
duration: 1s
final: { heal: all, settle: 1s }
`;

/** What the run itself has to find. */
const OF_EVERY_RUN = ['acked-files-readable', 'no-corruption', 'deleted-stay-deleted'];
/** What the checkers of the history have to find as well. */
const OF_HISTORY = ['durability', 'integrity', 'linearizability', 'exactly-once', 'no-resurrection'];

export interface CanaryEvent {
  readonly event: 'canary';
  /** missed: at least one check did not find what was planted. */
  readonly verdict: 'found' | 'missed';
  /** Checks that failed, as they had to. */
  readonly found: readonly string[];
  /** Checks that had to fail, and did not. */
  readonly missed: readonly string[];
}

/** One run of the canary. */
export interface CanaryTry {
  readonly scenario: Scenario;
  readonly source: string;
  readonly seed: number;
}

/**
 * Runs the canary until each check has found what it has to find, or all seeds were tried.
 * @param hasHistory whether the campaign judges the histories of its runs
 * @param runTry returns the names of the checks that failed. What it throws ends the canary
 * @throws DfsError INTERNAL when the scenario is not valid: a defect of the lab
 */
export async function runCanary(
  hasHistory: boolean,
  runTry: (one: CanaryTry) => Promise<readonly string[]>,
): Promise<CanaryEvent> {
  const parsed = parseScenario(SOURCE, 'canary');
  if (!parsed.ok) throw new DfsError('INTERNAL', `The canary is no scenario: ${parsed.problems[0]?.message ?? ''}`);
  const wanted = [...OF_EVERY_RUN, ...(hasHistory ? OF_HISTORY : [])];
  const failed = new Set<string>();
  let missed: readonly string[] = wanted;
  for (const { seed, durationMs } of TRIES) {
    const one = { scenario: { ...parsed.scenario, durationMs }, source: SOURCE, seed };
    for (const check of await runTry(one)) failed.add(check);
    missed = wanted.filter((check) => !failed.has(check));
    if (missed.length === 0) break;
  }
  const found = wanted.filter((check) => failed.has(check));
  return { event: 'canary', verdict: missed.length === 0 ? 'found' : 'missed', found, missed };
}

/** The canary in one line. */
export function canaryLine({ verdict, found, missed }: CanaryEvent): string {
  if (verdict === 'found') return `canary: the planted defects were found by all ${found.length} checks`;
  return `canary: MISSED, this campaign proves nothing: planted defects were not found by ${missed.join(', ')}`;
}
