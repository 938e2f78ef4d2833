/** Paints whole frames on a terminal without flicker: only lines that changed, each at its place, in one write. */

const SYNC_BEGIN = '\u001B[?2026h';
const SYNC_END = '\u001B[?2026l';
const CLEAR_SCREEN = '\u001B[2J';
const CLEAR_LINE = '\u001B[2K';
const RESET_STYLE = '\u001B[0m';

/** The cursor is put in front of every line, so nothing here ever scrolls the terminal. */
export class FramePainter {
  readonly #write: (text: string) => void;
  /** What the terminal shows; null when that is not known. */
  #shown: readonly string[] | null = null;

  /** @param write sends text to the terminal */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Forgets what the terminal shows: the next frame is painted whole, on a cleared screen. */
  invalidate(): void {
    this.#shown = null;
  }

  /**
   * Shows a frame. Writes nothing when it is what the terminal shows already.
   * @param frame lines separated by `\n`, none wider than the terminal
   * @param rowsMax lines the terminal has; further ones are not shown
   */
  paint(frame: string, rowsMax: number): void {
    const lines = frame.split('\n').slice(0, rowsMax);
    const shown = this.#shown ?? [];
    let changes = this.#shown === null ? RESET_STYLE + CLEAR_SCREEN : '';
    for (let row = 0; row < Math.max(lines.length, shown.length); row++) {
      const line = lines[row] ?? '';
      if (line === (shown[row] ?? '')) continue;
      // Cleared before and not after: behind a full line the cursor still stands on its last cell, and would clear that.
      changes += `\u001B[${row + 1};1H${CLEAR_LINE}${line}${RESET_STYLE}`;
    }
    this.#shown = lines;
    if (changes !== '') this.#write(SYNC_BEGIN + changes + SYNC_END);
  }
}
