/** Determines when `lab up` ends: at a signal, or when the reader of its output or its parent has ended. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { ENDING_SIGNALS, exitCodeOf } from '../terminal/ending-signals.js';

const CHECK_INTERVAL_MS = 1_000;

export class LabLifetime {
  #isClosing = false;
  #isStarted = false;
  #onOver: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #parent = process.ppid;
  /** Resolves when the lab must end. */
  readonly over = new Promise<void>((resolve) => (this.#onOver = resolve));

  constructor() {
    for (const signal of ENDING_SIGNALS) {
      process.on(signal, () => {
        // During the start, and at a second signal: the cluster's exit handler kills all nodes.
        if (!this.#isStarted || this.#isClosing) process.exit(exitCodeOf(signal));
        this.end();
      });
    }
    for (const stream of [process.stdout, process.stderr]) {
      // EPIPE: the reader has closed the pipe.
      stream.on('error', () => this.#abandon());
    }
    this.#timer = setInterval(() => {
      if (isAbandoned(this.#parent)) this.#abandon();
    }, CHECK_INTERVAL_MS).unref();
  }

  /** From now on the lab ends cleanly: `over` resolves and the caller closes the cluster. */
  started(): void {
    this.#isStarted = true;
  }

  /** Resolves `over`. */
  end(): void {
    this.#isClosing = true;
    clearInterval(this.#timer);
    this.#onOver();
  }

  #abandon(): void {
    if (!this.#isStarted) process.exit(1);
    if (!this.#isClosing) this.end();
  }
}

/**
 * True when the output of this process has no reader any more: the output is a pipe without a reader, or goes to a program and the
 * parent has ended. A lab whose output goes to a file or a terminal may outlive the shell that started it.
 */
function isAbandoned(parent: number): boolean {
  let stdout: ReturnType<typeof fstatSync>;
  try {
    stdout = fstatSync(1);
  } catch {
    return false;
  }
  if (!stdout.isFIFO() && !stdout.isSocket()) return false;
  return process.ppid !== parent || (stdout.isFIFO() && !hasReader());
}

/** A non-blocking open of a pipe for writing fails with ENXIO when the pipe has no reader, see fifo(7). Linux only. */
function hasReader(): boolean {
  try {
    closeSync(openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENXIO');
  }
}
