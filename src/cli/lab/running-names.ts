/** Names of a running lab's nodes and racks, for completion; read from its folder, without a request to the lab. */
import { findRunningLab } from '../../lab/live/running-labs.js';
import { type LabNode, readLabRecord } from '../../supervisor/folder/lab-record.js';
import type { NodeRole } from '../../supervisor/api/cluster-status.js';
import type { Candidate } from '../terminal/completion/complete-line.js';

/**
 * Names of nodes.
 * @param partial the typed text: complete names may precede the last, separated by commas
 * @param dir the lab's folder. Default: that of the newest running lab
 * @param role Default: all nodes
 */
export function nodeNames(partial: string, dir: string | undefined, role?: NodeRole): Candidate[] {
  const nodes = nodesOf(dir).filter((node) => role === undefined || node.role === role);
  return listed(
    partial,
    nodes.map(({ id, role: kind }) => ({ value: id, about: kind })),
  );
}

/** Names of racks. Parameters as for nodeNames. */
export function rackNames(partial: string, dir: string | undefined): Candidate[] {
  const racks = new Set(nodesOf(dir).flatMap(({ role, rack }) => (role === 'datanode' ? [rack] : [])));
  return listed(
    partial,
    [...racks].map((value) => ({ value })),
  );
}

/** Empty when no lab is running, or its folder cannot be read. */
function nodesOf(dir: string | undefined): readonly LabNode[] {
  const lab = findRunningLab(dir);
  return lab === null ? [] : (readLabRecord(lab.dir)?.nodes ?? []);
}

/** The names that can follow the names already typed. */
function listed(partial: string, names: readonly Candidate[]): Candidate[] {
  const lead = partial.slice(0, partial.lastIndexOf(',') + 1);
  const taken = lead.split(',');
  return names.filter(({ value }) => !taken.includes(value)).map((name) => ({ ...name, value: lead + name.value }));
}
