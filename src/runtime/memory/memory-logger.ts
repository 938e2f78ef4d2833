/** Logger of the simulated runtime: adds every line to the simulation's record, and passes it to the sink of a test, if any. */
import type { LogFields, Logger } from '../../shared/runtime.js';
import type { SimProcess } from './sim-process.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A line that a simulated process logged. */
export interface SimLogLine {
  /** Virtual time. */
  readonly timeMs: number;
  readonly machine: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Maximum length of the fields of a line in the record. */
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

/** Fields as one line, without the stacks of errors, whose paths differ between equal runs on different machines. */
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
    // Logging must never fail the caller.
    return ' {fields that JSON cannot carry}';
  }
}
