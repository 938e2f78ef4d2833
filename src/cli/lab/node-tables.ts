/** Tables of a cluster's nodes, as text. */
import stringWidth from 'string-width';
import { textTable } from '../../shared/text-table.js';
import { formatBytes } from '../../shared/units.js';
import type { ClusterStatus, MemberStatus, NodeInfo } from '../../supervisor/api/cluster-status.js';
import { printable } from '../terminal/standard-output.js';
import { faultLines } from './lab-output.js';
import { unreportedText } from '../terminal/unreported-text.js';

const printableTable = (rows: readonly (readonly string[])[]): string[] =>
  textTable(
    rows.map((row) => row.map((cell) => printable(cell))),
    Infinity,
    stringWidth,
  );

/** The process id; a thread has none. */
const pidText = (pid: number | null, isRunning: boolean): string => (pid !== null ? String(pid) : isRunning ? 'thread' : '-');

/** The nodes of a new cluster. */
export function nodeLines(nodes: readonly NodeInfo[]): string[] {
  return printableTable([
    ['NODE', 'ADDRESS', 'PID', 'DATA'],
    ...nodes.map((node) => [node.id, node.address, pidText(node.pid, node.life !== null), node.dataDir]),
  ]);
}

/** The text of `lab status`. */
export function statusLines(status: ClusterStatus): string[] {
  const { total, healthy, underReplicated, missing, unreported } = status.chunks;
  const notes = [
    ...(status.safeMode ? ['safe mode'] : []),
    ...(status.masterReachable ? [] : ['no leader answers: figures of datanodes and chunks are out of date']),
  ];
  const leads = status.leader === null ? 'no master leads' : `${status.leader} leads in term ${status.term}`;
  return [
    ...printableTable([
      ['NODE', 'ROLE', 'STATE', 'TERM', 'INDEX', 'LAG', 'PID', 'USED', 'CHUNKS', 'RACK', 'ADDRESS'],
      ...status.nodes.map((node) => [
        node.id,
        node.role === 'master' ? (node.member?.role ?? 'master') : node.role,
        [node.state, ...(node.disk === 'writable' ? [] : [node.disk]), ...(node.partitioned ? ['cut off'] : [])].join(', '),
        ...memberCells(node.member),
        pidText(node.pid, node.state !== 'stopped'),
        node.role === 'master' ? '-' : formatBytes(node.usedBytes),
        node.role === 'master' ? '-' : String(node.replicaCount),
        node.role === 'master' ? '-' : node.rack,
        node.address,
      ]),
    ]),
    leads,
    `${total} chunks: ${healthy} healthy, ${underReplicated} under-replicated, ${missing} missing${unreportedText(unreported)}; ${status.files} files`,
    ...notes.map((note) => `note: ${note}`),
    ...(status.faults.length === 0 ? [] : ['', ...faultLines(status.faults)]),
  ];
}

/** Term, applied index and lag of a master; empty for a datanode. */
function memberCells(member: MemberStatus | null): string[] {
  if (member === null) return ['-', '-', '-'];
  return [String(member.term), String(member.appliedIndex), member.lag === null ? '?' : String(member.lag)];
}
