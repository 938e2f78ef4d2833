/** The last lines of a terminal, which are redrawn repeatedly; results are written above them. */
import { cutToWidth } from './cut-to-width.js';

interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const CLEAR_BELOW = '\u001b[J';

export class ProgressArea {
  readonly #terminal: Terminal;
  #lines: readonly string[] = [];
  /** Number of the lines shown now. */
  #drawn = 0;

  constructor(terminal: Terminal = process.stderr) {
    this.#terminal = terminal;
  }

  /** Shows the lines of a text; an empty text removes the area. */
  show(text: string): void {
    this.#lines = text === '' ? [] : text.split('\n');
    this.#terminal.write(`${this.#start()}${this.#text()}`);
  }

  /** Writes lines in place of the area. */
  above(write: () => void): void {
    if (this.#drawn > 0) {
      this.#terminal.write(this.#start());
      this.#drawn = 0;
    }
    write();
    if (this.#lines.length > 0) this.#terminal.write(this.#text());
  }

  /** Moves the cursor to the beginning of the area, and clears the area. */
  #start(): string {
    return this.#drawn === 0 ? '' : `\r${this.#drawn > 1 ? `\u001b[${this.#drawn - 1}A` : ''}${CLEAR_BELOW}`;
  }

  /** Cuts the lines to the size of the terminal, because a wrapped or scrolled line cannot be redrawn. */
  #text(): string {
    const { columns = 80, rows = 24 } = this.#terminal;
    const shown = this.#lines.slice(-Math.max(1, (rows || 24) - 1));
    this.#drawn = shown.length;
    return shown.map((line) => cutToWidth(line, (columns || 80) - 1)).join('\n');
  }
}
