/**
 * What the nemesis does: at each strike one fault of its list, with targets, figures and duration, all by seeded chance. Pure.
 *
 * At most max(1, datanodes - replication) datanodes are down, silent or on their way back at once, so that new files still find
 * their replicas, except in a blackout: now and then a power cut takes every node at one moment. Of several masters a minority at most
 * is down at once, except now and then; a disk of theirs is lost, or a bit of their logs flips, only while all others are well.
 */
import type { SeededRandom } from '../../runtime/memory/seeded-random.js';
import { KIB, MIB } from '../../shared/limits.js';
import { CLOCK_ACTIONS, IO_ACTIONS } from '../faults.js';
import type { DamageFault, Direction, FaultSpec, FaultWord, NetworkFault } from '../faults.js';
import { pickOne, pickSome } from './choices.js';
import type { NodeModel } from './node-model.js';
import { matchingNodes } from './matching-nodes.js';
import { datanodeNames, masterNames, nodeNames } from './scenario.js';
import type { Nemesis, ScenarioCluster, Selector, Step } from './scenario.js';

/** A power cut takes all nodes, one time in this many. */
const BLACKOUT_ONE_IN = 6;
/** A partition is of one node, or of several, one time in this many. */
const GROUP_ONE_IN = 3;
/** Masters are struck although no majority is left then, one time in this many: nothing is acknowledged meanwhile, and nothing lost. */
const NO_MAJORITY_ONE_IN = 5;
const HOUR_MS = 3_600_000;
/** Without a selector the nemesis lets the master alone. */
const DATANODES: Selector = { roles: ['datanode'] };
/** Nothing to take back. */
const ONCE: readonly FaultWord[] = ['bitflip', 'truncate', 'remove'];
/** While it lasts, the node does not serve. */
const DISABLING: readonly FaultWord[] = ['kill', 'powercut', 'stop', 'wipe', 'pause', 'partition', 'isolate', 'reset', 'refuse'];
const ON_DATANODES: readonly FaultWord[] = ['wipe', 'bitflip', 'truncate', 'remove'];
/** Those of them that a group of masters bears. */
const ON_GROUPS: readonly FaultWord[] = ['wipe', 'bitflip'];

export interface NemesisWorld {
  readonly cluster: ScenarioCluster;
  readonly model: NodeModel;
  readonly random: SeededRandom;
  /** A node that was restarted serves again. */
  readonly isBack: (name: string) => boolean;
}

/** The time until the next strike: half to one and a half of the interval. */
export function nemesisPauseMs({ intervalMs }: Nemesis, random: SeededRandom): number {
  return random.integer(Math.ceil(intervalMs / 2), Math.ceil(intervalMs * 1.5));
}

/** One strike; undefined when nothing can be struck now. @param atMs now */
export function nemesisStep(nemesis: Nemesis, world: NemesisWorld, atMs: number): Step | undefined {
  const { random } = world;
  const word = pickOne(random, nemesis.faults);
  const nodes = word === undefined ? [] : victims(word, nemesis, world);
  if (word === undefined || nodes.length === 0) return undefined;
  const durationMs = random.integer(Math.ceil(nemesis.intervalMs / 2), nemesis.intervalMs * 2);
  const drawn = faultOf(word, random);
  const fault = isDamageOfLog(drawn, nodes, world) ? { ...drawn, file: 'log' as const } : drawn;
  const target = 'direction' in fault ? otherSide(nodes, world) : undefined;
  return {
    atMs,
    ...(ONCE.includes(word) ? {} : { durationMs }),
    fault,
    selector: { names: nodes },
    ...(target === undefined ? {} : { target: { names: target } }),
    mode: { kind: 'all' },
    lot: random.uint32(),
    source: 'nemesis',
    line: 0,
  };
}

