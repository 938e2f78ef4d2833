/** A terminal for tests: takes in what is written to it as a real one would, as far as the UI makes use of it. */
import { PassThrough } from 'node:stream';

const ESCAPE = '\u001B';
/** A control sequence, or one character. */
const TOKEN = new RegExp(`${ESCAPE}\\[([?\\d;]*)([A-Za-z])|([\\s\\S])`, 'gu');

export class FakeTerminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly #input = new PassThrough();
  readonly #output = new PassThrough();
  /** Lines of the alternate screen. */
  lines: string[][] = [];
  alternate = false;
  cursorShown = true;
  wraps = true;
  raw = false;
  /** Characters that would have scrolled the screen or left it. */
  strays = 0;
  clears = 0;
  written = '';
  #row = 0;
  #column = 0;

  constructor(
    public columns: number,
    public rows: number,
  ) {
    // The UI uses of a terminal only what is put together here.
    this.stdin = Object.assign(this.#input, {
      isTTY: true,
      ref: () => undefined,
      unref: () => undefined,
      setRawMode: (raw: boolean) => (this.raw = raw),
    }) as unknown as NodeJS.ReadStream;
    this.stdout = Object.assign(this.#output, { isTTY: true, columns, rows }) as unknown as NodeJS.WriteStream;
    this.#output.on('data', (data: Buffer) => this.#take(data.toString('utf8')));
  }

  /** Types text at the keyboard. */
  type(text: string): void {
    this.#input.write(text);
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    Object.assign(this.#output, { columns, rows });
    this.#output.emit('resize');
  }

  /** What a person sees. */
  text(): string {
    return this.lines.map((line) => Array.from(line, (char: string | undefined) => char ?? ' ').join('')).join('\n');
  }

  #take(data: string): void {
    this.written += data;
    for (const [, parameters = '', final, char] of data.matchAll(TOKEN)) {
      if (char !== undefined) this.#put(char);
      else if (final === 'H') this.#move(parameters);
      else if (final === 'J') this.#clear();
      else if (final === 'K') this.lines[this.#row] = [];
      else if (final === 'h' || final === 'l') this.#mode(parameters, final === 'h');
    }
  }

  #put(char: string): void {
    if (char === '\n' || this.#column >= this.columns || this.#row >= this.rows) {
      this.strays++;
      return;
    }
    (this.lines[this.#row] ??= [])[this.#column++] = char;
  }

  #move(parameters: string): void {
    const [row = '1', column = '1'] = parameters.split(';');
    this.#row = Number(row) - 1;
    this.#column = Number(column) - 1;
  }

  #clear(): void {
    this.clears++;
    this.lines = [];
  }

  #mode(parameters: string, on: boolean): void {
    if (parameters === '?1049') this.alternate = on;
    if (parameters === '?25') this.cursorShown = on;
    if (parameters === '?7') this.wraps = on;
  }
}
