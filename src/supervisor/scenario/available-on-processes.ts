/** Which faults a cluster of real processes knows today, and what `lab run` therefore refuses before anything starts. */
import type { FaultWord } from '../faults.js';
import type { Scenario } from './scenario.js';
import type { Problem } from './yaml-source.js';

export const PROCESS_FAULTS: ReadonlySet<FaultWord> = new Set([
  'kill',
  'stop',
  'restart',
  'pause',
  'resume',
  'wipe',
  'add',
  'partition',
  'isolate',
  'delay',
  'bandwidth',
  'reset',
  'refuse',
  'heal',
  'bitflip',
  'truncate',
  'remove',
  'powercut',
  'slow-cpu',
  'eio',
  'enospc',
  'slow',
  'fill',
  'jump',
  'skew',
  'drift',
]);

function refusal(words: readonly FaultWord[], place: { readonly line?: number; readonly column?: number }): Problem[] {
  const unknown = [...new Set(words)].filter((word) => !PROCESS_FAULTS.has(word));
  if (unknown.length === 0) return [];
  const last = unknown.at(-1) ?? '';
  const listed = unknown.length === 1 ? `${last} is` : `${unknown.slice(0, -1).join(', ')} and ${last} are`;
  const message = `${listed} not available on processes yet; lab sim has ${unknown.length === 1 ? 'it' : 'them'}`;
  return [{ line: place.line ?? 1, column: place.column ?? 1, message }];
}

/** What a cluster of processes cannot do of a scenario, in the order of the file; empty when it can do all of it. */
export function unavailableOnProcesses({ steps, nemesis }: Scenario): readonly Problem[] {
  const problems = [
    ...steps.flatMap((step) => refusal([step.fault.action], step)),
    ...(nemesis === undefined ? [] : refusal(nemesis.faults, nemesis)),
  ];
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}
