/** How the process of a run hangs up. */
import type { RunReport } from './run-task.js';

/** The part of `process` that speaks to the process that forked it. */
export type ParentChannel = Pick<NodeJS.Process, 'connected' | 'disconnect' | 'send'>;

/**
 * Sends a last report and hangs up once it is out. Not before: hanging up drops what still waits because the parent does not read at
 * the moment (it is stopped, or its own output is), and Node 20 then ends with a TypeError of its own.
 */
export function lastWord(parent: ParentChannel, what: RunReport): void {
  if (!parent.connected) return;
  parent.send?.(what, () => {
    if (parent.connected) parent.disconnect();
  });
}
