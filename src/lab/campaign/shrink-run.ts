/** `lab shrink`: finds the failure in simulation, cuts its schedule to a minimal one, writes that down and proves that it fails. */
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

export interface ShrinkRunOptions {
  /** The folder of a run, or a scenario file. */
  readonly what: string;
  /** Left out: that of the run or the file. */
  readonly seed?: number;
  /** Simulations, at most. */
  readonly trials: number;
  /** Where the result goes. Left out: into the run's folder, or beside the file. */
  readonly out?: string;
  readonly json: boolean;
  readonly signal: AbortSignal;
  /** A line of results, without the line feed. */
  readonly write: (line: string) => void;
  /** A line about what is wrong. */
  readonly writeError: (line: string) => void;
  /** How far it is, again and again; left out where nobody watches. */
  readonly showProgress?: (text: string) => void;
}

/** The failure that must stay: a check that fails, or a simulation that cannot end. */
type Failure = { readonly kind: 'check'; readonly checker: string } | { readonly kind: 'error' };

interface Found {
  readonly seed: number;
  readonly failure: Failure;
  readonly reasons: readonly string[];
}

/** A simulation that was ended by the person at the terminal. */
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
      this.#complain(`Seed ${seed} fails (${nameOf(failure)}), but not once its schedule is written out: nothing was cut`);
      return EXIT.labFailed;
    }
    this.#tell({ event: 'failing', seed, failure: nameOf(failure), faults: whole.steps.length, searched: isOfProcesses }, [
      `seed ${seed} fails: ${nameOf(failure)} | ${sizeText(whole)}`,
    ]);
    return this.#cut(whole, found, this.#options.out ?? source.out);
  }

  /** The first seed that fails; undefined after saying that none does. */
  async #find({ scenario, seeds, isOfProcesses }: ShrinkSource): Promise<Found | undefined> {
    let last: SeedResult | undefined;
    for (const [index, seed] of seeds.entries()) {
      this.#options.showProgress?.(`looking for a seed that fails: ${index}/${seeds.length}`);
      last = await this.#simulate(scenario, seed);
      const failure = failureOf(last);
      if (failure !== undefined) return { seed, failure, reasons: last.reasons };
    }
    const message = isOfProcesses
      ? `The simulation does not show it: the schedule of this run fails with none of ${seeds.length} seeds`
      : `Seed ${seeds[0] ?? 0} does not fail: it is ${last?.verdict ?? 'unknown'}, and there is nothing to cut`;
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
      this.#complain(`Interrupted: the smallest so far, ${sizeText(best)}, is in ${out}`);
      return EXIT.interrupted;
    }
    return this.#prove(text, { whole, best, found, isMinimal, out });
  }

  /** Only what stands in the file counts. */
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
      this.#complain(`${out} was written, and does not fail as what it was written from: ${why}`);
      return EXIT.labFailed;
    }
    const faults = this.#faultLines(best, seed);
    const command = replayCommand(out, seed);
    const outcome = isMinimal ? 'nothing more can be left out' : 'the trials were used up, more may go';
    const summary = { event: 'shrunk', seed, failure: nameOf(failure), from: whole.steps.length, to: best.steps.length };
    this.#tell(
      { ...summary, isMinimal, trials: this.#trials, file: out, command, reasons: result.reasons, digest: result.digest },
      [
        `${sizeText(whole)} -> ${sizeText(best)} in ${this.#trials} simulations: ${outcome}`,
        ...faults.map((line) => `  ${line}`),
        ...result.reasons.flatMap((reason) => reason.split('\n')).map((line) => `  - ${line}`),
        `proved: ${out} fails with seed ${seed}. Run it: ${command}`,
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
      `# Cut by lab shrink from ${this.#options.what}, seed ${seed}: the smallest schedule found that still fails in simulation.`,
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
      this.#tell({ event: 'smaller', trials: this.#trials, faults: best.steps.length }, [
        `  trial ${this.#trials}: ${sizeText(best)}`,
      ]);
    showProgress?.(`${this.#trials}/${trials} simulations, ${sizeText(best)}`);
  }

  #tell(event: object, lines: readonly string[]): void {
    const { json, write } = this.#options;
    if (json) write(JSON.stringify(event));
    else for (const line of lines) write(line);
  }

  #complain(message: string): void {
    const { json, write, writeError } = this.#options;
    if (json) write(JSON.stringify({ event: 'error', message }));
    else writeError(message);
  }

  /** Says why it did not come to an end. @returns the exit code */
  failed(error: unknown): number {
    if (error instanceof Interrupted) {
      this.#complain('Interrupted: nothing was cut yet');
      return EXIT.interrupted;
    }
    this.#complain(`The lab failed: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT.labFailed;
  }
}

/**
 * Cuts it. Never rejects.
 * @returns the exit code: 0 cut and proved, 2 nothing fails in simulation, 254 bad folder, file or seed, 255 the lab itself failed,
 * 130 interrupted (the smallest until then is written)
 */
export async function shrinkRun(options: ShrinkRunOptions, openRunner: OpenRunner = openSeedRunner): Promise<number> {
  const { what, seed, trials, signal, showProgress } = options;
  const runner = await openRunner(1, {}, signal);
  const session = new ShrinkSession(options, runner);
  try {
    let source: ShrinkSource;
    try {
      // Half of the trials for finding it, half for cutting it.
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
  const message = error instanceof Error ? error.message : String(error);
  return json ? JSON.stringify({ event: 'error', message }) : message;
}
