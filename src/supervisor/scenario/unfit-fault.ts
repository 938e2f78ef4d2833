/** Which faults of files cannot strike what a selector matches, and why. Pure. */
import type { FaultSpec, FaultWord } from '../faults.js';
import { masterNames } from './scenario.js';
import type { ScenarioCluster } from './scenario.js';
import { DAMAGES } from './step-schema.js';

const beyondRepair = (word: FaultWord): string => `${word} of the only master is refused: its metadata would be gone`;
const isDamage = (word: FaultWord): boolean => DAMAGES.some((damage) => damage === word);

/** Tells whether a fault can strike a node, as far as its role goes: logs are on masters only. */
export function fitsRole(fault: FaultSpec, name: string, cluster: ScenarioCluster): boolean {
  return !('file' in fault) || fault.file !== 'log' || masterNames(cluster).includes(name);
}

/**
 * Of a step.
 * @param reachable the nodes that the selector can ever match
 * @returns undefined when it can strike
 */
export function unfitFault(fault: FaultSpec, reachable: readonly string[], cluster: ScenarioCluster): string | undefined {
  if (!('file' in fault)) return unfitWord(fault.action, reachable, cluster);
  const masters = masterNames(cluster);
  const hasMaster = reachable.some((name) => masters.includes(name));
  if (fault.file !== 'log') {
    if (reachable.some((name) => !masters.includes(name))) return undefined;
    return `${fault.action} of a ${fault.file} strikes datanodes, and the selector matches masters only: "target: log" is theirs`;
  }
  if (!hasMaster) return 'only masters have a log, and the selector matches none';
  return cluster.masters === 1 ? beyondRepair(fault.action) : undefined;
}

/** Of a nemesis, which chooses the file itself: of a master only a bit of the log can be struck. As above. */
export function unfitWord(word: FaultWord, reachable: readonly string[], cluster: ScenarioCluster): string | undefined {
  const masters = masterNames(cluster);
  const onlyMasters = !reachable.some((name) => !masters.includes(name));
  if (!onlyMasters || (word !== 'wipe' && !isDamage(word))) return undefined;
  if (cluster.masters === 1) return beyondRepair(word);
  return word === 'wipe' || word === 'bitflip' ? undefined : `${word} strikes datanodes, and the selector matches masters only`;
}
