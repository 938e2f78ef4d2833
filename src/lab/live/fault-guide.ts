/** `lab help faults`: what each fault does, from the fault table. */
import { FAULT_RUNTIMES } from '../../supervisor/api/fault-row.js';
import type { FaultRow } from '../../supervisor/api/fault-row.js';
import { FAULT_WORDS, FAULTS } from '../../supervisor/api/fault-table.js';

const INDENT_COLUMNS = Math.max(...FAULT_WORDS.map((word) => word.length));
const line = (word: string, text: string): string => `  ${word.padEnd(INDENT_COLUMNS)}  ${text}`;

const worksOn = ({ worksOn: on = FAULT_RUNTIMES }: FaultRow): string =>
  FAULT_RUNTIMES.map((runtime) => (on.includes(runtime) ? runtime[0] : '-')).join(' ');

export function faultGuideLines(): string[] {
  const rows = FAULT_WORDS.map((word) => ({ word, row: FAULTS[word] }));
  return [
    'Faults, in scenarios and as lab commands, and where they work: p process, t thread, s simulation',
    ...rows.map(({ word, row }) => line(word, `${worksOn(row)}  ${row.does}`)),
    '',
    'There is no loss: a byte stream cannot lose bytes and continue, because TCP retransmits them. Use delay, bandwidth or stall.',
    '',
    'Faults that are less exact on a thread (--runtime thread) than on a process (--runtime process):',
    ...rows.flatMap(({ word, row: { onThreads } }) => (onThreads === undefined ? [] : [line(word, onThreads)])),
    line('all', 'threads share a process, and its pool for file calls: when the process ends, all nodes end'),
    'Verdicts about crashes come from processes, and from the simulation.',
    '',
    'Keys of a fault: lab help delay. Active faults of a running lab: lab faults. In the terminal UI: the key :',
  ];
}
