/** `distrifs admin log-inspect`: the records of a stopped master's log, and where it is damaged. Changes nothing. */
import { createNodeRuntime } from '../runtime/node/index.js';
import { isDfsError } from '../shared/errors.js';
import type { Disk } from '../shared/runtime.js';
import { formatBytes } from '../shared/units.js';
import { SILENT_LOGGER } from './admin-command.js';
import { type LogItem, LogWindow } from './log-window.js';
import { writeLine } from './standard-output.js';
import { textTable } from './text-table.js';

export interface InspectFlags {
  readonly dataDir: string;
  readonly around?: number;
  /** In which `around` counts. */
  readonly file: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** Reads the log files of a folder in order, and goes on behind damage where a record can be recognised. Given by the master's entry point. */
export type InspectLog = (disk: Disk, onItem: (item: LogItem) => void) => Promise<void>;

/** Fails when a master runs on the folder: its log grows while it is read, and would look torn. */
async function assertStopped(disk: Disk): Promise<void> {
  await disk.list('.');
  try {
    await (await disk.lock()).release();
  } catch (error) {
    if (isDfsError(error, 'DATA_DIR_LOCKED'))
      throw new Error(`${error.message}: stop it first, or inspect a copy of the folder`, { cause: error });
    // A folder that cannot be written (a copy, a disk in trouble) can still be read, and nobody can be writing to it.
  }
}

function itemRow(item: LogItem, centre: LogItem | null): string[] {
  const { file, offset, sizeBytes, record } = item;
  const mark = item === centre ? '>' : '';
  const text = record === null ? ['DAMAGED', '-', '-'] : [record.operation, String(record.term), String(record.index)];
  return [mark, file, text[0] ?? '', String(offset), String(sizeBytes), ...text.slice(1)];
}

function show(window: LogWindow): void {
  const head = ['', 'file', 'operation', 'offset', 'bytes', 'term', 'index'];
  for (const line of textTable([head, ...window.items.map((item) => itemRow(item, window.centre))], 3)) writeLine(line);
  for (const { file, records, bytes, firstIndex, lastIndex } of window.files) {
    const indexes = firstIndex === null ? '' : `, index ${firstIndex} to ${lastIndex}`;
    writeLine(`${file}: ${records} records, ${formatBytes(bytes)}${indexes}`);
  }
  for (const { file, offset, sizeBytes, reason } of window.damage) {
    writeLine(`${file} is damaged at offset ${offset}, ${formatBytes(sizeBytes)}: ${reason ?? 'these bytes are no record'}`);
  }
  if (window.damagedPlaces === 0) writeLine('no damage');
  else if (window.damagedPlaces > window.damage.length) writeLine(`${window.damagedPlaces} damaged places in all`);
}

function jsonOf({ file, offset, sizeBytes, record, reason }: LogItem): object {
  return record === null ? { file, offset, sizeBytes, damaged: reason ?? '' } : { file, offset, sizeBytes, ...record };
}

/**
 * Prints a part of a log.
 * @param inspect the reader
 */
export async function inspectLogOf(flags: InspectFlags, inspect: InspectLog): Promise<void> {
  const { runtime, close } = createNodeRuntime({ dataDir: flags.dataDir, log: SILENT_LOGGER });
  try {
    await assertStopped(runtime.disk);
    const window = new LogWindow(flags.around === undefined ? null : { file: flags.file, offset: flags.around }, flags.limit);
    await inspect(runtime.disk, (item) => window.push(item));
    if (window.files.length === 0)
      throw new Error(`"${flags.dataDir}" holds no log: name the folder of a master with --data-dir`);
    if (flags.around !== undefined && window.centre === null) {
      const files = window.files.map(({ file, bytes }) => `${file} (${bytes} bytes)`).join(', ');
      throw new Error(`nothing is at offset ${flags.around} of ${flags.file}: there are ${files}; choose one with --file`);
    }
    if (flags.json === true) {
      const damage = window.damage.map(jsonOf);
      writeLine(
        JSON.stringify(
          { files: window.files, damage, damagedPlaces: window.damagedPlaces, records: window.items.map(jsonOf) },
          null,
          2,
        ),
      );
    } else {
      show(window);
    }
  } finally {
    await close();
  }
}
