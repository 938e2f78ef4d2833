/**
 * CPU time that an idle lab takes, by role, measured after it has come to rest. The part of a core is the time (user and system) divided
 * by the time that passed. With threads, all nodes count as the lab.
 *   npm run bench:idle [-- --masters 3 --datanodes 5 --seconds 30 --rounds 3 --runtime process]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './median.mjs';

const { values: flags } = parseArgs({
  options: {
    masters: { type: 'string', default: '3' },
    datanodes: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '3' },
    runtime: { type: 'string', default: 'process' },
  },
});
/** After which an idle cluster does nothing that belongs to its start. */
const SETTLE_MS = 5_000;
/** USER_HZ, in which /proc/PID/stat counts on Linux. */
const TICKS_A_SECOND = 100;
const ROLES = ['master', 'datanode', 'lab'];
const lab = fileURLToPath(new URL('../bin/lab.cjs', import.meta.url));

/** The fields of /proc/PID/stat after the name of the program: state, parent, … */
function statOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** The process and its descendants, as they are now. */
function familyOf(root) {
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), Number(statOf(name)[1]));
    } catch {
      // The process has ended since.
    }
  }
  const family = [root];
  for (const pid of family) for (const [child, parent] of parents) if (parent === pid) family.push(child);
  return family;
}

function roleOf(pid, root) {
  if (pid === root) return 'lab';
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return ROLES.find((role) => words.includes(role)) ?? 'lab';
}

const cpuSeconds = (pid) =>
  statOf(pid)
    .slice(11, 13)
    .reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_A_SECOND;

/** Parts of a core, by role. */
async function idleOnce() {
  const size = ['--masters', flags.masters, '--datanodes', flags.datanodes, '--runtime', flags.runtime];
  const child = spawn(process.execPath, [lab, 'up', '--no-tui', '--json', ...size], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    child.stdout.resume();
    await sleep(SETTLE_MS);
    const before = familyOf(child.pid).map((pid) => ({ pid, role: roleOf(pid, child.pid), seconds: cpuSeconds(pid) }));
    const start = performance.now();
    await sleep(Number(flags.seconds) * 1_000);
    const passed = (performance.now() - start) / 1_000;
    const used = Object.fromEntries(ROLES.map((role) => [role, 0]));
    for (const { pid, role, seconds } of before) used[role] += (cpuSeconds(pid) - seconds) / passed;
    return used;
  } finally {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  }
}

const rounds = [];
for (let round = 0; round < Number(flags.rounds); round++) rounds.push(await idleOnce());
const cores = (values) => median(values).toFixed(2);
console.log(
  `idle lab of ${flags.masters} masters and ${flags.datanodes} datanodes, parts of a core (median of ${rounds.length})`,
);
for (const role of ROLES) console.log(`${role.padEnd(10)} ${cores(rounds.map((used) => used[role]))}`);
console.log(`${'all'.padEnd(10)} ${cores(rounds.map((used) => ROLES.reduce((sum, role) => sum + used[role], 0)))}`);
