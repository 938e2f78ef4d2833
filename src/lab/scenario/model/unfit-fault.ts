/** Which faults of files cannot affect the nodes that a selector matches, and why. Pure. */
import type { DamagedFile, FaultSpec, FaultWord } from '../../../supervisor/api/fault.js';
import { FAULTS } from '../../../supervisor/api/fault-table.js';
import { masterNames } from './scenario.js';
import type { ScenarioCluster } from './scenario.js';

const beyondRepair = (word: FaultWord): string => `${word} of the only master is refused: its metadata would be gone`;
const isOnMasters = (file: DamagedFile): boolean => file === 'log' || file === 'checkpoint';

/** Returns whether a fault can affect a node of this role: logs and checkpoints are on masters only, replicas on datanodes. */
export function fitsRole(fault: FaultSpec, name: string, cluster: ScenarioCluster): boolean {
  if (!('file' in fault)) return hasRoleOf(fault.action, name, cluster);
  return isOnMasters(fault.file) === masterNames(cluster).includes(name);
}

/** Tells whether a node has the role that a word affects. */
export function hasRoleOf(word: FaultWord, name: string, cluster: ScenarioCluster): boolean {
  const { role } = FAULTS[word];
  return role === undefined || (role === 'master') === masterNames(cluster).includes(name);
}

/**
 * Of a step.
 * @param reachable the nodes that the selector can ever match
 * @returns undefined when it can affect one of them
 */
export function unfitFault(fault: FaultSpec, reachable: readonly string[], cluster: ScenarioCluster): string | undefined {
  if (!('file' in fault)) return unfitWord(fault.action, reachable, cluster);
  const { action, file } = fault;
  if (!reachable.some((name) => fitsRole(fault, name, cluster))) {
    return isOnMasters(file)
      ? `only masters have a ${file}, and the selector matches none`
      : `${action} of a ${file} affects datanodes, but the selector matches masters only: masters have "target: log"`;
  }
  return isOnMasters(file) && FAULTS[action].takesData === true && cluster.masters === 1 ? beyondRepair(action) : undefined;
}

/** Of a nemesis, which chooses the file itself. As above. */
export function unfitWord(word: FaultWord, reachable: readonly string[], cluster: ScenarioCluster): string | undefined {
  const { role, takesData, mayLose } = FAULTS[word];
  if (!reachable.some((name) => hasRoleOf(word, name, cluster))) return `${word} affects ${role}s, and the selector matches none`;
  // What may lose data is not refused because it would.
  if (takesData !== true || mayLose === true) return undefined;
  const masters = masterNames(cluster);
  const onlyMasters = reachable.length > 0 && reachable.every((name) => masters.includes(name));
  return onlyMasters && cluster.masters === 1 ? beyondRepair(word) : undefined;
}
