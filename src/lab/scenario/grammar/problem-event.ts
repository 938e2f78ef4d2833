/** A mistake in a scenario file, as a run reports it. */
import type { Problem } from './yaml-source.js';

/** What is wrong, where that is known with its place. */
export interface ErrorEvent {
  readonly event: 'error';
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** A mistake in a scenario file, with its place both clickable and in words. */
export function problemEvent(file: string, problem: Problem): ErrorEvent {
  const { line, column } = problem;
  const message = `${file}:${line}:${column}: error on line ${line}, column ${column}: ${problem.message}`;
  return { event: 'error', message, file, line, column };
}
