/**
 * What the nemesis does: each time one fault of its list, with targets, figures and duration, all by seeded chance. Pure.
 *
 * At most max(1, datanodes - replication) datanodes are down, silent or on their way back at once, so that new files still find
 * their replicas, except in a blackout: now and then a power cut takes every node at one moment. Of several masters a minority at most
 * is down at once, except now and then; a disk of theirs is lost, or a file of theirs damaged, only while all others are well.
 *
 * Where its selector says `is`, only the running cluster knows the nodes: such a fault is a step that is chosen late, and counts
 * as one on some master for as long as it lasts. A few datanodes are added at most.
 */
import type { SeededRandom } from '../../../runtime/faults/seeded-random.js';
import { DATANODES_MAX } from '../../../supervisor/api/cluster-options.js';
import type { DamagedFile, FaultSpec, FaultWord, PartitionShape } from '../../../supervisor/api/fault.js';
import type { Draw } from '../../../supervisor/api/fault-row.js';
import { actsOn, FAULTS, keysOf } from '../../../supervisor/api/fault-table.js';
import { pickOne, pickSome } from '../../../shared/choices.js';
import type { NodeModel } from './node-model.js';
import { isLateBound, matchingNodes } from '../model/matching-nodes.js';
import { hasRoleOf } from '../model/unfit-fault.js';
import { faultOf } from '../grammar/read-fault.js';
import { datanodeNames, masterNames, nodeNames } from '../model/scenario.js';
import type { Nemesis, ScenarioCluster, Selector, Step } from '../model/scenario.js';

/** A power cut takes all nodes, one time in this many. */
const BLACKOUT_ONE_IN = 6;
/** A partition is of one node, or of several, one time in this many. */
const GROUP_ONE_IN = 3;
/** A fault leaves no majority of masters, one time in this many: nothing is acknowledged meanwhile, and nothing lost. */
const NO_MAJORITY_ONE_IN = 5;
/** A partition divides a group of nodes among themselves, one time in this many. */
const SHAPE_ONE_IN = 4;
const SHAPES: readonly PartitionShape[] = ['halves', 'bridge', 'ring'];
/** For every shape. */
const SHAPE_NODES = 3;
/** Failing calls concern files of one kind, one time in this many. */
const FILE_ONE_IN = 2;
/** Datanodes beyond those of the start. */
const ADDED_MAX = 3;
/** Without a selector the nemesis lets the master alone. */
const DATANODES: Selector = { roles: ['datanode'] };
export interface NemesisWorld {
  /** With what was added so far. */
  readonly cluster: ScenarioCluster;
  /** Datanodes that the cluster had at first. */
  readonly startedWith: number;
  readonly model: NodeModel;
  readonly random: SeededRandom;
  /** A node that was restarted serves again. */
  readonly isBack: (name: string) => boolean;
}

/** The time until the next fault: half to one and a half of the interval. */
export function nemesisPauseMs({ intervalMs }: Nemesis, random: SeededRandom): number {
  return random.integer(Math.ceil(intervalMs / 2), Math.ceil(intervalMs * 1.5));
}

/** One fault; undefined when no node can be affected now. @param atMs now */
export function nemesisStep(nemesis: Nemesis, world: NemesisWorld, atMs: number): Step | undefined {
  const { random, cluster } = world;
  const word = pickOne(random, nemesis.faults);
  if (word === undefined) return undefined;
  if (word === 'add') return mayAdd(world, atMs) ? strike({ action: word }, { atMs, choiceSeed: random.uint32() }) : undefined;
  const isLate = isLateBound(nemesis.selector, cluster);
  const nodes = isLate ? lateVictims(word, nemesis, world, atMs) : victims(word, nemesis, world, atMs);
  if (nodes.length === 0) return undefined;
  const durationMs = random.integer(Math.ceil(nemesis.intervalMs / 2), nemesis.intervalMs * 2);
  const plain = drawFault(word, random);
  const target = 'direction' in plain && !isLate ? otherSide(nodes, world) : undefined;
  const choiceSeed = random.uint32();
  const shaped = plain.action === 'partition' && !isLate ? shapedNodes(choiceSeed, nemesis, world) : undefined;
  const fault = shaped === undefined ? onFilesOf(nodes, plain, choiceSeed, world) : { ...plain, shape: shapeOf(choiceSeed) };
  const timing = { atMs, ...(FAULTS[word].undo === null ? {} : { durationMs }) };
  if (isLate) return { ...strike(fault, { ...timing, choiceSeed }), ...(nemesis.selector && { selector: nemesis.selector }) };
  const names = shaped ?? nodes;
  const others = target === undefined || shaped !== undefined ? {} : { target: { names: target } };
  return { ...strike(fault, { ...timing, choiceSeed }), selector: { names }, ...others, mode: { kind: 'all' } };
}

