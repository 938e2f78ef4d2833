/**
 * `lab shrink`: finds a failure in simulation, reduces its schedule to a minimal one, writes the result and verifies that it fails.
 */
import { writeFile } from 'node:fs/promises';
import { parseScenario } from '../scenario/grammar/parse-scenario.js';
import { faultSummary } from '../run/run-events.js';
import { scenarioYaml } from '../scenario/grammar/scenario-yaml.js';
import type { Probe, Scenario } from '../scenario/model/scenario.js';
import { planFaults, resolveScenario } from '../scenario/plan/schedule.js';
import { EXIT } from '../run/verdict-event.js';
import type { OpenRunner } from './run-simulations.js';
import { openSeedRunner, wasInterrupted } from '../simulation/seed-runner.js';
import type { SeedRunner } from '../simulation/seed-runner.js';
import type { SeedResult } from '../simulation/seed-task.js';
import { shrinkSchedule } from './shrink-schedule.js';
import type { ShrinkProgress } from './shrink-schedule.js';
import { replayCommand } from './sim-report.js';
import { readShrinkSource } from './shrink-source.js';
import type { ShrinkSource } from './shrink-source.js';
import { messageOf } from '../../shared/error-text.js';

export interface ShrinkRunOptions {
  /** A run folder or a scenario file. */
  readonly what: string;
  /** Default: the seed of the run or the file. */
  readonly seed?: number;
  /** Limit of simulations. */
  readonly trials: number;
  /** Path of the result. Default: in the run folder, or beside the file. */
  readonly out?: string;
  readonly json: boolean;
  readonly signal: AbortSignal;
  /** Writes a line of results, without the line feed. */
  readonly write: (line: string) => void;
  /** Writes a line about an error. */
  readonly writeError: (line: string) => void;
  /** Shows the progress repeatedly. Absent: there is no terminal. */
  readonly showProgress?: (text: string) => void;
}

/** The failure to preserve: a check that fails, or a simulation that cannot end. */
type Failure = { readonly kind: 'check'; readonly checker: string } | { readonly kind: 'error' };

interface Found {
  readonly seed: number;
  readonly failure: Failure;
  readonly reasons: readonly string[];
}

/** Thrown when the user interrupts a simulation. */
class Interrupted extends Error {}

function failureOf({ verdict, checks }: SeedResult): Failure | undefined {
  if (verdict === 'error') return { kind: 'error' };
  const failed = checks.find((check) => check.verdict === 'fail');
  return failed === undefined ? undefined : { kind: 'check', checker: failed.checker };
}

const isSame = (failure: Failure, { verdict, checks }: SeedResult): boolean =>
  failure.kind === 'error'
    ? verdict === 'error'
    : checks.some((check) => check.verdict === 'fail' && check.checker === failure.checker);

const nameOf = (failure: Failure): string => (failure.kind === 'error' ? 'the simulation does not end' : failure.checker);
const isNeededBy =
  (failure: Failure) =>
  ({ kind, condition }: Probe): boolean =>
    failure.kind === 'check' && failure.checker === `${kind} ${condition.text}`;

function sizeText({ steps, workload, durationMs }: Scenario): string {
  const clients = workload.reduce((sum, entry) => sum + entry.clients, 0);
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
  return `${count(steps.length, 'fault')}, ${count(clients, 'client')}, ${durationMs / 1_000}s`;
}

class ShrinkSession {
  readonly #options: ShrinkRunOptions;
  readonly #runner: SeedRunner;
  #trials = 0;

  constructor(options: ShrinkRunOptions, runner: SeedRunner) {
    this.#options = options;
    this.#runner = runner;
  }

