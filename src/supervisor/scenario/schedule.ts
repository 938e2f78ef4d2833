/**
 * Turns a scenario and a seed into the concrete list of faults, before anything starts: time, action, nodes. Pure.
 *
 *   steps ─┐
 *          ├─► events in time order ─► model of every node ─► planned faults
 *   nemesis┘      ▲                                                │
 *                 └───────────── undo after `duration` ◄───────────┘
 *
 * Selectors by state ask the model (what the plan itself has done to a node so far), not the running cluster: that is
 * what makes the schedule depend on nothing but the file and the seed.
 */
import { timingsOf } from '../../shared/profile.js';
import { SeededRandom } from '../../runtime/memory/seeded-random.js';
import type { FaultAction, PartitionKind } from '../types.js';
import { pickOne, pickSome } from './choices.js';
import { NodeModel } from './node-model.js';
import { matchingNodes } from './read-step.js';
import { datanodeNames, nodeNames } from './scenario.js';
import type { Mode, Scenario, Step } from './scenario.js';

export type FaultSource = 'step' | 'nemesis' | 'undo';

export interface PlannedFault {
  /** Since the workload began. */
  readonly atMs: number;
  readonly action: FaultAction;
  readonly nodes: readonly string[];
  /** Of partition and isolate. */
  readonly kind: PartitionKind;
  readonly source: FaultSource;
  /** What is wrong with it: fewer nodes than the step asks for. Such a fault cannot prove anything. */
  readonly shortfall?: string;
}

interface Event {
  readonly atMs: number;
  /** Where times are equal, the order in which events were made. */
  readonly order: number;
  readonly run: () => void;
}

/** Actions of a step and what takes them back. */
const UNDO: Partial<Record<FaultAction, FaultAction>> = {
  kill: 'restart',
  stop: 'restart',
  pause: 'resume',
  partition: 'heal',
  isolate: 'heal',
};

function countOf(mode: Mode, candidates: number): number {
  switch (mode.kind) {
    case 'one':
      return 1;
    case 'all':
      return candidates;
    case 'fixed':
      return mode.count;
    case 'percent':
      return Math.ceil((candidates * mode.percent) / 100);
    case 'minority':
      return Math.max(0, Math.floor((candidates - 1) / 2));
    case 'majority':
      return Math.floor(candidates / 2) + 1;
  }
}

/** What a process needs to serve again. */
const RESTART_MS = 1_000;

class Planner {
  readonly #scenario: Scenario;
  readonly #model: NodeModel;
  readonly #stepRandom: SeededRandom;
  readonly #nemesisRandom: SeededRandom;
  readonly #events: Event[] = [];
  readonly #planned: PlannedFault[] = [];
  readonly #restartedAtMs = new Map<string, number>();
  #order = 0;
  #nowMs = 0;

  constructor(scenario: Scenario, seed: number) {
    this.#scenario = scenario;
    this.#model = new NodeModel(nodeNames(scenario.cluster), timingsOf(scenario.cluster.profile));
    // A stream each: adding a step does not change what the nemesis does.
    this.#stepRandom = new SeededRandom(String(seed), 'scenario steps');
    this.#nemesisRandom = new SeededRandom(String(seed), 'scenario nemesis');
  }

