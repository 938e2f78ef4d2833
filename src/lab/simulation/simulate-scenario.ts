/** One seed of a scenario on virtual time, from start to verdict: the same run as on processes, in one thread. */
import { connectClient } from '../../client/index.js';
import type { RecordedEvent } from '../../runtime/memory/event-record.js';
import type { SimLogLine } from '../../runtime/memory/memory-logger.js';
import { Simulation } from '../../runtime/memory/simulation.js';
import { timingsOf } from '../../shared/profile.js';
import { HistoryRecorder } from '../history/history-recorder.js';
import { readHistory } from '../history/read-history.js';
import { recordingClient } from '../history/recording-client.js';
import type { FileClient } from '../workloads/file-client.js';
import { finalState, isTemporary } from '../run/final-state.js';
import { judgeRun } from '../record/judged-run.js';
import type { JudgedRun } from '../record/judged-run.js';
import { LongGone } from './long-gone.js';
import type { RunEvent } from '../run/run-events.js';
import { ScenarioRun } from '../run/scenario-run.js';
import { isOwnFile } from '../workloads/types/own-folder.js';
import type { Scenario } from '../scenario/model/scenario.js';
import { planFaults } from '../scenario/plan/schedule.js';
import { sdkFileClient } from '../workloads/sdk-file-client.js';
import { verdictEvent } from '../run/verdict-event.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { Roles } from './roles.js';
import type { DurableDisk } from '../../supervisor/faults/journaled-disk.js';
import { AcknowledgedCopies } from './acknowledged-copies.js';
import { SimulatedCluster } from './simulated-cluster.js';

/** Added to the scenario's own duration: time to start, heal, finish operations and check. A longer run is considered hung. */
const LIMIT_EXTRA_MS = 600_000;

/** Observers of a simulation. They do not affect the simulation. */
export interface SimulationObserver {
  /** Receives the events of the run. */
  readonly onRunEvent?: (event: RunEvent, virtualMs: number) => void;
  /** Receives every event of the simulation. */
  readonly onSimEvent?: (event: RecordedEvent) => void;
  /** Receives the events of the cluster. */
  readonly onClusterEvent?: (event: ClusterEvent, virtualMs: number) => void;
  /** Receives the log entries of nodes and clients. */
  readonly onLog?: (line: SimLogLine) => void;
  /** Receives the lines of history.ndjson, with their line feeds; all of them, even when the run fails. */
  readonly onHistory?: (line: string) => void;
  /** Receives the end of the run. */
  readonly onJudged?: (judged: JudgedRun) => void;
}

export interface SimulateOptions extends SimulationObserver {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly roles: Roles;
  /** Ends the run, which then rejects. */
  readonly signal?: AbortSignal;
  /** Wraps clients, so that tests can try checkers on incorrect clients. */
  readonly wrapClient?: (client: FileClient) => FileClient;
}

export interface Simulated extends JudgedRun {
  /** Digest of all events, hex. Equal for equal seeds, files and builds. */
  readonly digest: string;
  /** Number of events. */
  readonly events: number;
  readonly virtualMs: number;
}

/**
 * Runs one seed, and judges the run by its own observations and by its history.
 * @throws DfsError when the cluster does not start, or when the simulation waits for an event that never comes
 */
export async function simulateScenario(options: SimulateOptions): Promise<Simulated> {
  const { scenario, seed, roles, onRunEvent, onSimEvent, onClusterEvent, onLog, onHistory, onJudged, wrapClient } = options;
  const signal = options.signal ?? new AbortController().signal;
  let cluster: SimulatedCluster | null = null;
  const sim = new Simulation({
    seed,
    onLog: (line) => {
      cluster?.noteLog(line);
      onLog?.(line);
    },
    ...(onSimEvent === undefined ? {} : { onEvent: onSimEvent }),
  });
  const history: string[] = [];
  const recorder = new HistoryRecorder(
    () => sim.nowMs,
    (line) => {
      history.push(line);
      onHistory?.(line);
    },
  );
  const plan = planFaults(scenario, seed);
  const { profile } = scenario.cluster;
  const run = async (): Promise<JudgedRun> => {
    const control = new SimulatedCluster(sim, scenario.cluster, roles);
    cluster = control;
    if (onClusterEvent !== undefined) control.onEvent((event) => onClusterEvent(event, sim.nowMs));
    await control.start();
    const { clock } = control;
    const gone = new LongGone(timingsOf(profile));
    control.onEvent(gone.observe);
    const durableDisks = (): ReadonlyMap<string, DurableDisk> => {
      const present = control.datanodes().filter((node) => !gone.has(node, clock.wallMs()));
      return new Map(present.map(({ id }) => [id, sim.machine(id).disk.durable]));
    };
    const copies = new AcknowledgedCopies(durableDisks, scenario.cluster);
    control.onEvent(copies.observe);
    const emit = (event: RunEvent): void => onRunEvent?.(event, sim.nowMs);
    const connect = (_: unknown, identity: string): FileClient => {
      const client = connectClient(control.bootClient(identity), {
        masters: control.masters().map((master) => master.address),
        clientName: identity,
        timings: timingsOf(profile),
      });
      const own: FileClient = {
        ...sdkFileClient(client, () => Promise.resolve()),
        crash: () => sim.machine(identity).crash(),
      };
      const watched = copies.watching(wrapClient?.(own) ?? own, isOwnFile);
      return recordingClient(watched, recorder, identity);
    };
    const outcome = await new ScenarioRun({ scenario, seed, plan, control, clock, connect, emit, signal }).run();
    recorder.end();
    const temporaryFiles = async (): Promise<number> =>
      control.datanodes().flatMap(({ id }) => sim.machine(id).disk.files().filter(isTemporary)).length;
    const final = await finalState({ control, temporaryFiles, clock, profile, signal });
    const facts = { final, acknowledged: copies.facts, minority: control.minority };
    const judged = judgeRun(verdictEvent(scenario, seed, outcome), outcome, facts, readHistory(history.join('')));
    emit(judged.verdict);
    await control.close();
    return judged;
  };
  const limitMs = scenario.durationMs + scenario.settleMs + LIMIT_EXTRA_MS;
  try {
    const judged = await sim.run(run, { limitMs });
    onJudged?.(judged);
    return { ...judged, digest: sim.digest(), events: sim.eventCount, virtualMs: sim.nowMs };
  } finally {
    // Of a failed run: the pending operations.
    recorder.end();
  }
}
