/** The output of the `lab` commands: text, or one JSON object a line. */
import { signalText } from '../../supervisor/api/exit-text.js';
import { textTable } from '../../shared/text-table.js';
import { formatBytes } from '../../shared/units.js';
import { printable } from '../terminal/standard-output.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { ActiveFaultView } from '../../supervisor/api/lab-faults.js';
import type { SteadyLoadStatus } from '../../supervisor/api/steady-load.js';
import { unreportedText } from '../terminal/unreported-text.js';

export { writeLine } from '../terminal/standard-output.js';

/** One line on standard error. */
export function complain(reason: string): void {
  process.stderr.write(`lab: ${printable(reason.replace(/\s*\n\s*/g, ' '), process.stderr)}\n`);
}

/** The text of `lab faults`. */
export function faultLines(faults: readonly ActiveFaultView[]): string[] {
  if (faults.length === 0) return ['no fault is active'];
  const rows = [
    ['FAULT', 'EFFECTS', 'SINCE', 'LEFT', 'WHAT'],
    ...faults.map(({ id, effects, sinceMs, leftMs, text }) => [
      `#${id}`,
      String(effects),
      timeOfDay(sinceMs),
      leftMs === undefined ? '-' : `${(leftMs / 1_000).toFixed(1)}s`,
      printable(text),
    ]),
  ];
  // The last column may contain any characters: no column is aligned after it.
  return textTable(rows, Infinity, (cell) => cell.length);
}

/** The text of `lab load status`. */
export function loadLines(load: SteadyLoadStatus): string[] {
  const { isOn, type, clients, sinceMs, operations, errors, bytes, opsPerSecond, errorsPerSecond, bytesPerSecond } = load;
  if (sinceMs === null) return ['the load is off'];
  const ms = (value: number | null): string => (value === null ? '-' : `${value.toFixed(1)} ms`);
  const now = `${opsPerSecond.toFixed(1)} operations/s, ${formatBytes(Math.round(bytesPerSecond))}/s, ${errorsPerSecond.toFixed(1)} errors/s`;
  return [
    `the load is ${isOn ? 'on' : 'off'}: ${type}, ${clients} clients, since ${timeOfDay(sinceMs)}`,
    ...(isOn ? [`now: ${now}, p50 ${ms(load.p50Ms)}, p99 ${ms(load.p99Ms)}`] : []),
    `total: ${operations} operations, ${formatBytes(bytes)}, ${errors} errors`,
    ...(load.lastError === '' ? [] : [`last error: ${printable(load.lastError)}`]),
    ...(load.broken === 0 ? [] : [`VIOLATED GUARANTEES: ${load.broken}, the last: ${printable(load.lastBroken)}`]),
  ];
}

const timeOfDay = (unixMs: number): string => new Date(unixMs).toISOString().slice(11, 19);

/** The text of an event. */
export function eventLine(event: ClusterEvent): string {
  return `${timeOfDay(event.atMs)}  ${printable(eventText(event))}`;
}

function eventText(event: ClusterEvent): string {
  switch (event.event) {
    case 'node-state':
      return `${event.node} is ${event.to} (was ${event.from})`;
    case 'fault':
      return `${event.action} ${event.nodes.length === 0 ? 'everything' : event.nodes.join(', ')}`;
    case 'fault-begin':
      return `#${event.id} active: ${event.text}`;
    case 'fault-end':
      return `#${event.id} ended: ${event.text}; ${event.effects} effects (${event.evidence})`;
    case 'node-exit':
      return `${event.node} ended ${event.signal === null ? `with exit code ${String(event.code)}` : `by ${signalText(event.signal)}`}`;
    case 'chunks': {
      const { total, healthy, underReplicated, missing, unreported } = event.chunks;
      return `chunks: ${total} total, ${healthy} healthy, ${underReplicated} under-replicated, ${missing} missing${unreportedText(unreported)}`;
    }
    case 'leader':
      return `${event.node} leads in term ${event.term}`;
    case 'node-log':
      return `${event.node} ${event.level}: ${event.message}`;
  }
}
