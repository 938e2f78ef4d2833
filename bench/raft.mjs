/**
 * Durable proposals a second at 1, 16 and 256 in flight, on 1 and 3 masters, next to the raw rate of `fdatasync` of the same bytes
 * on the same disk, measured just before and just after each figure, because disk speed varies. Each proposal is a MakeDirectory of
 * a session of its own, acknowledged when it is committed and applied.
 *
 *   without gRPC   masters and load in one process; calls pass encoded messages: the capacity of the log
 *   processes      `distrifs master` daemons and client processes over loopback: the rate for clients, with one or two cores for
 *   all processes
 *
 * Run: npm run bench:raft [-- ROUNDS [FOLDER [VARIANT]]]   The folder determines the disk (default: the system's temporary
 * folder); VARIANT is a part of a row's name, as in '1 master' or 'processes'. Exit code 1 when the log of one master is too slow.
 */
import { Buffer } from 'node:buffer';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from '../dist/master/index.js';
import { createNodeRuntime } from '../dist/runtime/node/index.js';
import { timingsOf } from '../dist/shared/profile.js';
import { DirectRpc } from './direct-rpc.mjs';
import { startMasters } from './master-processes.mjs';
import { median } from './median.mjs';
import { openLanes, runLanes } from './raft-load.mjs';

const rounds = Number(process.argv[2] ?? 5);
const folder = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'distrifs-bench-'));
const IN_FLIGHT = [1, 16, 256];
const RAW_MS = 400;
const WARM_UP_MS = 300;
const RUN_MS = 1_500;
const RATIO_WANTED = 5;
/** More client processes would only take CPU time from the masters. */
const CLIENTS_MAX = Math.max(1, Math.min(2, availableParallelism() - 1));

/** One file for the whole run: creating and removing files also loads the disk, with a delay. */
const rawFile = openSync(join(folder, 'raw'), 'w');
let rawOffset = 0;

/** Number of appends a second of the given size, each with its own fdatasync. */
function rawRate(bytes) {
  const record = Buffer.alloc(bytes, 1);
  const startMs = performance.now();
  let count = 0;
  for (; performance.now() - startMs < RAW_MS; count++) {
    writeSync(rawFile, record, 0, bytes, rawOffset);
    fdatasyncSync(rawFile);
    rawOffset += bytes;
  }
  return (count / (performance.now() - startMs)) * 1_000;
}

const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** Masters and load in this process. */
async function direct(count, dir) {
  const rpc = new DirectRpc();
  const bootstrapMasters = Array.from({ length: count }, (_, i) => ({ id: `m-${i + 1}`, address: `127.0.0.1:${i + 1}` }));
  const several = count === 1 ? {} : { bootstrapMasters, clusterKey: dir };
  const hosts = bootstrapMasters.map(({ id }) => createNodeRuntime({ dataDir: join(dir, id), log: silent }));
  const nodes = await Promise.all(
    bootstrapMasters.map(({ id, address }, i) =>
      start(
        { ...hosts[i].runtime, rpc },
        {
          ...{ masterId: id, listen: address, advertise: address, init: true, ...several },
          ...{ defaultReplication: 3, defaultChunkSizeBytes: 67_108_864, minReplicas: 2, timings: timingsOf('realistic') },
        },
      ),
    ),
  );
  const channels = bootstrapMasters.map(({ address }) => rpc.connect(address));
  return {
    open: async (name, lanes) => {
      const opened = await openLanes(channels, name, lanes);
      return (ms) => runLanes(opened, ms);
    },
    close: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
      await Promise.all(hosts.map((host) => host.close()));
    },
  };
}

/** One answer to one message. */
async function askClient(client, message) {
  const answer = once(client, 'message');
  client.send(message);
  return (await answer)[0];
}

