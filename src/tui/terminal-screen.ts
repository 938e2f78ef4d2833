/** The terminal's alternate screen: entered, painted on, and left again on every way out of the process. */
import { FramePainter } from './frame-painter.js';

/** Alternate screen, hidden cursor, and no automatic line wrap: a line of unexpected width is cut, not wrapped. */
const ENTER = '\u001B[?1049h\u001B[?25l\u001B[?7l';
const LEAVE = '\u001B[0m\u001B[?7h\u001B[?25h\u001B[?1049l';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** The size of a terminal; 80×24 for one that does not know its own (a pseudo-terminal without a size reports 0×0). */
export function terminalSize(stdout: NodeJS.WriteStream): TerminalSize {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}

export interface TerminalScreen {
  /** For Ink: whatever is written to it is taken as a whole frame. */
  readonly frames: NodeJS.WriteStream;
  /** Paints the latest frame anew, whole. */
  readonly repaint: () => void;
  /** Leaves the alternate screen. Safe to call twice. */
  readonly close: () => void;
}

/**
 * Enters the alternate screen. Frames are painted once a turn of the event loop, the latest one only, and not while the
 * terminal is behind with reading.
 */
export function openTerminalScreen(stdout: NodeJS.WriteStream): TerminalScreen {
  const painter = new FramePainter((text) => stdout.write(text));
  let frame = '';
  let scheduled: NodeJS.Immediate | null = null;
  let closed = false;

  const paint = (): void => {
    scheduled = null;
    if (closed) return;
    if (stdout.writableNeedDrain) stdout.once('drain', paint);
    else painter.paint(frame, terminalSize(stdout).rows);
  };
  const schedule = (): void => {
    scheduled ??= setImmediate(paint);
  };
  const repaint = (): void => {
    painter.invalidate();
    schedule();
  };
  const close = (): void => {
    if (closed) return;
    closed = true;
    if (scheduled !== null) clearImmediate(scheduled);
    stdout.off('drain', paint);
    stdout.off('resize', repaint);
    process.off('exit', close);
    process.off('uncaughtExceptionMonitor', close);
    stdout.write(LEAVE);
  };

  stdout.write(ENTER);
  stdout.on('resize', repaint);
  process.on('exit', close);
  // Before the trace is printed, which would be lost with the alternate screen.
  process.on('uncaughtExceptionMonitor', close);
  const onFrame = (text: string): void => {
    frame = text;
    schedule();
  };
  return { frames: frameStream(stdout, onFrame), repaint, close };
}

/** The terminal as Ink sees it: the same size and events, but what is written goes to `onFrame`, and no escape codes are sent. */
function frameStream(stdout: NodeJS.WriteStream, onFrame: (frame: string) => void): NodeJS.WriteStream {
  const write = (text: string): boolean => {
    onFrame(text);
    return true;
  };
  return new Proxy(stdout, {
    get(target, property): unknown {
      if (property === 'write') return write;
      // Ink then leaves the cursor alone.
      if (property === 'isTTY') return false;
      if (property === 'columns' || property === 'rows') return terminalSize(target)[property];
      return Reflect.get(target, property, target);
    },
  });
}
