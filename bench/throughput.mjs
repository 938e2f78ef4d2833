/**
 * Writing and reading one large file at replication 3 with 64 MiB chunks, next to three parallel `dd` with fsync on the same disk
 * in the same run. Run: npm run bench:throughput [-- SIZE_MIB]
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.mjs';

const sizeMib = Number(process.argv[2] ?? 1024);
const ROUNDS = 3;
const bin = (name) => fileURLToPath(new URL(`../bin/${name}.cjs`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'distrifs-bench-'));
const MIB = 1024 * 1024;

async function timed(work) {
  const start = performance.now();
  await work();
  return ((sizeMib * MIB) / 1e6 / (performance.now() - start)) * 1000;
}

const dd = (i) =>
  once(
    spawn('dd', ['if=/dev/zero', `of=${join(folder, `raw-${i}`)}`, 'bs=1M', `count=${sizeMib}`, 'conv=fsync'], {
      stdio: 'ignore',
    }),
    'exit',
  );

const lab = spawn(process.execPath, [bin('lab'), 'up', '--no-tui', '--json', '--runtime', 'process', '--chunk-size', '64MiB'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  let text = '';
  lab.stdout.setEncoding('utf8');
  lab.stdout.on('data', (piece) => (text += piece));
  while (!text.includes('\n')) await once(lab.stdout, 'data');
  const env = { ...process.env, DISTRIFS_MASTER: JSON.parse(text.slice(0, text.indexOf('\n'))).masters[0].address };
  const source = join(folder, 'source');
  execFileSync('dd', ['if=/dev/urandom', `of=${source}`, 'bs=1M', `count=${sizeMib}`], { stdio: 'ignore' });
  const distrifs = async (...args) => {
    const [code] = await once(
      spawn(process.execPath, [bin('distrifs'), ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }),
      'exit',
    );
    if (code !== 0) throw new Error(`distrifs ${args.join(' ')} ended with ${code}`);
  };
  const raw = [];
  const writes = [];
  const reads = [];
  for (let round = 0; round < ROUNDS; round++) {
    raw.push(await timed(() => Promise.all([0, 1, 2].map(dd))));
    writes.push(await timed(() => distrifs('put', source, '/big')));
    reads.push(await timed(() => distrifs('get', '/big', join(folder, 'copy'))));
  }
  const row = (name, values) =>
    console.log(
      `${name.padEnd(40)} ${values.map((mbs) => mbs.toFixed(0)).join(' / ')} MB/s, median ${median(values).toFixed(0)}`,
    );
  row('raw: three parallel dd with fsync', raw);
  row(`put ${sizeMib} MiB, replication 3`, writes);
  row(`get ${sizeMib} MiB to a file`, reads);
  console.log(`put: ${(median(writes) / median(raw)).toFixed(2)} × raw`);
  execFileSync('cmp', [source, join(folder, 'copy')]);
} finally {
  const exit = once(lab, 'exit');
  lab.kill('SIGTERM');
  await exit;
  rmSync(folder, { recursive: true, force: true });
}