  plan(): readonly PlannedFault[] {
    for (const step of this.#scenario.steps) this.#schedule(step.atMs, () => this.#runStep(step));
    if (this.#scenario.nemesis !== undefined) this.#scheduleNemesis();
    let next = this.#takeNext();
    while (next !== undefined) {
      this.#nowMs = next.atMs;
      next.run();
      next = this.#takeNext();
    }
    return this.#planned;
  }

  /** What would come after the end is left to the final heal. */
  #schedule(atMs: number, run: () => void): void {
    if (atMs > this.#scenario.durationMs) return;
    this.#events.push({ atMs, order: this.#order, run });
    this.#order += 1;
  }

  #takeNext(): Event | undefined {
    let first = 0;
    for (const [index, event] of this.#events.entries()) {
      const best = this.#events[first];
      if (best === undefined) break;
      if (event.atMs < best.atMs || (event.atMs === best.atMs && event.order < best.order)) first = index;
    }
    return this.#events.splice(first, 1)[0];
  }

  #runStep(step: Step): void {
    const { selector, mode, action } = step;
    const matching = matchingNodes(selector, this.#scenario.cluster).filter((name) =>
      this.#model.isInState(name, selector?.states, this.#nowMs),
    );
    const candidates = matching.filter((name) => this.#model.canTake(name, action));
    const wanted = countOf(mode, candidates.length);
    const nodes = pickSome(this.#stepRandom, candidates, wanted);
    const isShort = nodes.length === 0 || nodes.length < wanted;
    const shortfall = `line ${step.line} asks for ${mode.kind === 'fixed' ? mode.count : mode.kind}, and ${candidates.length} fit then`;
    this.#record({ atMs: this.#nowMs, action, nodes, kind: step.kind, source: 'step', ...(isShort ? { shortfall } : {}) });
    if (step.durationMs === undefined) return;
    const undo = UNDO[action];
    if (undo !== undefined && nodes.length > 0) this.#schedule(this.#nowMs + step.durationMs, () => this.#undo(undo, nodes));
  }

  /** Takes back what still needs it: another step may have done it already. */
  #undo(action: FaultAction, nodes: readonly string[]): void {
    const needy = nodes.filter((name) => this.#model.needs(name, action));
    if (needy.length > 0) this.#record({ atMs: this.#nowMs, action, nodes: needy, kind: 'stall', source: 'undo' });
  }

  /**
   * Kills one datanode about every interval (half to one and a half of it), and restarts it after half to two intervals.
   * At most max(1, datanodes - replication) are down (or on their way back) at once, so that new files still find their replicas; data on disks
   * survives a kill anyway.
   */
  #scheduleNemesis(): void {
    const { nemesis, cluster } = this.#scenario;
    if (nemesis === undefined) return;
    const random = this.#nemesisRandom;
    const downMax = Math.max(1, cluster.datanodes - cluster.replication);
    const pause = (): number => random.integer(Math.ceil(nemesis.intervalMs / 2), Math.ceil(nemesis.intervalMs * 1.5));
    const strike = (): void => {
      const datanodes = datanodeNames(cluster);
      const up = datanodes.filter((name) => this.#model.canTake(name, 'kill') && this.#isBack(name));
      const victim = datanodes.length - up.length < downMax ? pickOne(random, up) : undefined;
      if (victim !== undefined) {
        this.#record({ atMs: this.#nowMs, action: 'kill', nodes: [victim], kind: 'stall', source: 'nemesis' });
        const downMs = random.integer(Math.ceil(nemesis.intervalMs / 2), nemesis.intervalMs * 2);
        this.#schedule(this.#nowMs + downMs, () => this.#undo('restart', [victim]));
      }
      this.#schedule(this.#nowMs + pause(), strike);
    };
    this.#schedule(pause(), strike);
  }

  #isBack(name: string): boolean {
    return this.#nowMs - (this.#restartedAtMs.get(name) ?? -Infinity) >= RESTART_MS;
  }

  #record(fault: PlannedFault): void {
    this.#planned.push(fault);
    for (const name of fault.nodes) {
      this.#model.apply(name, fault.action, fault.atMs);
      if (fault.action === 'restart') this.#restartedAtMs.set(name, fault.atMs);
    }
  }
}

/**
 * The faults of a run, in the order of time. The same scenario and seed give the same list.
 * @param seed 0 <= seed < 2^32
 */
export function planFaults(scenario: Scenario, seed: number): readonly PlannedFault[] {
  return new Planner(scenario, seed).plan();
}
