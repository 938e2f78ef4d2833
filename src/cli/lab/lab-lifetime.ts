/** When `lab up` ends: a signal, a reader of its output that went away, or a parent that did. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';

const CHECK_INTERVAL_MS = 1_000;
const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export class LabLifetime {
  #isClosing = false;
  #isStarted = false;
  #onOver: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #parent = process.ppid;
  /** Resolves when the lab should end. */
  readonly over = new Promise<void>((resolve) => (this.#onOver = resolve));

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        // While it starts, and when asked a second time: the cluster's exit handler kills what there is.
        if (!this.#isStarted || this.#isClosing) process.exit(EXIT_BY_SIGNAL[signal]);
        this.end();
      });
    }
    for (const stream of [process.stdout, process.stderr]) {
      // EPIPE: nobody reads any more.
      stream.on('error', () => this.#abandon());
    }
    this.#timer = setInterval(() => {
      if (isAbandoned(this.#parent)) this.#abandon();
    }, CHECK_INTERVAL_MS).unref();
  }

  /** From now on an end is a clean one: `over` resolves and the caller closes the cluster. */
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
 * True when nobody can see or hear this process any more: its output is a pipe that nobody reads, or goes to a program and the
 * parent is gone. A lab whose output goes to a file or a terminal may outlive the shell that started it.
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

/** Opening a pipe for writing without waiting fails with ENXIO when nobody has it open for reading, see fifo(7). Linux only. */
function hasReader(): boolean {
  try {
    closeSync(openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENXIO');
  }
}
