/** Keeps the end of the logs of simulated nodes and clients, in the format of a node's log file. */
import type { SimLogLine } from '../../runtime/memory/memory-logger.js';
import { LOG_BYTES_MAX } from '../record/copy-logs.js';

interface KeptLog {
  /** The kept lines; the first ones may be dropped already. */
  lines: string[];
  chars: number;
}

/** JSON has no form for errors, 64-bit counters and bytes. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? `${value.length} bytes` : value;
}

export class LogKeeper {
  readonly #charsMax: number;
  readonly #logs = new Map<string, KeptLog>();

  /** @param charsMax limit for each log; up to twice as much is kept in memory */
  constructor(charsMax: number = LOG_BYTES_MAX) {
    this.#charsMax = charsMax;
  }

  add({ timeMs, machine, level, message, fields }: SimLogLine): void {
    const log = this.#logs.get(machine) ?? { lines: [], chars: 0 };
    this.#logs.set(machine, log);
    const line = `${JSON.stringify({ virtualMs: timeMs, level, ...fields, msg: message }, plain)}\n`;
    log.lines.push(line);
    log.chars += line.length;
    if (log.chars > 2 * this.#charsMax) this.#cut(log);
  }

  /** Machine names with their logs. */
  *all(): Generator<readonly [machine: string, text: string]> {
    for (const [machine, log] of this.#logs) {
      this.#cut(log);
      yield [machine, log.lines.join('')];
    }
  }

  #cut(log: KeptLog): void {
    let gone = 0;
    while (log.chars > this.#charsMax) log.chars -= log.lines[gone++]?.length ?? log.chars;
    if (gone > 0) log.lines = log.lines.slice(gone);
  }
}
