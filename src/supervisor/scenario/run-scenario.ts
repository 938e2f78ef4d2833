/** Runs a scenario file from reading it to its verdict and exit code. */
import { randomInt } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import { MIB } from '../../shared/limits.js';
import type { ClusterControl, ClusterOptions } from '../types.js';
import { connectFileClient } from './connect-client.js';
import { parseScenario } from './parse-scenario.js';
import { systemProbe } from './process-probe.js';
import { problemEvent, textLines } from './run-events.js';
import type { CheckRow, RunEvent, VerdictEvent } from './run-events.js';
import { ScenarioRun } from './scenario-run.js';
import type { RunInputs, RunOutcome } from './scenario-run.js';
import type { Scenario } from './scenario.js';
import { planFaults } from './schedule.js';
import type { PlannedFault } from './schedule.js';
import { judge } from './verdict.js';

export interface RunScenarioOptions {
  /** Path of the YAML file. */
  readonly file: string;
  /** Instead of the seed in the file. */
  readonly seed?: number;
  /** One JSON object a line instead of text. */
  readonly json: boolean;
  /** Keeps the cluster's data. Left out: a fresh folder, removed at the end. */
  readonly dir?: string;
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

const SOURCE_BYTES_MAX = MIB;

const EXIT = { pass: 0, fail: 1, unknown: 2, badFile: 254, labFailed: 255, interrupted: 130 } as const;

const REAL_WORLD: ScenarioWorld = {
  connect: connectFileClient,
  probe: systemProbe,
  startCluster: async (options) => {
    const { Cluster } = await import('../cluster.js');
    return Cluster.start(options);
  },
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Reads SOURCE_BYTES_MAX bytes at most. @throws Error of node:fs, or about the size */
async function readSource(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SOURCE_BYTES_MAX + 1), 0, SOURCE_BYTES_MAX + 1, 0);
    if (bytesRead > SOURCE_BYTES_MAX) throw new Error(`it has more than ${SOURCE_BYTES_MAX} bytes`);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

class Session {
  readonly #options: RunScenarioOptions;
  readonly #world: ScenarioWorld;

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
    const { file } = this.#options;
    let text: string;
    try {
      text = await readSource(file);
    } catch (error) {
      this.#emit({ event: 'error', message: `Cannot read scenario "${file}": ${messageOf(error)}`, file });
      return undefined;
    }
    const parsed = parseScenario(text, basename(file).replace(/\.ya?ml$/, ''));
    if (parsed.ok) return parsed.scenario;
    for (const problem of parsed.problems) this.#emit(problemEvent(file, problem));
    return undefined;
  }

  async #onCluster(scenario: Scenario, seed: number, faults: readonly PlannedFault[]): Promise<number> {
    const { signal, dir } = this.#options;
    const { racks, ...cluster } = scenario.cluster;
    const startMs = performance.now();
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
      this.#emit({ event: 'ready', dir: control.dir, startupMs: Math.round(performance.now() - startMs) });
      await writeFile(join(control.dir, 'scenario.resolved.yaml'), stringify({ scenario: scenario.name, seed, faults }));
      const { connect, probe, endPatienceMs } = this.#world;
      const emit = (event: RunEvent): void => this.#emit(event);
      const patience = endPatienceMs === undefined ? {} : { endPatienceMs };
      const outcome = await new ScenarioRun({ scenario, seed, faults, control, probe, connect, emit, signal, ...patience }).run();
      exitCode = this.#judge(scenario, seed, faults, outcome);
    } catch (error) {
      exitCode = this.#failed(error);
    }
    try {
      await control?.close();
    } catch (error) {
      this.#emit({ event: 'error', message: `The cluster did not close: ${messageOf(error)}` });
      if (exitCode === EXIT.pass) exitCode = EXIT.labFailed;
    }
    return exitCode;
  }

  #failed(error: unknown): number {
    if (this.#options.signal.aborted) {
      this.#emit({ event: 'error', message: 'Interrupted: the cluster is stopped and nothing was judged' });
      return EXIT.interrupted;
    }
    this.#emit({ event: 'error', message: `The lab failed: ${messageOf(error)}` });
    return EXIT.labFailed;
  }

  #judge(scenario: Scenario, seed: number, faults: readonly PlannedFault[], { facts, elapsedMs }: RunOutcome): number {
    const { verdict, reasons } = judge(facts);
    const { filesAcked, bytesAcked, readsVerified, filesDeleted, errors } = facts.counters;
    const seen = facts.faults.filter((record) => record.effect === 'seen').length;
    const brokenIn = (invariant: string): number => facts.ledger.broken.filter((broken) => broken.invariant === invariant).length;
    const row = (check: string, broken: number, good: string): CheckRow => {
      return { check, kind: 'promise', holds: broken === 0, detail: broken === 0 ? good : `broken for ${broken} files` };
    };
    const checks: CheckRow[] = [
      row('acked-files-readable', brokenIn('acked-files-readable'), `${facts.endChecks.filesRead} files read back at the end`),
      row('no-corruption', brokenIn('no-corruption'), `${readsVerified + facts.endChecks.filesRead} reads compared by sha256`),
      row('deleted-stay-deleted', brokenIn('deleted-stay-deleted'), `${facts.endChecks.deletedChecked} files looked for`),
      ...facts.probes.map(({ probe, holds, detail }) => ({
        check: `eventually ${probe}`,
        kind: 'promise' as const,
        holds,
        detail,
      })),
      { check: 'faults had effect', kind: 'proof', holds: seen === facts.faults.length, detail: `${seen} of ${faults.length}` },
    ];
    const event: VerdictEvent = {
      event: 'verdict',
      verdict,
      exitCode: EXIT[verdict],
      scenario: scenario.name,
      seed,
      elapsedMs,
      reasons,
      checks,
      filesAcked,
      bytesAcked,
      readsVerified,
      filesDeleted,
      errors,
      faults: { planned: faults.length, seen },
    };
    this.#emit(event);
    return EXIT[verdict];
  }

  #emit(event: RunEvent): void {
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
