/** Logger of the simulated runtime: every line goes into the simulation's record, and to the test's sink where there is one. */
import type { LogFields, Logger } from '../../shared/runtime.js';
import type { SimProcess } from './sim-process.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A line that a simulated process logged. */
export interface SimLogLine {
  /** Virtual. */
  readonly timeMs: number;
  readonly machine: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Longer ones are cut in the record. */
const FIELDS_CHARS_MAX = 500;

/** The logger of `process`. */
export function createMemoryLogger(process: SimProcess, sink: (line: SimLogLine) => void, fields: LogFields = {}): Logger {
  const write = (level: LogLevel) => (message: string, own?: LogFields) => {
    if (!process.isAlive) return;
    const { scheduler, host } = process;
    const all = { ...fields, ...own };
    scheduler.record.add(scheduler.nowUs, host.name, `log.${level} ${message}${fieldsText(all)}`);
    sink({ timeMs: scheduler.nowUs / 1_000, machine: host.name, level, message, fields: all });
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (more) => createMemoryLogger(process, sink, { ...fields, ...more }),
  };
}

/** Fields on one line, without what differs between equal runs: an error's stack names places on this computer. */
function fieldsText(fields: LogFields): string {
  if (Object.keys(fields).length === 0) return '';
  const plain = (_key: string, value: unknown): unknown => {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (typeof value === 'bigint') return value.toString();
    return value instanceof Uint8Array ? `${value.length} bytes` : value;
  };
  try {
    return ` ${JSON.stringify(fields, plain).slice(0, FIELDS_CHARS_MAX)}`;
  } catch {
    // A log line must never fail what it speaks of.
    return ' {fields that JSON cannot carry}';
  }
}
