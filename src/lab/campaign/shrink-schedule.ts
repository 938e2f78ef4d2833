/**
 * Reduces a failing scenario to a small one that still fails. First the schedule, by ddmin; then everything else that can be
 * removed or made smaller; then both again, until nothing changes.
 *
 * Source of ddmin: A. Zeller and R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (IEEE TSE 28(2), 2002).
 */
import type { Probe, Scenario, Selector, Step } from '../scenario/model/scenario.js';
import type { Workload } from '../workloads/workload-types.js';

/** Minimum duration: shorter scenarios prove nothing. */
const DURATION_MS_MIN = 500;
/** Time after the last fault in which the workload can meet the fault's effects. */
const TAIL_MS = 1_000;
const ROUND_MS = 100;

export interface ShrinkOptions {
  /** Whether a candidate fails like the original. A rejection ends the search. */
  readonly fails: (candidate: Scenario) => Promise<boolean>;
  /** Limit of candidates. */
  readonly trialsMax: number;
  /** Whether the failure needs a probe. */
  readonly isNeeded: (probe: Probe) => boolean;
  /** Called after each trial. */
  readonly onTrial?: (progress: ShrinkProgress) => void;
}

export interface ShrinkProgress {
  readonly trials: number;
  /** The smallest failing scenario so far. */
  readonly best: Scenario;
  readonly isSmaller: boolean;
}

export interface Shrunk {
  readonly scenario: Scenario;
  readonly trials: number;
  /** True when no single step can be removed, and no other reduction fails. Otherwise the trials were used up. */
  readonly isMinimal: boolean;
}

class TrialsUsedUp extends Error {}

/** Splits items into `count` parts of nearly equal length. */
function split<T>(items: readonly T[], count: number): T[][] {
  return Array.from({ length: count }, (_, index) =>
    items.slice(Math.floor((index * items.length) / count), Math.floor(((index + 1) * items.length) / count)),
  );
}

const without = <T>(items: readonly T[], index: number): T[] => items.filter((_, other) => other !== index);
const replaced = <T>(items: readonly T[], index: number, item: T): T[] => items.toSpliced(index, 1, item);

function shorterDurations({ durationMs, steps }: Scenario): number[] {
  const lastAtMs = Math.max(0, ...steps.map(({ atMs }) => atMs));
  const lastEndMs = Math.max(0, ...steps.map((step) => step.atMs + (step.durationMs ?? 0) + (step.when?.timeoutMs ?? 0)));
  return [lastAtMs + TAIL_MS, durationMs / 2, (durationMs * 3) / 4, lastEndMs + TAIL_MS]
    .map((ms) => Math.ceil(ms / ROUND_MS) * ROUND_MS)
    .filter((ms) => ms < durationMs && ms >= Math.max(lastAtMs, DURATION_MS_MIN));
}

function fewerClients(workload: Workload): Workload[] {
  const half = Math.floor(workload.clients / 2);
  return [...new Set([1, half])]
    .filter((clients) => clients >= 1 && clients < workload.clients)
    .map((clients) => ({ ...workload, clients }));
}

/** Variants of a step without one of its properties. */
function* simplerSteps(step: Step): Generator<Step> {
  if (step.durationMs !== undefined) {
    const { durationMs: _, ...lasting } = step;
    yield lasting;
  }
  for (const selector of fewerNames(step.selector)) yield { ...step, selector };
  for (const target of fewerNames(step.target)) yield { ...step, target };
}

function* fewerNames(selector: Selector | undefined): Generator<Selector> {
  const names = selector?.names ?? [];
  if (names.length > 1) for (const index of names.keys()) yield { ...selector, names: without(names, index) };
}

/** All scenarios that are slightly simpler, the largest reductions first. */
function* simplifications(scenario: Scenario, isNeeded: (probe: Probe) => boolean): Generator<Scenario> {
  const { probes, workload, steps } = scenario;
  const needed = probes.filter(isNeeded);
  if (needed.length < probes.length) yield { ...scenario, probes: needed };
  if (workload.length > 1) for (const index of workload.keys()) yield { ...scenario, workload: without(workload, index) };
  for (const [index, entry] of workload.entries())
    for (const fewer of fewerClients(entry)) yield { ...scenario, workload: replaced(workload, index, fewer) };
  for (const durationMs of shorterDurations(scenario)) yield { ...scenario, durationMs };
  for (const [index, step] of steps.entries())
    for (const simpler of simplerSteps(step)) yield { ...scenario, steps: replaced(steps, index, simpler) };
}

class Shrinker {
  readonly #options: ShrinkOptions;
  /** Results by candidate: no candidate is tried twice. */
  readonly #answers = new Map<string, boolean>();
  best: Scenario;
  trials = 0;

  constructor(scenario: Scenario, options: ShrinkOptions) {
    this.best = scenario;
    this.#options = options;
  }

  /** @throws TrialsUsedUp, and the rejections of `fails` */
  async run(): Promise<void> {
    for (let before: Scenario | null = null; before !== this.best;) {
      before = this.best;
      await this.#ddmin();
      while (await this.#simplify());
    }
  }

  async #ddmin(): Promise<void> {
    if (this.best.steps.length === 0 || (await this.#tryStep([]))) return;
    let parts = 2;
    while (this.best.steps.length >= 2) {
      const { steps } = this.best;
      const pieces = split(steps, parts);
      if (await this.#tryAny(pieces)) parts = 2;
      else if (parts > 2 && (await this.#tryAny(pieces.map((piece) => steps.filter((step) => !piece.includes(step))))))
        parts = Math.max(parts - 1, 2);
      else if (parts >= steps.length) return;
      else parts = Math.min(steps.length, parts * 2);
    }
  }

  /** True when a candidate fails; that candidate is then the best one. */
  async #tryAny(schedules: readonly (readonly Step[])[]): Promise<boolean> {
    for (const steps of schedules) if (await this.#tryStep(steps)) return true;
    return false;
  }

  #tryStep(steps: readonly Step[]): Promise<boolean> {
    return this.#try({ ...this.best, steps });
  }

  async #simplify(): Promise<boolean> {
    for (const candidate of simplifications(this.best, this.#options.isNeeded)) if (await this.#try(candidate)) return true;
    return false;
  }

  async #try(candidate: Scenario): Promise<boolean> {
    const key = JSON.stringify(candidate);
    let fails = this.#answers.get(key);
    if (fails === undefined) {
      if (this.trials >= this.#options.trialsMax) throw new TrialsUsedUp();
      fails = await this.#options.fails(candidate);
      this.trials += 1;
      this.#answers.set(key, fails);
    }
    if (fails) this.best = candidate;
    this.#options.onTrial?.({ trials: this.trials, best: this.best, isSmaller: fails });
    return fails;
  }
}

/**
 * @param scenario a failing, resolved scenario: each fault is a step of its own with names of nodes
 * @throws the rejections of `fails`; `onTrial` has received the best scenario until then
 */
export async function shrinkSchedule(scenario: Scenario, options: ShrinkOptions): Promise<Shrunk> {
  const shrinker = new Shrinker(scenario, options);
  let isMinimal = true;
  try {
    await shrinker.run();
  } catch (error) {
    if (!(error instanceof TrialsUsedUp)) throw error;
    isMinimal = false;
  }
  return { scenario: shrinker.best, trials: shrinker.trials, isMinimal };
}
