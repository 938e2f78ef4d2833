/** One seed of a scenario on virtual time: the same run as on processes, in one thread, from start to verdict. */
import { connectClient } from '../../client/index.js';
import type { RecordedEvent } from '../../runtime/memory/event-record.js';
import { Simulation } from '../../runtime/memory/simulation.js';
import { timingsOf } from '../../shared/profile.js';
import type { FileClient } from '../scenario/file-client.js';
import type { RunEvent, VerdictEvent } from '../scenario/run-events.js';
import { ScenarioRun } from '../scenario/scenario-run.js';
import type { Scenario } from '../scenario/scenario.js';
import { planFaults } from '../scenario/schedule.js';
import { sdkFileClient } from '../scenario/sdk-file-client.js';
import { verdictEvent } from '../scenario/verdict-event.js';
import type { Roles } from './roles.js';
import { SimulatedCluster } from './simulated-cluster.js';

/** Beyond the scenario's own duration and settling: start, heal, the last operations, checks. A run that takes longer hangs. */
const LIMIT_EXTRA_MS = 600_000;

export interface SimulateOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly roles: Roles;
  /** Ends the run; it then rejects. */
  readonly signal?: AbortSignal;
  /** Hears what a run tells. */
  readonly onRunEvent?: (event: RunEvent, virtualMs: number) => void;
  /** Hears of everything that happens in the simulation. */
  readonly onSimEvent?: (event: RecordedEvent) => void;
  /** For checkers to be tried on clients that lie. */
  readonly wrapClient?: (client: FileClient) => FileClient;
}

export interface Simulated {
  readonly verdict: VerdictEvent;
  /** Hex; of everything that happened. Equal for equal seeds, files and builds. */
  readonly digest: string;
  /** How many things happened. */
  readonly events: number;
  readonly virtualMs: number;
}

/**
 * Runs one seed.
 * @throws DfsError when the cluster does not start, or something waits for what never comes
 */
export async function simulateScenario(options: SimulateOptions): Promise<Simulated> {
  const { scenario, seed, roles, onRunEvent, onSimEvent, wrapClient } = options;
  const signal = options.signal ?? new AbortController().signal;
  let cluster: SimulatedCluster | null = null;
  const sim = new Simulation({
    seed,
    onLog: (line) => cluster?.noteLog(line),
    ...(onSimEvent === undefined ? {} : { onEvent: onSimEvent }),
  });
  const faults = planFaults(scenario, seed);
  const run = async (): Promise<VerdictEvent> => {
    const control = new SimulatedCluster(sim, scenario.cluster, roles);
    cluster = control;
    await control.start();
    const { clock, probe } = control;
    const emit = (event: RunEvent): void => onRunEvent?.(event, sim.nowMs);
    const connect = (_: unknown, identity: string): FileClient => {
      const client = connectClient(control.bootClient(identity), {
        masters: control.masters().map((master) => master.address),
        clientName: identity,
        timings: timingsOf(scenario.cluster.profile),
      });
      const own = sdkFileClient(client, () => Promise.resolve());
      return wrapClient?.(own) ?? own;
    };
    const outcome = await new ScenarioRun({ scenario, seed, faults, control, probe, clock, connect, emit, signal }).run();
    const verdict = verdictEvent(scenario, seed, faults, outcome);
    emit(verdict);
    await control.close();
    return verdict;
  };
  const limitMs = scenario.durationMs + scenario.settleMs + LIMIT_EXTRA_MS;
  const verdict = await sim.run(run, { limitMs });
  return { verdict, digest: sim.digest(), events: sim.eventCount, virtualMs: sim.nowMs };
}
