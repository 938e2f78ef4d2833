/**
 * How soon a new cluster takes its first durable write: from the start of `lab up` (1 master, 5 datanodes) to an acknowledged
 * SDK `writeFile` at replication 3, next to what it costs to start as many bare Node processes. Run: npm run bench:start
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DistriFS } from 'distrifs-lab';
import { median } from './median.mjs';

const ROUNDS = 7;
const NODES = 7;
const lab = fileURLToPath(new URL('../bin/lab.cjs', import.meta.url));

async function bareProcesses() {
  const start = performance.now();
  await Promise.all(Array.from({ length: NODES }, () => once(spawn(process.execPath, ['-e', '0']), 'exit')));
  return performance.now() - start;
}

async function labUntilFirstWrite() {
  const start = performance.now();
  const child = spawn(process.execPath, [lab, 'up', '--no-tui', '--json', '--datanodes', '5'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const piece of child.stdout.setEncoding('utf8')) {
    text += piece;
    if (text.includes('\n')) break;
  }
  const ready = JSON.parse(text.slice(0, text.indexOf('\n')));
  const readyMs = performance.now() - start;
  const fs = await DistriFS.connect({ master: ready.masters[0].address, profile: 'fast' });
  await fs.writeFile('/first', 'hello', { replication: 3 });
  const writtenMs = performance.now() - start;
  await fs.close();
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
  return { readyMs, writtenMs };
}

const bare = [];
const ready = [];
const written = [];
for (let round = 0; round < ROUNDS; round++) {
  bare.push(await bareProcesses());
  const { readyMs, writtenMs } = await labUntilFirstWrite();
  ready.push(readyMs);
  written.push(writtenMs);
}
const row = (name, values) =>
  console.log(
    `${name.padEnd(44)} ${[Math.min(...values), median(values), Math.max(...values)].map((ms) => `${ms.toFixed(0)} ms`).join(' / ')}`,
  );
row(`${NODES} bare Node processes, min / median / max`, bare);
row('lab up → ready', ready);
row('lab up → first acknowledged write', written);
console.log(`ratio to bare processes (medians): ${(median(written) / median(bare)).toFixed(1)} ×`);
