/** Reads the state of a process from the operating system. */
import { readFileSync } from 'node:fs';

/** The letter after the name in parentheses; the name may contain any character; see proc(5). */
function linuxState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  } catch {
    return undefined;
  }
}

/** False for a zombie too: a process that has ended and whose parent has not read its exit status. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return linuxState(pid) !== 'Z';
}

/** True for a process stopped by a signal; null where the system does not say. */
export function isProcessSuspended(pid: number): boolean | null {
  const state = linuxState(pid);
  return state === undefined ? null : state === 'T';
}