/** A step of the nemesis on one node. */
function strike(fault: FaultSpec, timing: Pick<Step, 'atMs' | 'durationMs' | 'choiceSeed'>): Step {
  const mode = fault.action === 'add' ? ({ kind: 'fixed', count: 1 } as const) : ({ kind: 'one' } as const);
  return { ...timing, fault, mode, source: 'nemesis', line: 0 };
}

/** A new node is taken in by a leader: without one, its addition would wait before the steps that bring the masters back. */
function mayAdd({ cluster, startedWith, model, isBack }: NemesisWorld, atMs: number): boolean {
  const well = masterNames(cluster).filter((name) => model.isWell(name) && isBack(name)).length;
  const canLead = well - model.lateStrikes(atMs) > cluster.masters / 2;
  return canLead && cluster.datanodes < Math.min(startedWith + ADDED_MAX, DATANODES_MAX);
}

/** All masters, or all datanodes, that a partition of a shape may divide; undefined when it is to be one of the usual kind. */
function shapedNodes(choiceSeed: number, nemesis: Nemesis, { cluster, model, isBack }: NemesisWorld): string[] | undefined {
  if (choiceSeed % SHAPE_ONE_IN !== 0) return undefined;
  const datanodes = datanodeNames(cluster);
  const mayStrike = matchingNodes(nemesis.selector ?? DATANODES, cluster);
  const isFit = (name: string): boolean => model.isWell(name) && isBack(name) && model.canTake(name, 'partition');
  const groups = [mayStrike.filter((name) => !datanodes.includes(name)), mayStrike.filter((name) => datanodes.includes(name))];
  const ready = groups.filter((group) => group.length >= SHAPE_NODES && group.every(isFit));
  return ready[Math.floor(choiceSeed / SHAPE_ONE_IN) % Math.max(1, ready.length)];
}

const shapeOf = (choiceSeed: number): PartitionShape => SHAPES[Math.floor(choiceSeed / 64) % SHAPES.length] ?? 'halves';

/** The fault, on files that all these nodes have. */
function onFilesOf(nodes: readonly string[], fault: FaultSpec, choiceSeed: number, { cluster }: NemesisWorld): FaultSpec {
  const masters = masterNames(cluster);
  const ofMasters = nodes.filter((name) => masters.includes(name)).length;
  if (fault.action === 'eio') {
    if (choiceSeed % FILE_ONE_IN !== 0 || (ofMasters > 0 && ofMasters < nodes.length)) return fault;
    const files: readonly DamagedFile[] = ofMasters > 0 ? ['log', 'checkpoint'] : ['chunk', 'meta'];
    const file = files[Math.floor(choiceSeed / FILE_ONE_IN) % files.length];
    return file === undefined ? fault : { ...fault, file };
  }
  if (ofMasters === 0 || !('file' in fault)) return fault;
  return { ...fault, file: fault.file === 'chunk' ? 'log' : 'checkpoint' };
}

/** Masters of which one is affected, chosen when the fault is injected; none while the group cannot spare one. */
function lateVictims(word: FaultWord, nemesis: Nemesis, world: NemesisWorld, atMs: number): string[] {
  const { cluster, model, isBack } = world;
  const isFit = (name: string): boolean => model.isWell(name) && isBack(name);
  const fit = matchingNodes(nemesis.selector, cluster).filter(isFit);
  return fit.length > 0 && mayLose(word, masterNames(cluster).filter((name) => !isFit(name)).length, world, atMs) ? fit : [];
}