function victims(word: FaultWord, nemesis: Nemesis, world: NemesisWorld): string[] {
  const { cluster, model, random, isBack } = world;
  const datanodes = datanodeNames(cluster);
  const mayStrike = matchingNodes(nemesis.selector ?? DATANODES, cluster);
  const masters = mayStrike.filter((name) => !datanodes.includes(name));
  // Only masters look at the wall clock.
  const isClock = CLOCK_ACTIONS.some((action) => action === word) && masters.length > 0;
  const isBorne = (name: string): boolean => !ON_DATANODES.includes(word) || isOnGroup(word, world) || datanodes.includes(name);
  const allowed = isClock ? masters : mayStrike.filter(isBorne);
  if (word === 'powercut' && random.integer(1, BLACKOUT_ONE_IN) === 1) {
    return allowed.filter((name) => model.canTake(name, word));
  }
  const isFit = (name: string): boolean => model.isWell(name) && isBack(name);
  const fit = allowed.filter((name) => model.canTake(name, word) && isFit(name) && sparesMasters(name, word, world, isFit));
  if (!DISABLING.includes(word) && !IO_ACTIONS.some((action) => action === word)) return pickSome(random, fit, 1);
  // Damage takes no node away.
  if (ONCE.includes(word)) return pickSome(random, fit, 1);
  const unfit = datanodes.filter((name) => !isFit(name)).length;
  const free = Math.max(1, cluster.datanodes - cluster.replication) - unfit;
  const count = word === 'partition' && random.integer(1, GROUP_ONE_IN) === 1 ? random.integer(1, Math.max(1, free)) : 1;
  const chosen = pickSome(random, fit, count);
  return chosen.filter((name) => datanodes.includes(name)).length <= Math.max(0, free) ? chosen : [];
}

const isOnGroup = (word: FaultWord, { cluster }: NemesisWorld): boolean => cluster.masters > 1 && ON_GROUPS.includes(word);

const isDamageOfLog = (fault: FaultSpec, nodes: readonly string[], { cluster }: NemesisWorld): fault is DamageFault =>
  'file' in fault && nodes.every((name) => masterNames(cluster).includes(name));

/** Tells whether the group of masters may lose this one to the fault; of the single master nothing is spared but its disk. */
function sparesMasters(
  name: string,
  word: FaultWord,
  { cluster, random }: NemesisWorld,
  isFit: (name: string) => boolean,
): boolean {
  const masters = masterNames(cluster);
  if (masters.length === 1 || !masters.includes(name)) return true;
  const unfit = masters.filter((other) => other !== name && !isFit(other)).length;
  if (ON_GROUPS.includes(word)) return unfit === 0;
  if (!DISABLING.includes(word) && !IO_ACTIONS.some((action) => action === word)) return true;
  return unfit + 1 <= Math.floor((masters.length - 1) / 2) || random.integer(1, NO_MAJORITY_ONE_IN) === 1;
}

/** Whom a network fault separates the nodes from: mostly everybody. */
function otherSide(nodes: readonly string[], { cluster, random }: NemesisWorld): string[] | undefined {
  const others = nodeNames(cluster).filter((name) => !nodes.includes(name));
  if (others.length === 0 || random.chance(0.6)) return undefined;
  return pickSome(random, others, random.integer(1, others.length));
}

function direction(random: SeededRandom): Direction {
  return pickOne(random, ['both', 'both', 'to', 'from'] as const) ?? 'both';
}

function faultOf(word: FaultWord, random: SeededRandom): FaultSpec {
  switch (word) {
    case 'partition':
    case 'isolate':
      return { action: word, kind: random.chance(0.75) ? 'stall' : 'reset', direction: direction(random) };
    case 'delay':
      return { action: word, delayMs: random.integer(1, 150), jitterMs: random.integer(0, 100), ...onLinks(random) };
    case 'bandwidth':
      return { action: word, bytesPerSecond: random.integer(16, 1_024) * KIB, ...onLinks(random) };
    case 'reset':
    case 'refuse':
      return { action: word, ...onLinks(random) };
    case 'bitflip':
    case 'truncate':
    case 'remove':
      return { action: word, file: random.chance(0.7) ? 'chunk' : 'meta' };
    case 'eio': {
      const calls = pickOne(random, ['any', 'read', 'write', 'sync'] as const) ?? 'any';
      return { action: word, calls, percent: random.integer(1, 50) };
    }
    case 'slow':
      return { action: word, delayMs: random.integer(1, 80) };
    case 'fill':
      return { action: word, freeBytes: random.integer(0, MIB / 4) };
    case 'jump':
    case 'skew':
      return { action: word, offsetMs: random.integer(-HOUR_MS, HOUR_MS) };
    case 'drift':
      return { action: word, ppm: random.integer(-100_000, 100_000) };
    case 'slow-cpu':
      return { action: word, percent: random.integer(20, 90) };
    default:
      return { action: word };
  }
}

function onLinks(random: SeededRandom): Pick<NetworkFault, 'direction'> {
  return { direction: direction(random) };
}
