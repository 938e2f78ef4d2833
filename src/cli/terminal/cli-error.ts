/** Reports failures of a command on standard error: as one line of text, or of JSON. */
import { CommanderError } from 'commander';
import { DistriFSError } from '../../client/sdk-error.js';
import { isDfsError } from '../../shared/errors.js';
import { printable } from './standard-output.js';
import { messageOf } from '../../shared/error-text.js';
import { UsageError } from './usage-error.js';

/** The code of wrong usage in JSON. */
const USAGE_CODE = 'ERR_USAGE';
/** The code of a failure without a code of its own. */
const UNNAMED_CODE = 'ERR_FAILED';

/**
 * Matches messages of Node, `ENOENT: no such file or directory, open 'film.mp4'`, printed as `"film.mp4": no such file or
 * directory`.
 */
const NODE_MESSAGE = /^E[A-Z0-9]+: (.+), \w+ '(.*)'$/;

/** The text of a failure: one line, without a stack. */
export function reasonOf(error: unknown): string {
  const text = error instanceof DistriFSError ? error.reason : messageOf(error);
  return text.replace(NODE_MESSAGE, '"$2": $1').replace(/\s*\n\s*/g, ' ');
}

/** A failure as JSON. `code` is Node's (ENOENT), or ERR_USAGE; `dfsCode` that of DistriFS, where it has one. */
interface FailureJson {
  readonly command: string;
  readonly code: string;
  readonly dfsCode?: string;
  /** With FILE_BUSY: the client that writes the file, and milliseconds until the path is free if it is not heard any more. */
  readonly holder?: string;
  readonly freeAfterMs?: number;
  readonly message: string;
}

function codesOf(error: unknown): Omit<FailureJson, 'command' | 'message'> {
  if (error instanceof DistriFSError) {
    const { code, dfsCode, holder, freeAfterMs } = error;
    return { code, dfsCode, ...(holder === undefined || freeAfterMs === undefined ? {} : { holder, freeAfterMs }) };
  }
  if (isDfsError(error)) return { code: error.errno, dfsCode: error.code };
  if (error instanceof UsageError || error instanceof CommanderError) return { code: USAGE_CODE };
  const isNamed = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return { code: isNamed ? String(error.code) : UNNAMED_CODE };
}

/** The standard error of a command. */
export class CommandVoice {
  readonly #command: string;
  readonly #isJson: boolean;

  /** @param command its name below `distrifs`: `put`, `admin masters` */
  constructor(command: string, isJson: boolean) {
    this.#command = command;
    this.#isJson = isJson;
  }

  /** `distrifs put: reason`, or `{"error":{"command":"put","code":"ENOENT","message":"reason"}}`. */
  fail(error: unknown): void {
    const failure: FailureJson = { command: this.#command, ...codesOf(error), message: reasonOf(error) };
    this.#write(failure.message, { error: failure });
  }

  /** The same for what is no failure: `{"warning":{"command":"put","message":"text"}}`. */
  warn(message: string): void {
    this.#write(message, { warning: { command: this.#command, message } });
  }

  #write(text: string, json: object): void {
    const line = this.#isJson ? JSON.stringify(json) : `distrifs ${this.#command}: ${printable(text, process.stderr)}`;
    process.stderr.write(`${line}\n`);
  }
}

/** Wrong usage that the command line itself has found, as JSON. @param names of the program and the commands below it */
export const usageFailureJson = (names: readonly string[], message: string): string =>
  JSON.stringify({ error: { command: names.slice(1).join(' '), code: USAGE_CODE, message } satisfies FailureJson });
