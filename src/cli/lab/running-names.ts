/** Names of a running lab's nodes and racks, for completion: read from its folder, without asking the lab. */
import { findRunningLab } from '../../lab/live/running-labs.js';
import { type LabNode, readLabRecord } from '../../supervisor/folder/lab-record.js';
import type { NodeRole } from '../../supervisor/api/cluster-status.js';
import type { Candidate } from '../terminal/completion/complete-line.js';

/**
 * Names of nodes.
 * @param partial what was typed: names may stand before the last, separated by commas
 * @param dir the lab's folder; left out: of the newest that is up
 * @param role left out: of all nodes
 */
export function nodeNames(partial: string, dir: string | undefined, role?: NodeRole): Candidate[] {
  const nodes = nodesOf(dir).filter((node) => role === undefined || node.role === role);
  return listed(
    partial,
    nodes.map(({ id, role: kind }) => ({ value: id, about: kind })),
  );
}

/** Names of racks. Parameters as of nodeNames. */
export function rackNames(partial: string, dir: string | undefined): Candidate[] {
  const racks = new Set(nodesOf(dir).flatMap(({ role, rack }) => (role === 'datanode' ? [rack] : [])));
  return listed(
    partial,
    [...racks].map((value) => ({ value })),
  );
}

/** None when no lab runs, or its folder cannot be read. */
function nodesOf(dir: string | undefined): readonly LabNode[] {
  const lab = findRunningLab(dir);
  return lab === null ? [] : (readLabRecord(lab.dir)?.nodes ?? []);
}

/** What may follow the names that are there already. */
function listed(partial: string, names: readonly Candidate[]): Candidate[] {
  const lead = partial.slice(0, partial.lastIndexOf(',') + 1);
  const taken = lead.split(',');
  return names.filter(({ value }) => !taken.includes(value)).map((name) => ({ ...name, value: lead + name.value }));
}
