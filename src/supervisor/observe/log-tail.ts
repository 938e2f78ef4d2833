/** Follows a node's log for warnings and errors. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

export interface LogLine {
  readonly level: 'warn' | 'error';
  readonly message: string;
}

/** Limit of one read: of a log that grows faster, only the latest lines are read. */
const READ_BYTES_MAX = 64 * 1024;
const LINES_MAX = 20;
const MESSAGE_CHARS_MAX = 500;

export class LogTail {
  readonly #file: string;
  #offset: number;
  #rest = '';

  /** Starts at the present end of the file. */
  constructor(file: string) {
    this.#file = file;
    this.#offset = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** The warnings and errors written since the last call, at most the last LINES_MAX. */
  read(): LogLine[] {
    const lines = (this.#rest + this.#readNew()).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-READ_BYTES_MAX);
    return lines
      .map(parseLine)
      .filter((line) => line !== null)
      .slice(-LINES_MAX);
  }

  #readNew(): string {
    let file: number;
    try {
      file = openSync(this.#file, 'r');
    } catch {
      return '';
    }
    try {
      const { size } = fstatSync(file);
      if (size < this.#offset) this.#offset = 0;
      if (size - this.#offset > READ_BYTES_MAX) {
        this.#offset = size - READ_BYTES_MAX;
        this.#rest = '';
      }
      const bytes = Buffer.alloc(size - this.#offset);
      const count = bytes.length === 0 ? 0 : readSync(file, bytes, 0, bytes.length, this.#offset);
      this.#offset += count;
      return bytes.toString('utf8', 0, count);
    } finally {
      closeSync(file);
    }
  }
}

/** null for everything but a JSON line of level warn or above: the output of a crash is reported with the exit. */
function parseLine(line: string): LogLine | null {
  if (!/"level":"(?:warn|error|fatal)"/.test(line)) return null;
  try {
    // Verified below, field by field.
    const entry = JSON.parse(line) as { readonly level?: unknown; readonly msg?: unknown };
    if (typeof entry.msg !== 'string') return null;
    return { level: entry.level === 'warn' ? 'warn' : 'error', message: entry.msg.slice(0, MESSAGE_CHARS_MAX) };
  } catch {
    return null;
  }
}
