/** Finds labs that run on this machine, by the records in their folders. */
import { resolve } from 'node:path';
import { labEntries } from '../../supervisor/folder/lab-folder.js';
import { readRunningRecord, type RunningRecord } from '../../supervisor/folder/lab-record.js';
import { isOwn } from '../../supervisor/folder/own-path.js';
import { isRunning } from '../../supervisor/folder/process-identity.js';

export interface RunningLab {
  readonly dir: string;
  /** Path of the control socket. */
  readonly control: string;
  /** Name of the scenario whose run it is; undefined: a lab that people act on. */
  readonly scenario: string | undefined;
}

/**
 * The labs of this user that run, in the order of the folders. One that is just starting or ending has no socket, and does not count;
 * nor does one whose socket belongs to another user, who could answer anything.
 */
export function* runningLabs(dirs: readonly string[]): Generator<RunningLab, void, undefined> {
  for (const dir of dirs) {
    const running = runningIn(dir);
    if (running === null || !isOwn(running.control)) continue;
    yield { dir, control: running.control, scenario: running.scenario };
  }
}

/**
 * The lab in a folder, or the newest that people act on; null when there is none.
 * @param dir its folder; default: the newest that runs, except clusters of scenarios
 * @param entries where labs may run, the newest first
 */
export function findRunningLab(dir?: string, entries: () => readonly string[] = labEntries): RunningLab | null {
  for (const lab of runningLabs(dir === undefined ? entries() : [resolve(dir)])) {
    // A person who names no folder does not mean the cluster of a scenario.
    if (dir !== undefined || lab.scenario === undefined) return lab;
  }
  return null;
}

/** The process that runs the lab in a folder; null when none does. */
function runningIn(dir: string): RunningRecord | null {
  try {
    const running = readRunningRecord(dir);
    return running !== null && isRunning(running.owner) ? running : null;
  } catch {
    // Another user's, or another version's.
    return null;
  }
}
