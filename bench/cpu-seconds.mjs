/** CPU seconds of processes, user and system, from Linux's /proc: in steps of 10 ms. */
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_A_SECOND = 100;

/** The fields of /proc/PID/stat after the command's name, from the state; null when the process is gone. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** Of the children of this process that have ended, with theirs. */
export function endedChildrenSeconds() {
  const fields = statOf('self');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_A_SECOND;
}

/** Of a process that runs. @throws when it does not */
export function processSeconds(pid) {
  const fields = statOf(pid);
  if (fields === null) throw new Error(`Process ${pid} does not run`);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** Of a process and of its living descendants. */
export function treeSeconds(root) {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), fields: statOf(name) }))
    .filter(({ fields }) => fields !== null);
  const secondsOf = (pid) => {
    const own = all.find((each) => each.pid === pid)?.fields;
    if (own === undefined) return 0;
    const children = all.filter(({ fields }) => Number(fields[1]) === pid);
    const below = children.reduce((sum, child) => sum + secondsOf(child.pid), 0);
    return (Number(own[11]) + Number(own[12])) / TICKS_A_SECOND + below;
  };
  return secondsOf(root);
}
