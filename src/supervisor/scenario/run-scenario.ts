/** Runs a scenario file from reading it to its verdict and exit code. */
import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { nodeClock } from '../../runtime/node/node-clock.js';
import type { ClusterControl, ClusterOptions } from '../types.js';
import { connectFileClient } from './connect-client.js';
import { systemProbe } from './process-probe.js';
import { readScenario } from './read-scenario.js';
import { textLines } from './run-events.js';
import type { RunEvent, VerdictEvent } from './run-events.js';
import { RunRecord } from './run-record.js';
import { ScenarioRun } from './scenario-run.js';
import type { RunInputs, RunOutcome } from './scenario-run.js';
import type { Scenario } from './scenario.js';
import { planFaults } from './schedule.js';
import type { PlannedFault } from './schedule.js';
import { EXIT, verdictEvent } from './verdict-event.js';

export interface RunScenarioOptions {
  /** Path of the YAML file. */
  readonly file: string;
  /** Instead of the seed in the file. */
  readonly seed?: number;
  /** One JSON object a line instead of text. */
  readonly json: boolean;
  /** Keeps the cluster's data. Left out: a fresh folder, removed at the end. */
  readonly dir?: string;
  /** Keeps a record of the run in a folder below this one, for `lab check`. */
  readonly record?: string;
  /** Fires when a person interrupts: the cluster is cleaned up and the exit code is 130. */
  readonly signal: AbortSignal;
  /** A line of results, without the line feed. */
  readonly write: (line: string) => void;
  /** A line about what is wrong. */
  readonly writeError: (line: string) => void;
}

/** What a run touches outside itself; tests give their own. */
export interface ScenarioWorld extends Pick<RunInputs, 'connect' | 'probe' | 'endPatienceMs'> {
  startCluster(options: ClusterOptions): Promise<ClusterControl>;
}

const REAL_WORLD: ScenarioWorld = {
  connect: connectFileClient,
  probe: systemProbe,
  startCluster: async (options) => {
    const { Cluster } = await import('../cluster.js');
    return Cluster.start(options);
  },
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class Session {
  readonly #options: RunScenarioOptions;
  readonly #world: ScenarioWorld;
  #record: RunRecord | null = null;

  constructor(options: RunScenarioOptions, world: ScenarioWorld) {
    this.#options = options;
    this.#world = world;
  }

  async run(): Promise<number> {
    const scenario = await this.#readScenario();
    if (scenario === undefined) return EXIT.badFile;
    const { seed: fileSeed } = scenario;
    const seed = this.#options.seed ?? fileSeed ?? randomInt(2 ** 32);
    const faults = planFaults(scenario, seed);
    try {
      const { record } = this.#options;
      if (record !== undefined) this.#record = new RunRecord(record, seed, () => nodeClock.nowMs());
    } catch (error) {
      return this.#failed(error);
    }
    this.#emit({
      event: 'start',
      scenario: scenario.name,
      description: scenario.description,
      seed,
      seedFrom: this.#options.seed !== undefined ? 'option' : fileSeed === undefined ? 'chance' : 'file',
      cluster: scenario.cluster,
      clients: scenario.workload.reduce((sum, { clients }) => sum + clients, 0),
      durationMs: scenario.durationMs,
    });
    this.#emit({ event: 'schedule', faults });
    return this.#onCluster(scenario, seed, faults);
  }

  /** The scenario, or undefined after saying what is wrong with it. */
  async #readScenario(): Promise<Scenario | undefined> {
    const read = await readScenario(this.#options.file);
    if (read.ok) return read.scenario;
    for (const problem of read.problems) this.#emit(problem);
    return undefined;
  }

  async #onCluster(scenario: Scenario, seed: number, faults: readonly PlannedFault[]): Promise<number> {
    const { signal, dir } = this.#options;
    const { racks, ...cluster } = scenario.cluster;
    const startMs = nodeClock.nowMs();
    let control: ClusterControl | undefined;
    let exitCode: number;
    try {
      control = await this.#world.startCluster({
        masters: 1,
        runtime: 'process',
        racks,
        ...cluster,
        ...(dir === undefined ? {} : { dir }),
      });
      this.#emit({ event: 'ready', dir: control.dir, startupMs: Math.round(nodeClock.nowMs() - startMs) });
      const resolved = stringify({ scenario: scenario.name, seed, faults });
      await writeFile(join(control.dir, 'scenario.resolved.yaml'), resolved);
      this.#record?.resolved(resolved);
      const { probe, endPatienceMs } = this.#world;
      const connect = this.#record?.recording(this.#world.connect) ?? this.#world.connect;
      const emit = (event: RunEvent): void => this.#emit(event);
      const patience = endPatienceMs === undefined ? {} : { endPatienceMs };
      const inputs = { scenario, seed, faults, control, probe, clock: nodeClock, connect, emit, signal, ...patience };
      const outcome = await new ScenarioRun(inputs).run();
      const verdict = await this.#withRecord(verdictEvent(scenario, seed, faults, outcome), scenario, outcome, control);
      this.#emit(verdict);
      exitCode = verdict.exitCode;
    } catch (error) {
      exitCode = this.#failed(error);
    }
    this.#record?.close();
    try {
      await control?.close();
    } catch (error) {
      this.#emit({ event: 'error', message: `The cluster did not close: ${messageOf(error)}` });
      if (exitCode === EXIT.pass) exitCode = EXIT.labFailed;
    }
    return exitCode;
  }

  /** The verdict with what the recorded history says: the worse of the two. */
  async #withRecord(own: VerdictEvent, scenario: Scenario, outcome: RunOutcome, control: ClusterControl): Promise<VerdictEvent> {
    if (this.#record === null) return own;
    const { verdict, checks } = await this.#record.finish(scenario.name, own.seed, outcome, control, scenario.cluster.profile);
    this.#emit({ event: 'record', path: this.#record.path, verdict, checks: checks.length });
    if (verdict === 'pass' || own.verdict === 'fail' || own.verdict === verdict) return own;
    const reasons = checks
      .filter((check) => check.verdict !== 'pass')
      .map(({ checker, detail }) => `history, ${checker}: ${detail}`);
    return { ...own, verdict, exitCode: EXIT[verdict], reasons: [...own.reasons, ...reasons] };
  }

  #failed(error: unknown): number {
    if (this.#options.signal.aborted) {
      this.#emit({ event: 'error', message: 'Interrupted: the cluster is stopped and nothing was judged' });
      return EXIT.interrupted;
    }
    this.#emit({ event: 'error', message: `The lab failed: ${messageOf(error)}` });
    return EXIT.labFailed;
  }

  #emit(event: RunEvent): void {
    this.#record?.event(event);
    if (this.#options.json) this.#options.write(JSON.stringify(event));
    else for (const line of textLines(event)) (event.event === 'error' ? this.#options.writeError : this.#options.write)(line);
  }
}

/**
 * Runs the scenario. Never rejects.
 * @returns the exit code: 0 pass, 1 a promise broken, 2 unknown, 254 bad file, 255 the lab itself failed, 130 interrupted
 */
export async function runScenario(options: RunScenarioOptions, world: ScenarioWorld = REAL_WORLD): Promise<number> {
  return new Session(options, world).run();
}
