/** Asks the operating system about a process, so that a fault is believed when it was seen and not when it was ordered. */
import { readFileSync } from 'node:fs';

export interface ProcessProbe {
  isAlive(pid: number): boolean;
  /** Stopped by a signal; undefined where the system does not say. */
  isSuspended(pid: number): boolean | undefined;
}

/** The letter after the name in parentheses, which may itself hold any character; see proc(5). */
function linuxState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  } catch {
    return undefined;
  }
}

export const systemProbe: ProcessProbe = {
  isAlive(pid) {
    try {
      process.kill(pid, 0);
    } catch {
      return false;
    }
    return linuxState(pid) !== 'Z';
  },
  isSuspended(pid) {
    const state = linuxState(pid);
    return state === undefined ? undefined : state === 'T';
  },
};
