/** The last line of a terminal, drawn over and over; results are written above it. */
export class ProgressLine {
  #text = '';

  show(text: string): void {
    this.#text = text;
    this.#draw();
  }

  /** Writes a line where the progress stood. */
  above(write: () => void): void {
    if (this.#text !== '') process.stderr.write('\r\u001b[K');
    write();
    if (this.#text !== '') this.#draw();
  }

  #draw(): void {
    process.stderr.write(`\r\u001b[K${this.#text.slice(0, (process.stderr.columns || 80) - 1)}`);
  }
}
