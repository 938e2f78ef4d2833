/**
 * The time from the start of `lab up` to the first acknowledged `writeFile` of the SDK, and from SIGTERM to the end of the lab;
 * with a process for each node, with threads, and compared to the start of the same number of bare Node processes; the CPU seconds of
 * all processes of the lab until it is ready, and those of `distrifs ls` and of a bare Node process.
 *   npm run bench:start [-- --masters 1 --datanodes 5 --rounds 7 --runtime thread]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DistriFS } from 'distrifs-lab';
import { endedChildrenSeconds, treeSeconds } from './cpu-seconds.mjs';
import { median } from './median.mjs';

const { values: flags } = parseArgs({
  options: {
    masters: { type: 'string', default: '1' },
    datanodes: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '7' },
    runtime: { type: 'string', multiple: true, default: ['process', 'thread'] },
  },
});
const lab = fileURLToPath(new URL('../bin/lab.cjs', import.meta.url));
const distrifs = fileURLToPath(new URL('../bin/distrifs.cjs', import.meta.url));
/** Number of processes, including that of the lab. */
const processes = Number(flags.masters) + Number(flags.datanodes) + 1;

async function bareProcesses() {
  const start = performance.now();
  await Promise.all(Array.from({ length: processes }, () => once(spawn(process.execPath, ['-e', '0']), 'exit')));
  return performance.now() - start;
}

/** CPU seconds of one Node process, from its start to its end. */
async function processSeconds(args) {
  const before = endedChildrenSeconds();
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
  return endedChildrenSeconds() - before;
}

async function labUntilFirstWrite(runtime) {
  const start = performance.now();
  const size = ['--masters', flags.masters, '--datanodes', flags.datanodes];
  const child = spawn(process.execPath, [lab, 'up', '--no-tui', '--json', '--runtime', runtime, ...size], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece) => (text += piece));
  while (!text.includes('\n')) await once(child.stdout, 'data');
  const ready = JSON.parse(text.slice(0, text.indexOf('\n')));
  const readyMs = performance.now() - start;
  const readySeconds = treeSeconds(child.pid);
  const fs = await DistriFS.connect({ master: ready.masters.map(({ address }) => address), profile: 'fast' });
  await fs.writeFile('/first', 'hello', { replication: Math.min(3, Number(flags.datanodes)) });
  const writtenMs = performance.now() - start;
  await fs.close();
  const lsSeconds = await processSeconds([distrifs, 'ls', '/', '--master', ready.masters[0].address, '--profile', 'fast']);
  const exit = once(child, 'exit');
  const stop = performance.now();
  child.kill('SIGTERM');
  await exit;
  return { readyMs, writtenMs, stoppedMs: performance.now() - stop, readySeconds, lsSeconds };
}

const bare = [];
const bareSeconds = [];
const found = new Map(
  flags.runtime.map((runtime) => [runtime, { readyMs: [], writtenMs: [], stoppedMs: [], readySeconds: [], lsSeconds: [] }]),
);
// In turns, so that other load of the machine affects all variants equally.
for (let round = 0; round < Number(flags.rounds); round++) {
  bare.push(await bareProcesses());
  bareSeconds.push(await processSeconds(['-e', '0']));
  for (const [runtime, rows] of found) {
    for (const [name, value] of Object.entries(await labUntilFirstWrite(runtime))) rows[name].push(value);
  }
}
const row = (name, values, textOf = (ms) => `${ms.toFixed(0)} ms`) =>
  console.log(`${name.padEnd(48)} ${[Math.min(...values), median(values), Math.max(...values)].map(textOf).join(' / ')}`);
const cpu = (name, values) => row(name, values, (seconds) => `${seconds.toFixed(2)} s`);
row(`${processes} bare Node processes, min / median / max`, bare);
cpu('a bare Node process: CPU', bareSeconds);
for (const [runtime, { readyMs, writtenMs, stoppedMs, readySeconds, lsSeconds }] of found) {
  row(`${runtime}: lab up → ready`, readyMs);
  row(`${runtime}: lab up → first acknowledged write`, writtenMs);
  row(`${runtime}: SIGTERM → gone`, stoppedMs);
  cpu(`${runtime}: lab up → ready, CPU of all processes`, readySeconds);
  cpu(`${runtime}: distrifs ls, CPU`, lsSeconds);
  console.log(`${runtime}: first write to bare processes (medians): ${(median(writtenMs) / median(bare)).toFixed(1)} ×`);
}
const [process_, thread] = [found.get('process'), found.get('thread')];
if (process_ !== undefined && thread !== undefined) {
  for (const name of Object.keys(thread))
    console.log(`thread to process, ${name} (medians): ${(median(thread[name]) / median(process_[name])).toFixed(2)} ×`);
}
