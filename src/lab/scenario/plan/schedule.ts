/**
 * Turns a scenario and a seed into the concrete list of faults, before anything starts: time, action, nodes. Pure.
 *
 *   steps ─┐                                              ┌─► planned faults
 *          ├─► events in time order ─► model of every node ┤
 *   nemesis┘      ▲                                        └─► resolved steps: the same, as a scenario without chance
 *                 └───────────── undo after `duration` ◄───────────┘
 *
 * The schedule depends on nothing but the file and the seed. The model holds what the plan itself has done to a node so far, and keeps
 * a step from a node on which it can do nothing. Steps that wait for a condition, or that ask for what only the running cluster knows
 * (the state of a node, its part in the group, its chunks), are chosen late: when they are injected.
 */
import { SeededRandom } from '../../../runtime/faults/seeded-random.js';
import type { PlannedAction, PlannedFault } from '../../../supervisor/api/fault.js';
import { rowOf } from '../../../supervisor/api/fault-table.js';
import { aloneness, chooseNodes, countOf, unmetNames } from '../model/choose-nodes.js';
import { isLateBound, matchingNodes } from '../model/matching-nodes.js';
import { nemesisPauseMs, nemesisStep } from './nemesis.js';
import type { NemesisWorld } from './nemesis.js';
import { NodeModel } from './node-model.js';
import { nobodyText } from '../model/nobody-text.js';
import { datanodeNames, grownBy, nodeNames } from '../model/scenario.js';
import type { Mode, Scenario, ScenarioCluster, Step } from '../model/scenario.js';
import { shortfallText } from '../model/shortfall.js';
import { fitsRole } from '../model/unfit-fault.js';

/** A step whose nodes are chosen when its fault is injected. */
export interface LateStep {
  /** In the numbering of the planned faults. */
  readonly id: number;
  /** 0 <= choiceSeed < 2^32: decides the choice. */
  readonly choiceSeed: number;
  readonly step: Step;
}

export interface FaultPlan {
  /** In the order of time. */
  readonly faults: readonly PlannedFault[];
  readonly late: readonly LateStep[];
}

interface Event {
  readonly atMs: number;
  /** Where times are equal: what is undone first, steps before the nemesis. */
  readonly priority: number;
  /** Then the order in which events were made. */
  readonly order: number;
  readonly run: () => void;
}

const isBefore = (a: Event, b: Event): boolean => (a.atMs - b.atMs || a.priority - b.priority || a.order - b.order) < 0;

const PRIORITY = { undo: 0, step: 1, nemesis: 2 } as const;

/** What takes a fault back; undefined when nothing can. */
export function undoOf(fault: PlannedFault): PlannedAction | undefined {
  const undo = rowOf(fault.action)?.undo ?? null;
  if (undo === null) return undefined;
  return undo === 'lift' ? { action: undo, of: fault.id } : { action: undo };
}

/** What a process needs to serve again. */
const RESTART_MS = 1_000;

class Planner {
  readonly #scenario: Scenario;
  readonly #model: NodeModel;
  /** With what was added so far. */
  #cluster: ScenarioCluster;
  readonly #stepRandom: SeededRandom;
  readonly #nemesisRandom: SeededRandom;
  /** The next one last. */
  readonly #events: Event[] = [];
  readonly #restartedAtMs = new Map<string, number>();
  readonly faults: PlannedFault[] = [];
  readonly late: LateStep[] = [];
  readonly resolved: Step[] = [];
  #order = 0;
  #nextId = 1;
  #nowMs = 0;

  constructor(scenario: Scenario, seed: number) {
    this.#scenario = scenario;
    this.#cluster = scenario.cluster;
    this.#model = new NodeModel(nodeNames(scenario.cluster));
    // A stream each: adding a step does not change what the nemesis does.
    this.#stepRandom = new SeededRandom(String(seed), 'scenario steps');
    this.#nemesisRandom = new SeededRandom(String(seed), 'scenario nemesis');
  }

  plan(): this {
    for (const step of this.#scenario.steps) {
      const priority = step.source === 'nemesis' ? PRIORITY.nemesis : PRIORITY.step;
      this.#schedule(step.atMs, priority, () => this.#runStep(step));
    }
    this.#scheduleNemesis();
    for (let next = this.#events.pop(); next !== undefined; next = this.#events.pop()) {
      this.#nowMs = next.atMs;
      next.run();
    }
    return this;
  }