function victims(word: FaultWord, nemesis: Nemesis, world: NemesisWorld, atMs: number): string[] {
  const { cluster, model, random, isBack } = world;
  const datanodes = datanodeNames(cluster);
  const mayStrike = matchingNodes(nemesis.selector ?? DATANODES, cluster);
  const masters = mayStrike.filter((name) => !datanodes.includes(name));
  // Only masters look at the wall clock.
  const isClock = actsOn(word, 'clock') && masters.length > 0;
  const isBorne = (name: string): boolean => FAULTS[word].takesData !== true || cluster.masters > 1 || datanodes.includes(name);
  const allowed = (isClock ? masters : mayStrike.filter(isBorne)).filter((name) => hasRoleOf(word, name, cluster));
  if (word === 'powercut' && random.integer(1, BLACKOUT_ONE_IN) === 1) {
    return allowed.filter((name) => model.canTake(name, word));
  }
  const isFit = (name: string): boolean => model.isWell(name) && isBack(name);
  const fit = allowed.filter(
    (name) => model.canTake(name, word) && isFit(name) && sparesMasters(name, word, { ...world, isFit, atMs }),
  );
  // Neither this nor damage takes a node away.
  if (FAULTS[word].disables === undefined || FAULTS[word].undo === null) return pickSome(random, fit, 1);
  const unfit = datanodes.filter((name) => !isFit(name)).length;
  const free = Math.max(1, cluster.datanodes - cluster.replication) - unfit;
  const count = word === 'partition' && random.integer(1, GROUP_ONE_IN) === 1 ? random.integer(1, Math.max(1, free)) : 1;
  const chosen = pickSome(random, fit, count);
  return chosen.filter((name) => datanodes.includes(name)).length <= Math.max(0, free) ? chosen : [];
}

interface Sparing extends NemesisWorld {
  readonly isFit: (name: string) => boolean;
  readonly atMs: number;
}

/** Tells whether the group of masters may lose this one to the fault; of the single master nothing is spared but its disk. */
function sparesMasters(name: string, word: FaultWord, world: Sparing): boolean {
  const masters = masterNames(world.cluster);
  if (masters.length === 1 || !masters.includes(name)) return true;
  const unfit = masters.filter((other) => other !== name && !world.isFit(other)).length;
  return mayLose(word, unfit, world, world.atMs);
}

/** Returns whether the group tolerates a fault on one more master. @param unfit masters that are down already */
function mayLose(word: FaultWord, unfit: number, { cluster, model, random }: NemesisWorld, atMs: number): boolean {
  const away = unfit + model.lateStrikes(atMs);
  if (FAULTS[word].takesData === true) return away === 0;
  if (FAULTS[word].disables === undefined) return true;
  return away + 1 <= Math.floor((cluster.masters - 1) / 2) || random.integer(1, NO_MAJORITY_ONE_IN) === 1;
}

/** The nodes that a network fault separates the given ones from: mostly all others. */
function otherSide(nodes: readonly string[], { cluster, random }: NemesisWorld): string[] | undefined {
  const others = nodeNames(cluster).filter((name) => !nodes.includes(name));
  if (others.length === 0 || random.chance(0.6)) return undefined;
  return pickSome(random, others, random.integer(1, others.length));
}

/** A fault of the word, with figures by chance. */
function drawFault(word: FaultWord, random: SeededRandom): FaultSpec {
  const fields: Record<string, string | number> = {};
  for (const [, key] of keysOf(FAULTS[word])) {
    const value = key.draw === undefined ? key.default : drawn(key.draw, random);
    if (value !== undefined) fields[key.field] = value;
  }
  return faultOf(word, fields);
}

function drawn(draw: Draw, random: SeededRandom): string | number | undefined {
  if ('from' in draw) return random.integer(draw.from, draw.to) * (draw.unit ?? 1);
  if ('among' in draw) return pickOne(random, draw.among);
  return random.chance(draw.chance) ? draw.mostly : draw.otherwise;
}