  async run(source: ShrinkSource): Promise<number> {
    const { scenario, isOfProcesses } = source;
    const found = await this.#find(source);
    if (found === undefined) return EXIT.unknown;
    const { seed, failure } = found;
    const whole = resolveScenario(scenario, seed);
    if (!isSame(failure, await this.#simulate(whole, seed))) {
      this.#complain(`Seed ${seed} fails (${nameOf(failure)}), but not with its resolved schedule: nothing was reduced`);
      return EXIT.labFailed;
    }
    this.#print({ event: 'failing', seed, failure: nameOf(failure), faults: whole.steps.length, searched: isOfProcesses }, [
      `seed ${seed} fails: ${nameOf(failure)} | ${sizeText(whole)}`,
    ]);
    return this.#cut(whole, found, this.#options.out ?? source.out);
  }

  /** The first seed that fails; undefined, with a message, when no seed fails. */
  async #find({ scenario, seeds, isOfProcesses }: ShrinkSource): Promise<Found | undefined> {
    let last: SeedResult | undefined;
    for (const [index, seed] of seeds.entries()) {
      this.#options.showProgress?.(`searching for a seed that fails: ${index}/${seeds.length}`);
      last = await this.#simulate(scenario, seed);
      const failure = failureOf(last);
      if (failure !== undefined) return { seed, failure, reasons: last.reasons };
    }
    const message = isOfProcesses
      ? `The simulation does not reproduce the failure: the schedule of this run fails with none of ${seeds.length} seeds`
      : `Seed ${seeds[0] ?? 0} does not fail: its verdict is ${last?.verdict ?? 'unknown'}, so that there is nothing to reduce`;
    this.#complain(message);
    return undefined;
  }

  async #cut(whole: Scenario, found: Found, out: string): Promise<number> {
    const { seed, failure } = found;
    let best = whole;
    let isMinimal = false;
    let interruption: Interrupted | undefined;
    try {
      const shrunk = await shrinkSchedule(whole, {
        fails: async (candidate) => isSame(failure, await this.#simulate(candidate, seed)),
        trialsMax: Math.max(1, this.#options.trials - this.#trials),
        isNeeded: isNeededBy(failure),
        onTrial: (progress) => {
          best = progress.best;
          this.#show(progress);
        },
      });
      isMinimal = shrunk.isMinimal;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      interruption = error;
    }
    const text = `${this.#header(found)}${scenarioYaml({ ...best, seed })}`;
    await writeFile(out, text);
    if (interruption !== undefined) {
      this.#complain(`Interrupted: the smallest schedule so far, ${sizeText(best)}, is in ${out}`);
      return EXIT.interrupted;
    }
    return this.#prove(text, { whole, best, found, isMinimal, out });
  }

  /** Verifies the written file, not the scenario in memory. */
  async #prove(
    text: string,
    { whole, best, found, isMinimal, out }: { whole: Scenario; best: Scenario; found: Found; isMinimal: boolean; out: string },
  ): Promise<number> {
    const { seed, failure } = found;
    const parsed = parseScenario(text, best.name);
    const problems = parsed.ok ? [] : parsed.problems.map(({ line, message }) => `line ${line}: ${message}`);
    const result = parsed.ok ? await this.#simulate(parsed.scenario, seed) : undefined;
    if (result === undefined || !isSame(failure, result)) {
      const why = problems.length > 0 ? problems.join('; ') : `its verdict is ${result?.verdict ?? 'none'}`;
      this.#complain(`${out} was written, but does not fail like the original: ${why}`);
      return EXIT.labFailed;
    }
    const faults = this.#faultLines(best, seed);
    const command = replayCommand(out, seed);
    const outcome = isMinimal ? 'no further step can be removed' : 'the trials were used up, further steps may be removable';
    const summary = { event: 'shrunk', seed, failure: nameOf(failure), from: whole.steps.length, to: best.steps.length };
    this.#print(
      { ...summary, isMinimal, trials: this.#trials, file: out, command, reasons: result.reasons, digest: result.digest },
      [
        `${sizeText(whole)} -> ${sizeText(best)} in ${this.#trials} simulations: ${outcome}`,
        ...faults.map((line) => `  ${line}`),
        ...result.reasons.flatMap((reason) => reason.split('\n')).map((line) => `  - ${line}`),
        `verified: ${out} fails with seed ${seed}. Run it: ${command}`,
      ],
    );
    return EXIT.pass;
  }

  #faultLines(scenario: Scenario, seed: number): string[] {
    const { faults, late } = planFaults(scenario, seed);
    const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)}s`;
    return [
      ...faults.map((fault) => `${seconds(fault.atMs)}  ${fault.source} ${faultSummary(fault)}`),
      ...late.map(({ step }) => `from ${seconds(step.atMs)}  ${step.fault.action}, chosen when it strikes`),
    ];
  }

  #header({ seed, failure, reasons }: Found): string {
    const [reason = ''] = (reasons.find((text) => text.startsWith(nameOf(failure))) ?? reasons[0] ?? '').split('\n');
    return [
      `# Reduced by lab shrink from ${this.#options.what}, seed ${seed}: the smallest schedule found that fails in simulation.`,
      `# ${nameOf(failure)}${reason === '' ? '' : ` (${reason})`}`,
      '',
    ].join('\n');
  }

  async #simulate(scenario: Scenario, seed: number): Promise<SeedResult> {
    const { signal } = this.#options;
    if (signal.aborted) throw new Interrupted();
    this.#trials += 1;
    const result = await this.#runner.run({ scenario, seed });
    if (wasInterrupted(signal, result)) throw new Interrupted();
    return result;
  }

  #show({ best, isSmaller }: ShrinkProgress): void {
    const { showProgress, trials } = this.#options;
    if (isSmaller)
      this.#print({ event: 'smaller', trials: this.#trials, faults: best.steps.length }, [
        `  trial ${this.#trials}: ${sizeText(best)}`,
      ]);
    showProgress?.(`${this.#trials}/${trials} simulations, ${sizeText(best)}`);
  }

  #print(event: object, lines: readonly string[]): void {
    const { json, write } = this.#options;
    if (json) write(JSON.stringify(event));
    else for (const line of lines) write(line);
  }

  #complain(message: string): void {
    const { json, write, writeError } = this.#options;
    if (json) write(JSON.stringify({ event: 'error', message }));
    else writeError(message);
  }

  /** Reports why the reduction did not end. @returns the exit code */
  failed(error: unknown): number {
    if (error instanceof Interrupted) {
      this.#complain('Interrupted: nothing was reduced yet');
      return EXIT.interrupted;
    }
    this.#complain(`The lab failed: ${messageOf(error)}`);
    return EXIT.labFailed;
  }
}

/**
 * Reduces the scenario. Never rejects.
 * @returns the exit code: 0 reduced and verified, 2 nothing fails in simulation, 254 invalid folder, file or seed, 255 the lab
 *   itself failed, 130 interrupted (the smallest schedule so far is written)
 */
export async function shrinkRun(options: ShrinkRunOptions, openRunner: OpenRunner = openSeedRunner): Promise<number> {
  const { what, seed, trials, signal, showProgress } = options;
  const runner = await openRunner(1, {}, signal);
  const session = new ShrinkSession(options, runner);
  try {
    let source: ShrinkSource;
    try {
      // Half of the trials for the search, half for the reduction.
      source = await readShrinkSource(what, seed, Math.ceil(trials / 2));
    } catch (error) {
      options[options.json ? 'write' : 'writeError'](messageLine(error, options.json));
      return EXIT.badFile;
    }
    return await session.run(source);
  } catch (error) {
    return session.failed(error);
  } finally {
    await runner.close().catch(() => undefined);
    showProgress?.('');
  }
}

function messageLine(error: unknown, json: boolean): string {
  const message = messageOf(error);
  return json ? JSON.stringify({ event: 'error', message }) : message;
}
