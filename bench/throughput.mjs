/**
 * Writing and reading one large file at replication 3 with 64 MiB chunks, on a master and three datanodes as separate processes, next to three
 * parallel `dd` with fsync on the same disk in the same run. Each row has the CPU seconds of all processes for a GiB: on a machine that is
 * shared they say more than the rate. Run: npm run bench:throughput [-- SIZE_MIB [ROUNDS]]
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endedChildrenSeconds, processSeconds } from './cpu-seconds.mjs';
import { median } from './median.mjs';

const sizeMib = Number(process.argv[2] ?? 1024);
const rounds = Number(process.argv[3] ?? 3);
const GIB_MIB = 1024;
const bin = fileURLToPath(new URL('../bin/distrifs.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'distrifs-bench-'));
const daemons = [];

/** Starts a daemon; resolves with its address. */
async function daemon(role, name, ...args) {
  const logs = ['--data-dir', join(folder, name), '--log-file', join(folder, `${name}.log`)];
  const child = spawn(process.execPath, [bin, role, '--id', name, '--listen', '127.0.0.1:0', ...logs, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  daemons.push(child);
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (piece) => (text += piece));
  while (!text.includes('\n')) await once(child.stdout, 'data');
  return JSON.parse(text.slice(0, text.indexOf('\n'))).address;
}

async function run(command, args, env = process.env) {
  const [code] = await once(spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
}

const dd = (i) =>
  run('dd', ['if=/dev/zero', `of=${join(folder, `raw-${i}`)}`, 'bs=1M', `count=${sizeMib}`, 'conv=fsync', 'status=none']);

/** @returns MiB/s, and CPU seconds for a GiB of all processes */
async function measured(work) {
  const cpuSeconds = () => daemons.reduce((sum, { pid }) => sum + processSeconds(pid), endedChildrenSeconds());
  const [cpuBefore, startMs] = [cpuSeconds(), performance.now()];
  await work();
  const elapsedS = (performance.now() - startMs) / 1_000;
  return { rate: sizeMib / elapsedS, cpu: ((cpuSeconds() - cpuBefore) * GIB_MIB) / sizeMib };
}

try {
  const master = await daemon('master', 'm-1', '--init', '--chunk-size', '64MiB');
  for (const name of ['dn-1', 'dn-2', 'dn-3']) await daemon('datanode', name, '--master', master);
  const distrifs = (...args) => run(process.execPath, [bin, ...args], { ...process.env, DISTRIFS_MASTER: master });
  const [source, copy] = [join(folder, 'source'), join(folder, 'copy')];
  execFileSync('dd', ['if=/dev/urandom', `of=${source}`, 'bs=1M', `count=${sizeMib}`, 'status=none']);
  const rows = [
    { name: 'raw: three parallel dd with fsync', work: () => Promise.all([0, 1, 2].map(dd)), results: [] },
    { name: 'put, replication 3', work: () => distrifs('put', source, '/big'), results: [] },
    { name: 'cat to nowhere', work: () => distrifs('cat', '/big'), results: [] },
    { name: 'get to a file', work: () => distrifs('get', '/big', copy), results: [] },
  ];
  for (let round = 0; round < rounds; round++) {
    for (const { work, results } of rows) results.push(await measured(work));
    execFileSync('cmp', [source, copy]);
    rmSync(copy);
  }
  const medianOf = (results, key) => median(results.map((result) => result[key]));
  const raw = medianOf(rows[0].results, 'rate');
  console.log(
    `| ${sizeMib} MiB, median of ${rounds} | MiB/s | × raw | CPU seconds a GiB, all processes |\n| --- | --- | --- | --- |`,
  );
  for (const { name, results } of rows) {
    const rate = medianOf(results, 'rate');
    const cells = [name, rate.toFixed(0), (rate / raw).toFixed(2), medianOf(results, 'cpu').toFixed(1)];
    console.log(`| ${cells.join(' | ')} |`);
  }
} finally {
  const exits = daemons.map((child) => (child.exitCode === null ? once(child, 'exit') : null));
  for (const child of daemons) child.kill('SIGTERM');
  await Promise.all(exits);
  rmSync(folder, { recursive: true, force: true });
}
