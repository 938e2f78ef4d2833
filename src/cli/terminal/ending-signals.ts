/** The signals that end a command, and the exit code of a command that they ended. */
import { constants } from 'node:os';

/** SIGHUP: the terminal was closed. */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type EndingSignal = (typeof ENDING_SIGNALS)[number];

/** 128 + n, as a shell reports a process that a signal ended: 130, 143, 129. */
export const exitCodeOf = (signal: EndingSignal): number => 128 + constants.signals[signal];
