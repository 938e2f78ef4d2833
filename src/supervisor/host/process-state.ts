/** Asks the operating system about a process. */
import { readFileSync } from 'node:fs';

/** The letter after the name in parentheses, which may itself hold any character; see proc(5). */
function linuxState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  } catch {
    return undefined;
  }
}

/** False for what is left of a process until its parent has asked how it ended, too. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return linuxState(pid) !== 'Z';
}

/** Stopped by a signal; null where the system does not say. */
export function isProcessSuspended(pid: number): boolean | null {
  const state = linuxState(pid);
  return state === undefined ? null : state === 'T';
}
