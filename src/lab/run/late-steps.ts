/** Steps whose nodes are known only at their time: they wait for a condition, or ask for what only the running cluster knows. */
import { SeededRandom } from '../../runtime/faults/seeded-random.js';
import type { PlannedFault } from '../../supervisor/api/fault.js';
import type { BreakableCluster } from '../../supervisor/api/cluster-control.js';
import type { ClusterStatus, NodeState } from '../../supervisor/api/cluster-status.js';
import { conditionHolds } from '../scenario/model/expression.js';
import { asksForChunks, asksForPart, matchingNodes } from '../scenario/model/matching-nodes.js';
import { nobodyText } from '../scenario/model/nobody-text.js';
import type { FaultQueue } from './fault-queue.js';
import type { RunClock } from '../workloads/run-clock.js';
import { grownBy } from '../scenario/model/scenario.js';
import type { ScenarioCluster, Selector, Trigger } from '../scenario/model/scenario.js';
import { aloneness, chooseNodes, unmetNames } from '../scenario/model/choose-nodes.js';
import { undoOf } from '../scenario/plan/schedule.js';
import type { LateStep } from '../scenario/plan/schedule.js';
import { shortfallText } from '../scenario/model/shortfall.js';
import { fitsRole } from '../scenario/model/unfit-fault.js';

/** A step that means the leader or the followers waits this long for a leader. */
const LEADER_WITHIN_MS = 10_000;
/** A step that means nodes by what they hold or write waits so long for enough of them: a chunk is half written for moments only. */
const FOUND_WITHIN_MS = 3_000;
/** Between two looks at a condition: what holds for a shorter time may be missed. */
const LOOK_MS = 50;

export interface LateWorld {
  readonly cluster: ScenarioCluster;
  readonly control: BreakableCluster;
  readonly clock: RunClock;
  /** Milliseconds since the workload began. */
  readonly elapsedMs: () => number;
  /** Fires when no step is to begin any more. */
  readonly signal: AbortSignal;
  /** A number no other fault of the run has. */
  readonly nextId: () => number;
  readonly execute: (fault: PlannedFault) => Promise<void>;
  readonly queue: FaultQueue;
}

/** What choosing nodes asks. */
export interface ChoosingWorld extends Pick<LateWorld, 'cluster' | 'control' | 'clock' | 'elapsedMs' | 'signal'> {
  /** Default: all. */
  readonly takers?: Takers;
}

/** The nodes that a fault could do something to. */
export interface Takers {
  readonly canTake: (name: string, status: ClusterStatus) => boolean;
  /** What such a node is or does, as it follows "no node": `is paused`. */
  readonly what: string;
}

/**
 * Waits for the step's condition, chooses, injects, and undoes after the duration where the run lasts that long.
 * @returns why it was not tried; undefined when it was
 */
export async function runLateStep(late: LateStep, world: LateWorld): Promise<string | undefined> {
  const { step } = late;
  const { clock, elapsedMs, signal } = world;
  try {
    await clock.sleep(Math.max(0, step.atMs - elapsedMs()), signal);
    if (step.when !== undefined && !(await comesTrue(step.when, world))) return untried(late);
  } catch (error) {
    if (signal.aborted) return untried(late);
    throw error;
  }
  const fault = await world.queue.inTurn(async () => {
    const chosen = await chooseLate(late, world);
    await world.execute(chosen);
    return chosen;
  });
  const undo = undoOf(fault);
  if (step.durationMs === undefined || undo === undefined || fault.nodes.length === 0) return undefined;
  try {
    await clock.sleep(Math.max(0, fault.atMs + step.durationMs - elapsedMs()), signal);
  } catch (error) {
    // The final heal undoes it.
    if (signal.aborted) return undefined;
    throw error;
  }
  const { nodes, choiceSeed } = fault;
  await world.execute({ ...undo, id: world.nextId(), atMs: Math.round(elapsedMs()), nodes, source: 'undo', choiceSeed });
  return undefined;
}

/** Tells whether the file gives a step room to begin and to end before the run does. */
export function hasRoom({ step: { atMs, when, durationMs } }: LateStep, runMs: number): boolean {
  return atMs + (when?.timeoutMs ?? 0) + (durationMs ?? 0) <= runMs;
}

function untried({ step: { when, line } }: LateStep): string {
  const what = when === undefined ? 'its time' : `"${when.condition.text}"`;
  return `line ${line} was not tried: ${what} did not come within ${(when?.timeoutMs ?? 0) / 1_000}s or before the end`;
}

