/** `distrifs admin log-inspect`: shows the records of a stopped master's log, and its damage. Read-only. */
import stringWidth from 'string-width';
import { createNodeRuntime } from '../../runtime/node/index.js';
import { isDfsError } from '../../shared/errors.js';
import type { Disk } from '../../shared/runtime.js';
import { formatBytes } from '../../shared/units.js';
import { reportingFailure, SILENT_LOGGER } from './admin-command.js';
import { type Inspected, type LogItem, LogWindow } from './log-window.js';
import type { Call } from '../terminal/command-row.js';
import { writeLine } from '../terminal/standard-output.js';
import { textTable } from '../../shared/text-table.js';

export interface InspectFlags {
  readonly dataDir: string;
  /** Bytes. */
  readonly around?: number;
  /** The file to which `around` refers. */
  readonly file: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** Reads the vote and the log files of a folder, and continues after damage. Provided by the master's entry point. */
export type InspectLog = (disk: Disk) => AsyncIterable<Inspected>;

/** Fails when a master runs on the folder, because its growing log would look torn. */
async function assertStopped(disk: Disk): Promise<void> {
  await disk.list('.');
  try {
    await (await disk.lock()).release();
  } catch (error) {
    // A read-only folder (a copy, a failing disk) can still be read: no master can write to it.
    if (!isDfsError(error, 'DATA_DIR_LOCKED')) return;
    throw new Error(
      `a master is running on this folder, and its log would look torn: stop the master first, or inspect a copy (${error.message})`,
      { cause: error },
    );
  }
}

function itemRow(window: LogWindow, item: LogItem): string[] {
  const mark = item === window.centre ? '>' : '';
  const place = [String(item.offset), String(window.sizeOf(item))];
  if (item.kind === 'damage') return [mark, item.file, 'DAMAGED', ...place, '-', '-'];
  const operation = item.problem === null ? item.operation : `${item.operation} MISPLACED`;
  return [mark, item.file, operation, ...place, String(item.term), String(item.index)];
}

function faultText(window: LogWindow, item: LogItem): string {
  const at = `${item.file} at offset ${item.offset}`;
  if (item.kind === 'record') return `${at} is misplaced: ${item.problem}`;
  const text = `${at} is damaged, ${formatBytes(window.sizeOf(item))}: ${item.reason}`;
  if (item.proof !== null) return `${text}. The bytes were durable (${item.proof}): corruption, which a start does not cut`;
  return `${text}. No proof that the bytes were durable: a torn tail, which the next start cuts`;
}

function voteText({ vote }: LogWindow): string {
  if (vote === null) return 'no vote';
  if (vote.kind !== 'sound') return `vote: ${vote.kind} (${vote.reason})`;
  const { term, votedFor, isDamaged } = vote.hardState;
  const recipient = votedFor === null ? 'not given' : `given to ${votedFor.id}`;
  return `vote: term ${term}, ${recipient}${isDamaged ? '; marked as damaged: no vote until its log is repaired' : ''}`;
}

function show(window: LogWindow): void {
  const head = ['', 'file', 'operation', 'offset', 'bytes', 'term', 'index'];
  for (const line of textTable([head, ...window.items.map((item) => itemRow(window, item))], 3, stringWidth)) writeLine(line);
  writeLine(voteText(window));
  for (const { file, role, sizeBytes, records, firstIndex, lastIndex } of window.files) {
    const indexes = firstIndex === null ? '' : `, index ${firstIndex} to ${lastIndex}`;
    writeLine(`${file} (${role}): ${records} records, ${formatBytes(sizeBytes)}${indexes}`);
  }
  for (const item of window.faults) writeLine(faultText(window, item));
  if (window.faultCount === 0) writeLine('no damage');
  else if (window.faultCount > window.faults.length) writeLine(`${window.faultCount} such places in all`);
}

function showJson(window: LogWindow): void {
  const sized = (item: LogItem): object => ({ ...item, sizeBytes: window.sizeOf(item) });
  const { vote, files, faultCount } = window;
  const lists = { faults: window.faults.map(sized), items: window.items.map(sized) };
  writeLine(JSON.stringify({ vote, files, faultCount, ...lists }, null, 2));
}

/**
 * Prints a part of a log.
 * @param inspect the function that reads the log
 */
export async function inspectLogOf(flags: InspectFlags, inspect: InspectLog): Promise<void> {
  const { runtime, close } = createNodeRuntime({ dataDir: flags.dataDir, log: SILENT_LOGGER });
  try {
    await assertStopped(runtime.disk);
    const window = new LogWindow(flags.around === undefined ? null : { file: flags.file, offset: flags.around }, flags.limit);
    for await (const inspected of inspect(runtime.disk)) window.push(inspected);
    if (window.files.length === 0)
      throw new Error(`"${flags.dataDir}" contains no log: name the folder of a master with --data-dir`);
    if (flags.around !== undefined && window.centre === null) {
      const files = window.files.map(({ file, sizeBytes }) => `${file} (${sizeBytes} bytes)`).join(', ');
      throw new Error(`no record at offset ${flags.around} of ${flags.file}: the log has ${files}; choose one with --file`);
    }
    if (flags.json === true) showJson(window);
    else show(window);
  } finally {
    await close();
  }
}

/** The action: it takes the reader from the master's entry point. */
export const logInspect = reportingFailure(async ({ flags }: Call<readonly [], InspectFlags>) => {
  const { inspectLog } = await import('../../master/main.js');
  await inspectLogOf(flags, inspectLog);
});
