/**
 * Durable commits of one datanode's chunk store: chunks a second and CPU milliseconds each, at 1 and 16 at a time. The CPU is given
 * until the last commit, and until every file of every chunk is fsynced (what the commit journal puts off is done by then).
 *
 * Run: npm run bench:commits [-- COMMITS [FOLDER [DIST]]]   The folder determines the disk (default: the system's temporary folder);
 * DIST is another build to measure beside this one.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const commits = Number(process.argv[2] ?? 1_000);
const parent = process.argv[3] ?? tmpdir();
const dist = resolve(process.argv[4] ?? join(import.meta.dirname, '../dist'));

const load = (path) => import(pathToFileURL(join(dist, path)).href);
const { ChunkStore } = await load('datanode/store/chunk-store.js');
const { createNodeRuntime } = await load('runtime/node/index.js');
const { crc32 } = await load('shared/crc32.js');
const { timingsOf } = await load('shared/profile.js');

const CLUSTER = '0a1b2c3d-4e5f-4000-8000-000000000001';
const BLOCK_BYTES = 65_536;
const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

const cpuMs = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
};

async function commit(store, chunkId, data) {
  const writer = await store.begin(chunkId, 1, data.length, () => undefined);
  for (let at = 0; at < data.length; at += BLOCK_BYTES) {
    const block = data.subarray(at, at + BLOCK_BYTES);
    writer.append(block, Uint32Array.of(crc32(block)));
    await writer.ready();
  }
  await writer.commit();
}

async function row(bytes, inFlight) {
  const dataDir = mkdtempSync(join(parent, 'distrifs-bench-'));
  const { runtime, close } = createNodeRuntime({ dataDir, log: silent });
  const options = { capacityBytes: undefined, onChange() {}, onFatal() {}, timings: timingsOf('realistic') };
  const store = await ChunkStore.open(runtime, options);
  store.clusterId = CLUSTER;
  const data = new Uint8Array(bytes).fill(7);
  let next = 1;
  const lane = async (end) => {
    while (next <= end) await commit(store, next++, data);
  };
  const lanes = (count) => {
    const end = next + count - 1;
    return Promise.all(Array.from({ length: inFlight }, () => lane(end)));
  };
  try {
    await lanes(100);
    const begun = process.cpuUsage();
    const beganMs = performance.now();
    await lanes(commits);
    const wallMs = performance.now() - beganMs;
    const committedMs = cpuMs(begun);
    while (readdirSync(dataDir).some((name) => name.startsWith('journal-'))) await sleep(50);
    const each = (totalMs) => `${(totalMs / commits).toFixed(3)} ms`;
    const rate = Math.round((1_000 * commits) / wallMs);
    console.log(
      `${String(bytes / 1_024).padStart(4)} KiB ${String(inFlight).padStart(3)} at a time  ${String(rate).padStart(6)} a second` +
        `   CPU each ${each(committedMs)} to the commit, ${each(cpuMs(begun))} until all files are fsynced`,
    );
  } finally {
    await store.stop(new Error('the end'));
    await close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

for (const bytes of [4_096, 32_768, 65_536, 131_072]) for (const inFlight of [1, 16]) await row(bytes, inFlight);
