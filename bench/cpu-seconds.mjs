/** CPU time of processes, user and system, from /proc. */
import { readFileSync } from 'node:fs';

/** Clock ticks a second, as Linux reports them to programs on every architecture. */
const TICKS_PER_S = 100;

function ticks(file, first) {
  const text = readFileSync(file, 'utf8');
  // The name of the program, in parentheses, may contain spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[first]) + Number(fields[first + 1])) / TICKS_PER_S;
}

/** CPU seconds of a running process so far. */
export const cpuSecondsOf = (pid) => ticks(`/proc/${pid}/stat`, 11);

/** CPU seconds of all processes that this one has started and that have ended. */
export const cpuSecondsOfEnded = () => ticks('/proc/self/stat', 13);