/** Masters and clients as separate processes. */
async function processes(count, dir) {
  const masters = await startMasters(count, dir, 'realistic');
  const addresses = masters.map(({ address }) => address);
  const clients = [];
  return {
    open: async (name, lanes) => {
      const count = Math.min(lanes, CLIENTS_MAX);
      const group = Array.from({ length: count }, () => fork(fileURLToPath(new URL('raft-load.mjs', import.meta.url))));
      clients.push(...group);
      await Promise.all(
        group.map((client, i) =>
          askClient(client, { addresses, name: `${name}-${i}`, count: Math.floor(lanes / count) + (i < lanes % count ? 1 : 0) }),
        ),
      );
      return async (ms) => {
        const answers = await Promise.all(group.map((client) => askClient(client, { ms })));
        return answers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
      };
    },
    close: async () => {
      for (const client of clients) client.disconnect();
      await Promise.all(masters.map((master) => master.end('SIGTERM')));
    },
  };
}

const logBytes = (dir) =>
  readdirSync(dir)
    .filter((name) => /^master.*\.log$/.test(name))
    .reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);

/** The size of one proposal in the log. */
async function bytesOfProposal() {
  const dir = join(folder, 'calibration');
  mkdirSync(dir);
  const group = await direct(1, dir);
  const run = await group.open('lane', 16);
  const before = logBytes(join(dir, 'm-1'));
  const acknowledged = await run(WARM_UP_MS);
  const bytes = Math.round((logBytes(join(dir, 'm-1')) - before) / acknowledged);
  await group.close();
  return bytes;
}

/** Rates and ratios to raw for each number in flight. */
async function measure(makeGroup, masters, name, bytes, raws) {
  const dir = join(folder, name);
  mkdirSync(dir);
  const group = await makeGroup(masters, dir);
  try {
    const cells = [];
    for (const lanes of IN_FLIGHT) cells.push({ run: await group.open(`x${lanes}`, lanes), rates: [], ratios: [] });
    for (let round = 0; round < rounds; round++) {
      for (const { run, rates, ratios } of cells) {
        await run(WARM_UP_MS);
        const before = rawRate(bytes);
        const rate = ((await run(RUN_MS)) / RUN_MS) * 1_000;
        const after = rawRate(bytes);
        raws.push(before, after);
        rates.push(rate);
        ratios.push(rate / ((before + after) / 2));
      }
    }
    return cells;
  } finally {
    await group.close();
  }
}

const whole = (n) => Math.round(n).toLocaleString('en').padStart(6);
const cellText = ({ rates, ratios }) =>
  `${whole(median(rates))} (${whole(Math.min(...rates)).trim()}–${whole(Math.max(...rates)).trim()})`.padEnd(24) +
  `${median(ratios).toFixed(1)} ×`.padStart(7);

try {
  const bytes = await bytesOfProposal();
  const raws = [];
  const variants = [
    ['1 master, without gRPC', direct, 1],
    ['3 masters, without gRPC', direct, 3],
    ['1 master, processes', processes, 1],
    ['3 masters, processes', processes, 3],
  ].filter(([name]) => (process.argv[4] === undefined ? true : name.includes(process.argv[4])));
  const rows = [];
  for (const [name, makeGroup, masters] of variants) {
    rows.push([name, await measure(makeGroup, masters, name.replaceAll(/\W+/g, '-'), bytes, raws)]);
  }
  console.log(
    `Durable proposals a second (${bytes} bytes of log each): median of ${rounds} (min–max), and how many times the raw rate beside it`,
  );
  console.log(
    `raw fdatasync of ${bytes} bytes: ${whole(median(raws)).trim()} a second (${whole(Math.min(...raws)).trim()}–${whole(Math.max(...raws)).trim()})`,
  );
  console.log(`${'in flight'.padEnd(26)}${IN_FLIGHT.map((lanes) => String(lanes).padStart(6).padEnd(33)).join('')}`);
  for (const [name, cells] of rows) console.log(`${name.padEnd(26)}${cells.map((cell) => cellText(cell).padEnd(33)).join('')}`);
  for (const [name, cells] of rows.filter(([name]) => name.startsWith('1 master'))) {
    const ratio = median(cells.at(-1).ratios);
    console.log(
      `${name}, ${IN_FLIGHT.at(-1)} in flight: ${ratio.toFixed(1)} × raw, at least ${RATIO_WANTED} × is required of the log`,
    );
    // The rate with gRPC depends on the number of cores and processes.
    if (name.includes('without gRPC') && ratio < RATIO_WANTED) process.exitCode = 1;
  }
} finally {
  closeSync(rawFile);
  rmSync(folder, { recursive: true, force: true });
}
