/** What simulated nodes and clients logged, the end of each log: lines as a node's log file has them. */
import type { SimLogLine } from '../../runtime/memory/memory-logger.js';
import { LOG_BYTES_MAX } from '../record/copy-logs.js';

interface KeptLog {
  /** Some of the first ones may be gone already. */
  lines: string[];
  chars: number;
}

/** Errors, 64-bit counters and bytes have no JSON of their own. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? `${value.length} bytes` : value;
}

export class LogKeeper {
  readonly #charsMax: number;
  readonly #logs = new Map<string, KeptLog>();

  /** @param charsMax of each log; up to twice as much is kept in memory */
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

  /** Names and texts. */
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
