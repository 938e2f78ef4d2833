/** Masters as processes on loopback, started with the command line. For benchmarks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin/distrifs.cjs', import.meta.url));

/** Ports that were free at the time of the call. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

export class MasterProcess {
  child = null;

  constructor(id, address, dataDir, profile) {
    Object.assign(this, { id, address, dataDir, profile });
  }

  /** Resolves once the master serves. */
  async start(...args) {
    const { id, address, dataDir, profile } = this;
    const common = ['--id', id, '--listen', address, '--data-dir', dataDir, '--profile', profile];
    this.child = spawn(process.execPath, [BIN, 'master', ...common, '--log-file', `${dataDir}.log`, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(this.child, 'exit').then(([code]) => {
      throw new Error(`Master ${id} ended with ${code} before it was ready: see ${dataDir}.log`);
    });
    await Promise.race([once(this.child.stdout, 'data'), exited]);
    exited.catch(() => undefined);
  }

  async end(signal) {
    if (this.child === null || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }
}

/** Bootstraps a cluster with the given number of masters in a folder. */
export async function startMasters(count, folder, profile) {
  const ports = await freePorts(count);
  const masters = ports.map((port, i) => {
    const id = `m-${i + 1}`;
    return new MasterProcess(id, `127.0.0.1:${port}`, join(folder, id), profile);
  });
  const members = masters.map(({ id, address }) => `${id}=${address}`).join(',');
  const founding = count === 1 ? ['--init'] : ['--init', '--members', members, '--cluster-key', folder];
  await Promise.all(masters.map((master) => master.start(...founding)));
  return masters;
}