async function comesTrue({ condition, timeoutMs }: Trigger, { control, clock, elapsedMs, signal }: LateWorld): Promise<boolean> {
  const endMs = elapsedMs() + timeoutMs;
  while (!conditionHolds(condition, await control.status())) {
    if (elapsedMs() >= endMs) return false;
    await clock.sleep(LOOK_MS, signal);
  }
  return true;
}

/**
 * The fault that a step means as the cluster is now. Where it means nodes by what they hold or write, and finds too few, it looks
 * again for a while, and ends with a shortfall after that.
 */
export async function chooseLate(late: LateStep, world: ChoosingWorld): Promise<PlannedFault> {
  const { clock, elapsedMs, signal } = world;
  const { selector, target } = late.step;
  const canFindMore = asksForChunks(selector) || asksForChunks(target);
  const endMs = elapsedMs() + FOUND_WITHIN_MS;
  for (;;) {
    const fault = await chooseNow(late, world);
    if (fault.shortfall === undefined || !canFindMore || elapsedMs() >= endMs || signal.aborted) return fault;
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

async function chooseNow({ id, choiceSeed, step }: LateStep, world: ChoosingWorld): Promise<PlannedFault> {
  const { control, elapsedMs, takers } = world;
  const { selector, target, fault } = step;
  const cluster = grownBy(world.cluster, control.datanodes().length - world.cluster.datanodes);
  const status = await (asksForPart(selector, cluster) || asksForPart(target, cluster) ? onceLed(world) : control.status());
  const matching = await present(selector, { control, cluster, status });
  const fitting = matching.filter((name) => fitsRole(fault, name, cluster));
  const candidates = fitting.filter((name) => takers?.canTake(name, status) !== false);
  const nobody =
    matching.length === 0 ? nobodyText(selector) : fitting.length === 0 ? undefined : nobodyText(selector, takers?.what);
  const chosen = chooseNodes(step, candidates, new SeededRandom(String(choiceSeed), 'late step'), nobody);
  const { nodes } = chosen;
  const targets = target && (await present(target, { control, cluster, status }));
  const shortfall = chosen.shortfall ?? aloneness(nodes, targets);
  return {
    ...fault,
    id,
    atMs: Math.round(elapsedMs()),
    nodes,
    ...(targets === undefined ? {} : { targets }),
    source: step.source ?? 'step',
    choiceSeed,
    ...unmetNames(step, candidates),
    ...(shortfall === undefined ? {} : { shortfall: shortfallText(shortfall, step) }),
  };
}

interface Present {
  readonly control: BreakableCluster;
  /** With what was added by now. */
  readonly cluster: ScenarioCluster;
  readonly status: ClusterStatus;
}

/** The nodes that a selector means now. */
async function present(selector: Selector | undefined, { control, cluster, status }: Present): Promise<string[]> {
  const found = await onlyTheClusterKnows(selector, control);
  return matchingNodes(selector, cluster).filter(
    (name) =>
      isInState(name, selector?.states, status) && hasPart(name, selector, cluster, status) && found?.includes(name) !== false,
  );
}

/** How the cluster is once a master leads; or how it is when the wait is over. */
async function onceLed({ control, clock, elapsedMs, signal }: ChoosingWorld): Promise<ClusterStatus> {
  const endMs = elapsedMs() + LEADER_WITHIN_MS;
  for (;;) {
    const status = await control.status();
    if (isLed(status) || elapsedMs() >= endMs || signal.aborted) return status;
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

/** A leader without a successor still counts as the leader, but does not lead once its process is gone. */
function isLed({ leader, nodes }: ClusterStatus): boolean {
  return leader !== null && nodes.find((node) => node.id === leader)?.state !== 'stopped';
}

function hasPart(name: string, selector: Selector | undefined, cluster: ScenarioCluster, status: ClusterStatus): boolean {
  if (!asksForPart(selector, cluster)) return true;
  if (selector?.is === 'leader') return name === status.leader;
  return name !== status.leader && status.nodes.find((node) => node.id === name)?.member?.role === 'follower';
}

/** Undefined where the selector asks nothing of the kind. */
async function onlyTheClusterKnows(
  selector: Selector | undefined,
  control: BreakableCluster,
): Promise<readonly string[] | undefined> {
  const holders = selector?.holds === undefined ? undefined : await control.holders(selector.holds);
  const writers = selector?.inPipeline === undefined ? undefined : await control.writers();
  return holders === undefined || writers === undefined ? (holders ?? writers) : holders.filter((name) => writers.includes(name));
}

/** A node without a process counts as dead too. */
function isInState(name: string, states: readonly NodeState[] | undefined, { nodes }: ClusterStatus): boolean {
  const state = nodes.find((node) => node.id === name)?.state;
  if (states === undefined || state === undefined) return true;
  return states.includes(state) || (state === 'stopped' && states.includes('dead'));
}
