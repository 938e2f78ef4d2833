/**
 * How long clients wait after a crash of the leader: masters as processes under create load, with repeated SIGKILL of the leader.
 * The time is measured from the kill to the first acknowledged create that began after it. The killed master is restarted, and has
 * caught up, before the next kill. The cluster has datanodes and files with chunks, so that a new leader must wait for reports.
 *
 * Run: npm run bench:failover [-- KILLS [PROFILE [MASTERS]]]   default: 50 kills, both profiles, 3 masters
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DistriFS } from 'distrifs-lab';
import { MasterAdmin } from '../dist/client/admin/master-admin.js';
import { createNodeRuntime } from '../dist/runtime/node/index.js';
import { timingsOf } from '../dist/shared/profile.js';
import { startMasters } from './master-processes.mjs';
import { median } from './median.mjs';

const kills = Number(process.argv[2] ?? 50);
const profiles = process.argv[3] === undefined ? ['fast', 'realistic'] : [process.argv[3]];
const mastersCount = Number(process.argv[4] ?? 3);
const LANES = 8;
const DATANODES = 3;
const FILES = 30;
/** Maximum lag of a restarted master that counts as caught up, because the load continues meanwhile. */
const LAG_MAX = 200;
const PATIENCE_MS = 60_000;
const BIN = fileURLToPath(new URL('../bin/distrifs.cjs', import.meta.url));
const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

async function until(what, condition) {
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > endMs) throw new Error(`Waited ${PATIENCE_MS} ms in vain for ${what}`);
    await sleep(50);
  }
}

async function startDatanode(id, folder, masters, profile) {
  const args = ['--id', id, '--data-dir', join(folder, id), '--master', masters, '--profile', profile];
  const child = spawn(process.execPath, [BIN, 'datanode', ...args, '--log-file', join(folder, `${id}.log`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

/** Creates file after file, each once; records the acknowledged files, and notifies waiting callers of each. */
class Load {
  acknowledged = [];
  failures = [];
  #stopped = false;
  #next = 0;
  #waiting = [];

  constructor(fs) {
    this.lanes = Array.from({ length: LANES }, () => this.#run(fs));
  }

  async #run(fs) {
    while (!this.#stopped) {
      const name = `f${this.#next++}`;
      const startMs = performance.now();
      try {
        await fs.writeFile(`/load/${name}`, '', { flag: 'wx' });
        this.acknowledged.push(name);
        for (const tell of this.#waiting) tell(startMs, performance.now());
      } catch (error) {
        this.failures.push(`${name}: ${error.message}`);
      }
    }
  }

  /** The time of the first acknowledgement of a create that began after `ms`. */
  firstAfter(ms) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No create was acknowledged for ${PATIENCE_MS} ms`)), PATIENCE_MS);
      const tell = (startMs, endMs) => {
        if (startMs < ms) return;
        clearTimeout(timer);
        this.#waiting = this.#waiting.filter((each) => each !== tell);
        resolve(endMs);
      };
      this.#waiting.push(tell);
    });
  }

  async stop() {
    this.#stopped = true;
    await Promise.all(this.lanes);
  }
}

/** The leader of a complete group: all members answer, and none is far behind. */
async function leaderOfWhole(masters, admin) {
  if (masters.length === 1) return masters[0];
  const id = await until('a whole group', async () => {
    const { leader, views } = await admin.survey();
    if (leader === null || views.length < masters.length) return null;
    const isWhole = views.every(
      ({ status }) =>
        status !== null &&
        (status.role === 'LEADER' || status.role === 'FOLLOWER') &&
        leader.status.commitIndex - status.appliedIndex <= LAG_MAX,
    );
    return isWhole ? leader.id : null;
  });
  return masters.find((master) => master.id === id);
}

async function failovers(profile) {
  const folder = mkdtempSync(join(tmpdir(), 'distrifs-bench-'));
  const host = createNodeRuntime({ dataDir: '/nowhere', log: silent });
  let masters = [];
  let datanodes = [];
  let fs = null;
  try {
    masters = await startMasters(mastersCount, folder, profile);
    const addresses = masters.map(({ address }) => address);
    const admin = new MasterAdmin(host.runtime, addresses, timingsOf('fast'));
    datanodes = await Promise.all(
      Array.from({ length: DATANODES }, (_, i) => startDatanode(`dn-${i + 1}`, folder, addresses.join(','), profile)),
    );
    fs = await DistriFS.connect({ master: addresses, profile });
    await until('the datanodes', async () => (await fs.df()).nodes.length === DATANODES);
    await fs.mkdir('/load');
    for (let i = 0; i < FILES; i++) await fs.writeFile(`/file-${i}`, `content ${i}`);
    const load = new Load(fs);
    const times = [];
    for (let kill = 0; kill < kills; kill++) {
      const leader = await leaderOfWhole(masters, admin);
      await load.firstAfter(performance.now());
      const killedMs = performance.now();
      const dead = leader.end('SIGKILL');
      const acknowledged = load.firstAfter(killedMs);
      await dead;
      if (masters.length === 1) await leader.start();
      times.push((await acknowledged) - killedMs);
      if (masters.length > 1) await leader.start();
    }
    await load.stop();
    const names = new Set(await fs.readdir('/load'));
    const lost = load.acknowledged.filter((name) => !names.has(name));
    return { times, lost, failures: load.failures, created: load.acknowledged.length };
  } finally {
    await fs?.close();
    for (const child of datanodes) child.kill('SIGKILL');
    await Promise.all(masters.map((master) => master.end('SIGKILL')));
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const seconds = (ms) => `${(ms / 1_000).toFixed(2)} s`;
for (const profile of profiles) {
  const { times, lost, failures, created } = await failovers(profile);
  const worst = Math.max(...times);
  console.log(
    `${profile.padEnd(10)} ${times.length} kills of the leader of ${mastersCount}: next acknowledged create after ` +
      `${seconds(Math.min(...times))} / ${seconds(median(times))} / ${seconds(worst)} (best / median / worst)`,
  );
  console.log(`${''.padEnd(10)} ${created} files created, ${lost.length} lost, ${failures.length} failed`);
  for (const line of [...lost.map((name) => `lost: ${name}`), ...failures].slice(0, 10)) console.log(`${''.padEnd(10)} ${line}`);
  if (lost.length > 0 || failures.length > 0) process.exitCode = 1;
}
