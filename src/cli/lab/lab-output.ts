/** What the `lab` commands print: lines for people, or one JSON object a line. */
import { formatBytes } from '../../shared/units.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { ClusterStatus, MemberStatus, NodeInfo } from '../../supervisor/api/cluster-status.js';
import type { ActiveFaultView } from '../../supervisor/api/lab-faults.js';
import type { SteadyLoadStatus } from '../../supervisor/api/steady-load.js';

export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One line on standard error. */
export function complain(reason: string): void {
  process.stderr.write(`lab: ${reason.replace(/\s*\n\s*/g, ' ')}\n`);
}

/** Columns as wide as their widest cell, two blanks apart. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A thread has no process of its own. */
const pidText = (pid: number | null, isRunning: boolean): string => (pid !== null ? String(pid) : isRunning ? 'thread' : '-');

/** The nodes of a cluster that just started. */
export function nodeLines(nodes: readonly NodeInfo[]): string[] {
  return table([
    ['NODE', 'ADDRESS', 'PID', 'DATA'],
    ...nodes.map((node) => [node.id, node.address, pidText(node.pid, node.life !== null), node.dataDir]),
  ]);
}

/** `lab status` for people. */
export function statusLines(status: ClusterStatus): string[] {
  const { total, healthy, underReplicated, missing } = status.chunks;
  const notes = [
    ...(status.safeMode ? ['safe mode'] : []),
    ...(status.masterReachable ? [] : ['no leader answers: figures of datanodes and chunks are old']),
  ];
  const leads = status.leader === null ? 'nobody leads' : `${status.leader} leads in term ${status.term}`;
  return [
    ...table([
      ['NODE', 'ROLE', 'STATE', 'TERM', 'INDEX', 'LAG', 'PID', 'USED', 'CHUNKS', 'RACK', 'ADDRESS'],
      ...status.nodes.map((node) => [
        node.id,
        node.role === 'master' ? (node.member?.role ?? 'master') : node.role,
        node.partitioned ? `${node.state}, cut off` : node.state,
        ...memberCells(node.member),
        pidText(node.pid, node.state !== 'stopped'),
        node.role === 'master' ? '-' : formatBytes(node.usedBytes),
        node.role === 'master' ? '-' : String(node.replicaCount),
        node.role === 'master' ? '-' : node.rack,
        node.address,
      ]),
    ]),
    leads,
    `${total} chunks: ${healthy} healthy, ${underReplicated} under-replicated, ${missing} missing; ${status.files} files`,
    ...notes.map((note) => `note: ${note}`),
    ...(status.faults.length === 0 ? [] : ['', ...faultLines(status.faults)]),
  ];
}

/** `lab faults` for people. */
export function faultLines(faults: readonly ActiveFaultView[]): string[] {
  if (faults.length === 0) return ['no fault is in force'];
  return table([
    ['FAULT', 'EFFECTS', 'SINCE', 'LEFT', 'WHAT'],
    ...faults.map(({ id, effects, sinceMs, leftMs, text }) => [
      `#${id}`,
      String(effects),
      timeOfDay(sinceMs),
      leftMs === undefined ? '-' : `${(leftMs / 1_000).toFixed(1)}s`,
      text,
    ]),
  ]);
}

/** `lab load status` for people. */
export function loadLines(load: SteadyLoadStatus): string[] {
  const { isOn, type, clients, sinceMs, operations, errors, bytes, opsPerSecond, errorsPerSecond, bytesPerSecond } = load;
  if (sinceMs === null) return ['the load is off'];
  const ms = (value: number | null): string => (value === null ? '-' : `${value.toFixed(1)} ms`);
  const now = `${opsPerSecond.toFixed(1)} operations/s, ${formatBytes(Math.round(bytesPerSecond))}/s, ${errorsPerSecond.toFixed(1)} errors/s`;
  return [
    `the load is ${isOn ? 'on' : 'off'}: ${type}, ${clients} clients, since ${timeOfDay(sinceMs)}`,
    ...(isOn ? [`now: ${now}, p50 ${ms(load.p50Ms)}, p99 ${ms(load.p99Ms)}`] : []),
    `in all: ${operations} operations, ${formatBytes(bytes)}, ${errors} errors`,
    ...(load.lastError === '' ? [] : [`last error: ${load.lastError}`]),
    ...(load.broken === 0 ? [] : [`BROKEN PROMISES: ${load.broken}, the last: ${load.lastBroken}`]),
  ];
}

const timeOfDay = (unixMs: number): string => new Date(unixMs).toISOString().slice(11, 19);

/** Term, applied index and lag of a master; nothing of a datanode. */
function memberCells(member: MemberStatus | null): string[] {
  if (member === null) return ['-', '-', '-'];
  return [String(member.term), String(member.appliedIndex), member.lag === null ? '?' : String(member.lag)];
}

/** One event for people. */
export function eventLine(event: ClusterEvent): string {
  return `${timeOfDay(event.atMs)}  ${eventText(event)}`;
}

function eventText(event: ClusterEvent): string {
  switch (event.event) {
    case 'node-state':
      return `${event.node} is ${event.to} (was ${event.from})`;
    case 'fault':
      return `${event.action} ${event.nodes.length === 0 ? 'everything' : event.nodes.join(', ')}`;
    case 'fault-begin':
      return `#${event.id} in force: ${event.text}`;
    case 'fault-end':
      return `#${event.id} ended: ${event.text}; ${event.effects} effects (${event.evidence})`;
    case 'node-exit':
      return `${event.node} ended ${event.signal === null ? `with exit code ${String(event.code)}` : `by ${event.signal}`}`;
    case 'chunks': {
      const { total, healthy, underReplicated, missing } = event.chunks;
      return `chunks: ${total} total, ${healthy} healthy, ${underReplicated} under-replicated, ${missing} missing`;
    }
    case 'leader':
      return `${event.node} leads in term ${event.term}`;
    case 'node-log':
      return `${event.node} ${event.level}: ${event.message}`;
  }
}
