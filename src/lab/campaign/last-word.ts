/** Ends the IPC connection of the process of a run. */
import type { RunReport } from './run-task.js';

/** The part of `process` that communicates with the parent process. */
export type ParentChannel = Pick<NodeJS.Process, 'connected' | 'disconnect' | 'send'>;

/**
 * Sends a last report and disconnects once the report is sent. An earlier disconnect drops reports that the parent does not read at
 * the moment (because the parent is stopped, or its own output blocks), and Node 20 then throws a TypeError.
 */
export function lastWord(parent: ParentChannel, what: RunReport): void {
  if (!parent.connected) return;
  parent.send?.(what, () => {
    if (parent.connected) parent.disconnect();
  });
}
