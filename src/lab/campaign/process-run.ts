/** One run of a scenario on a cluster of processes, from its seed to its verdict, with an optional record. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeClock } from '../../runtime/node/node-clock.js';
import type { BreakableCluster } from '../../supervisor/api/cluster-control.js';
import type { ClusterOptions } from '../../supervisor/api/cluster-options.js';
import { finalState } from '../run/final-state.js';
import type { JudgedRun } from '../record/judged-run.js';
import type { RunEvent, VerdictEvent } from '../run/run-events.js';
import { RunRecord } from './run-record.js';
import { ScenarioRun } from '../run/scenario-run.js';
import type { RunInputs, RunOutcome } from '../run/scenario-run.js';
import { scenarioYaml } from '../scenario/grammar/scenario-yaml.js';
import type { Scenario } from '../scenario/model/scenario.js';
import { lyingClient } from '../workloads/lying-client.js';
import { planFaults, resolveScenario } from '../scenario/plan/schedule.js';
import { startEvent } from '../run/start-event.js';
import type { SeedOrigin } from '../run/start-event.js';
import { EXIT, verdictEvent } from '../run/verdict-event.js';
import { messageOf } from '../../shared/error-text.js';

/** The outside world of a run; tests replace it. */
export interface ScenarioWorld extends Pick<RunInputs, 'connect' | 'endPatienceMs'> {
  startCluster(options: ClusterOptions): Promise<BreakableCluster>;
  /** Counts the temporary files in the datanodes' folders. */
  temporaryFiles(control: BreakableCluster): Promise<number>;
}

export interface ProcessRunOptions extends SeedOrigin {
  /** Clients break guarantees, as in the canary of a campaign. Default: false. */
  readonly isLying?: boolean;
  readonly scenario: Scenario;
  /** Text of the scenario file. */
  readonly source: string;
  /** Folder for the cluster's data, which is kept. */
  readonly dir: string | undefined;
  /** Folder for the record of the run; the run folder is created below. */
  readonly record: string | undefined;
  readonly signal: AbortSignal;
  readonly print: (event: RunEvent) => void;
}

export class ProcessRun {
  readonly #options: ProcessRunOptions;
  readonly #world: ScenarioWorld;
  /** The scenario with every choice made. */
  readonly #resolved: string;
  #record: RunRecord | null = null;

  constructor(options: ProcessRunOptions, world: ScenarioWorld) {
    this.#options = options;
    this.#world = world;
    this.#resolved = scenarioYaml(resolveScenario(options.scenario, options.seed));
  }

  /** Runs the scenario. Never rejects. @returns the exit code */
  async run(): Promise<number> {
    const { scenario, source, seed, record } = this.#options;
    try {
      if (record !== undefined) {
        this.#record = new RunRecord(record, seed, nodeClock);
        this.#record.scenario(source, this.#resolved);
      }
    } catch (error) {
      return this.#failed(error);
    }
    this.#emit(startEvent(scenario, this.#options));
    this.#emit({ event: 'schedule', ...planFaults(scenario, seed) });
    let control: BreakableCluster | undefined;
    let exitCode: number;
    try {
      control = await this.#startCluster();
      this.#record?.watch(control);
      exitCode = await this.#onCluster(control);
    } catch (error) {
      if (control !== undefined) await this.#keepLogs(control);
      exitCode = this.#failed(error);
      this.#report();
    }
    this.#record?.close();
    try {
      await control?.close();
    } catch (error) {
      this.#options.print({ event: 'error', message: `The cluster did not close: ${messageOf(error)}` });
      if (exitCode === EXIT.pass) exitCode = EXIT.labFailed;
    }
    return exitCode;
  }

  readonly #connect: RunInputs['connect'] = (...where) => {
    const client = this.#world.connect(...where);
    return this.#options.isLying === true ? lyingClient(client) : client;
  };

  async #startCluster(): Promise<BreakableCluster> {
    const { scenario, dir } = this.#options;
    const startMs = nodeClock.nowMs();
    const control = await this.#world.startCluster({
      runtime: 'process',
      ...scenario.cluster,
      scenario: scenario.name,
      ...(dir === undefined ? {} : { dir }),
    });
    this.#emit({ event: 'ready', dir: control.dir, startupMs: Math.round(nodeClock.nowMs() - startMs) });
    await writeFile(join(control.dir, 'scenario.resolved.yaml'), this.#resolved);
    return control;
  }

  async #onCluster(control: BreakableCluster): Promise<number> {
    const { scenario, seed, signal } = this.#options;
    const { endPatienceMs } = this.#world;
    const outcome = await new ScenarioRun({
      scenario,
      seed,
      plan: planFaults(scenario, seed),
      control,
      clock: nodeClock,
      connect: this.#record?.recording(this.#connect) ?? this.#connect,
      emit: (event) => this.#emit(event),
      signal,
      ...(endPatienceMs === undefined ? {} : { endPatienceMs }),
    }).run();
    const own = verdictEvent(scenario, seed, outcome);
    const verdict = await this.#recorded(own, outcome, control);
    this.#options.print(verdict);
    return verdict.exitCode;
  }

  /** The verdict, combined with the verdict on the recorded history: the worse of the two. */
  async #recorded(own: VerdictEvent, outcome: RunOutcome, control: BreakableCluster): Promise<VerdictEvent> {
    const record = this.#record;
    if (record === null) return own;
    const { scenario, signal, repetition } = this.#options;
    const { profile } = scenario.cluster;
    const temporaryFiles = (): Promise<number> => this.#world.temporaryFiles(control);
    const final = await finalState({ control, temporaryFiles, clock: nodeClock, profile, signal });
    const judged: JudgedRun = await record.judge(own, outcome, final);
    record.event(judged.verdict);
    await this.#keepLogs(control);
    record.finish(judged, scenario.cluster.runtime === 'thread' ? 'threads' : 'processes', repetition);
    const { checks, historyVerdict } = judged;
    const failed = checks.filter((check) => check.verdict === 'fail').map(({ checker }) => checker);
    this.#options.print({ event: 'record', path: record.path, verdict: historyVerdict, checks: checks.length, failed });
    const report = this.#report();
    return report === undefined ? judged.verdict : { ...judged.verdict, report };
  }

  /** A failure is reported and does not change the verdict. @returns path of the report */
  #report(): string | undefined {
    try {
      return this.#record?.report();
    } catch (error) {
      this.#options.print({ event: 'error', message: `Cannot make the report: ${messageOf(error)}` });
      return undefined;
    }
  }

  /** A failure is reported, and the run goes on. */
  async #keepLogs(control: BreakableCluster): Promise<void> {
    try {
      await this.#record?.keepLogs(control);
    } catch (error) {
      this.#emit({ event: 'error', message: `Cannot keep the logs: ${messageOf(error)}` });
    }
  }

  #failed(error: unknown): number {
    const isInterrupted = this.#options.signal.aborted;
    const what = isInterrupted
      ? 'Interrupted: the cluster is stopped and the run was not judged'
      : `The lab failed: ${messageOf(error)}`;
    const where = this.#record === null ? '' : ` (partial record: ${this.#record.path})`;
    try {
      this.#emit({ event: 'error', message: what + where });
    } catch {
      // The failure may be in the record itself.
      this.#options.print({ event: 'error', message: what + where });
    }
    return isInterrupted ? EXIT.interrupted : EXIT.labFailed;
  }

  #emit(event: RunEvent): void {
    this.#record?.event(event);
    this.#options.print(event);
  }
}
