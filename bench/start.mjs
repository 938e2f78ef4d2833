/**
 * The time from the start of `lab up` to the first acknowledged `writeFile` of the SDK, and from SIGTERM to the end of the lab;
 * with a process for each node, with threads, and compared to the start of the same number of bare Node processes.
 *   npm run bench:start [-- --masters 1 --datanodes 5 --rounds 7 --runtime thread]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DistriFS } from 'distrifs-lab';
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
/** Number of processes, including that of the lab. */
const processes = Number(flags.masters) + Number(flags.datanodes) + 1;

async function bareProcesses() {
  const start = performance.now();
  await Promise.all(Array.from({ length: processes }, () => once(spawn(process.execPath, ['-e', '0']), 'exit')));
  return performance.now() - start;
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
  const fs = await DistriFS.connect({ master: ready.masters.map(({ address }) => address), profile: 'fast' });
  await fs.writeFile('/first', 'hello', { replication: Math.min(3, Number(flags.datanodes)) });
  const writtenMs = performance.now() - start;
  await fs.close();
  const exit = once(child, 'exit');
  const stop = performance.now();
  child.kill('SIGTERM');
  await exit;
  return { readyMs, writtenMs, stoppedMs: performance.now() - stop };
}

const bare = [];
const found = new Map(flags.runtime.map((runtime) => [runtime, { readyMs: [], writtenMs: [], stoppedMs: [] }]));
// In turns, so that other load of the machine affects all variants equally.
for (let round = 0; round < Number(flags.rounds); round++) {
  bare.push(await bareProcesses());
  for (const [runtime, rows] of found) {
    for (const [name, ms] of Object.entries(await labUntilFirstWrite(runtime))) rows[name].push(ms);
  }
}
const row = (name, values) =>
  console.log(
    `${name.padEnd(48)} ${[Math.min(...values), median(values), Math.max(...values)].map((ms) => `${ms.toFixed(0)} ms`).join(' / ')}`,
  );
row(`${processes} bare Node processes, min / median / max`, bare);
for (const [runtime, { readyMs, writtenMs, stoppedMs }] of found) {
  row(`${runtime}: lab up → ready`, readyMs);
  row(`${runtime}: lab up → first acknowledged write`, writtenMs);
  row(`${runtime}: SIGTERM → gone`, stoppedMs);
  console.log(`${runtime}: first write to bare processes (medians): ${(median(writtenMs) / median(bare)).toFixed(1)} ×`);
}
const [process_, thread] = [found.get('process'), found.get('thread')];
if (process_ !== undefined && thread !== undefined) {
  for (const name of Object.keys(thread))
    console.log(`thread to process, ${name} (medians): ${(median(thread[name]) / median(process_[name])).toFixed(2)} ×`);
}