  /** What would come after the end is left to the final heal. */
  #schedule(atMs: number, priority: number, run: () => void): void {
    if (atMs > this.#scenario.durationMs) return;
    const event: Event = { atMs, priority, order: this.#order, run };
    this.#order += 1;
    let from = 0;
    for (let to = this.#events.length; from < to;) {
      const middle = (from + to) >> 1;
      const other = this.#events[middle];
      if (other !== undefined && isBefore(event, other)) from = middle + 1;
      else to = middle;
    }
    this.#events.splice(from, 0, event);
  }

  #runStep(step: Step): void {
    const { selector, target, fault, durationMs } = step;
    const cluster = this.#cluster;
    const random = step.source === 'nemesis' ? this.#nemesisRandom : this.#stepRandom;
    // Drawn for every step: a seed that the file gives must not shift the draws of later steps.
    const drawn = random.uint32();
    const choiceSeed = step.choiceSeed ?? drawn;
    const id = this.#nextId++;
    if (fault.action === 'add') {
      this.#record({ ...fault, id, atMs: this.#nowMs, nodes: this.#grow(step.mode), source: step.source ?? 'step', choiceSeed });
      this.resolved.push({ ...step, choiceSeed });
      return;
    }
    if (step.when !== undefined || isLateBound(selector, cluster) || isLateBound(target, cluster)) {
      this.late.push({ id, choiceSeed, step });
      this.resolved.push({ ...step, choiceSeed });
      if (step.source === 'nemesis') this.#model.expectLate(this.#nowMs + (durationMs ?? 0));
      return;
    }
    const matching = matchingNodes(selector, cluster);
    const candidates = matching.filter((name) => this.#model.canTake(name, fault.action) && fitsRole(fault, name, cluster));
    const chosen = chooseNodes(step, candidates, random, matching.length === 0 ? nobodyText(selector) : undefined);
    const { nodes } = chosen;
    const targets = target && matchingNodes(target, cluster);
    const shortfall = chosen.shortfall ?? aloneness(nodes, targets);
    const planned: PlannedFault = {
      ...fault,
      id,
      atMs: this.#nowMs,
      nodes,
      ...(targets === undefined ? {} : { targets }),
      source: step.source ?? 'step',
      choiceSeed,
      ...unmetNames(step, candidates),
      ...(shortfall === undefined ? {} : { shortfall: shortfallText(shortfall, step) }),
    };
    this.#record(planned);
    // A step that found too few nodes stays as it was written: a repeated run has the same shortfall.
    this.resolved.push(
      shortfall !== undefined || nodes.length === 0
        ? { ...step, choiceSeed }
        : {
            ...step,
            choiceSeed,
            selector: { names: nodes },
            mode: { kind: 'all' },
            ...(targets === undefined ? {} : { target: { names: targets } }),
          },
    );
    const undo = undoOf(planned);
    if (durationMs === undefined || undo === undefined || nodes.length === 0) return;
    this.#schedule(this.#nowMs + durationMs, PRIORITY.undo, () => this.#undo(undo, planned));
  }

  /** Adds datanodes by the next free names. @returns the names */
  #grow(mode: Mode): string[] {
    const before = this.#cluster;
    this.#cluster = grownBy(before, countOf(mode, 1));
    const names = datanodeNames(this.#cluster).slice(before.datanodes);
    for (const name of names) this.#model.add(name);
    return names;
  }

  /** Takes back what still needs it: another step may have done it already. */
  #undo(undo: PlannedAction, { nodes, choiceSeed }: PlannedFault): void {
    const isLift = undo.action === 'lift';
    if (isLift && !this.#model.isOpen(undo.of)) return;
    const needy = isLift ? nodes : nodes.filter((name) => this.#model.needs(name, undo.action as 'restart' | 'resume'));
    if (needy.length > 0)
      this.#record({ ...undo, id: this.#nextId++, atMs: this.#nowMs, nodes: needy, source: 'undo', choiceSeed });
  }

  #scheduleNemesis(): void {
    const { nemesis } = this.#scenario;
    if (nemesis === undefined) return;
    const random = this.#nemesisRandom;
    const strike = (): void => {
      const world: NemesisWorld = {
        cluster: this.#cluster,
        startedWith: this.#scenario.cluster.datanodes,
        random,
        model: this.#model,
        isBack: (name) => this.#isBack(name),
      };
      const step = nemesisStep(nemesis, world, this.#nowMs);
      if (step !== undefined) this.#runStep(step);
      this.#schedule(this.#nowMs + nemesisPauseMs(nemesis, random), PRIORITY.nemesis, strike);
    };
    this.#schedule(nemesisPauseMs(nemesis, random), PRIORITY.nemesis, strike);
  }

  #isBack(name: string): boolean {
    return this.#nowMs - (this.#restartedAtMs.get(name) ?? -Infinity) >= RESTART_MS;
  }

  #record(fault: PlannedFault): void {
    this.faults.push(fault);
    // A disk that failed may have ended the process: it comes back when the fault is lifted.
    const isRestart =
      fault.action === 'restart' ||
      fault.action === 'add' ||
      (fault.action === 'lift' && fault.nodes.some((name) => this.#model.isUnsettled(name)));
    this.#model.apply(fault);
    if (isRestart) for (const name of fault.nodes) this.#restartedAtMs.set(name, fault.atMs);
  }
}

/**
 * The faults of a run. The same scenario and seed give the same plan.
 * @param seed 0 <= seed < 2^32
 */
export function planFaults(scenario: Scenario, seed: number): FaultPlan {
  const { faults, late } = new Planner(scenario, seed).plan();
  return { faults, late };
}

/**
 * The same scenario without chance in its schedule: every fault of the nemesis is a step, and every step has the names it concerns.
 * Only what waits for the running cluster stays as it was. `planFaults` of it, with the same seed, gives the same faults.
 * @param seed 0 <= seed < 2^32
 */
export function resolveScenario(scenario: Scenario, seed: number): Scenario {
  const { nemesis: _, ...rest } = scenario;
  return { ...rest, seed, steps: new Planner(scenario, seed).plan().resolved };
}
