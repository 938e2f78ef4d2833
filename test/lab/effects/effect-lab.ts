/** A cluster to break by commands, as people do, with means to look at it that are not the faults' own counters. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { DistriFS } from '../../../src/index.js';
import { Lab } from '../../../src/lab/live/lab.js';
import type { ClusterOptions } from '../../../src/supervisor/api/cluster-options.js';
import type { NodeInfo, NodeStatus } from '../../../src/supervisor/api/cluster-status.js';
import type { FaultAnswer } from '../../../src/supervisor/api/lab-faults.js';

/** What becomes of a connection. silent: nothing comes, for so long that something would have. */
export type Heard = 'answered' | 'refused' | 'reset' | 'silent';

/** A node that runs hangs up on what is no protocol at once; see `EffectLab.ask`. */
const NONSENSE = Buffer.alloc(64);
const SILENT_AFTER_MS = 400;
/** With the proxy's answer. */
const REFUSED = /^HTTP\/1\.1 50\d /;

export class EffectLab {
  readonly cluster: Lab;
  readonly client: DistriFS;

  private constructor(cluster: Lab, client: DistriFS) {
    this.cluster = cluster;
    this.client = client;
  }

  static async start(options: ClusterOptions): Promise<EffectLab> {
    const cluster = await Lab.start(options);
    const master = cluster.masters().map(({ address }) => address);
    return new EffectLab(cluster, await DistriFS.connect({ master, proxy: cluster.clientProxy(), profile: 'fast' }));
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.cluster.close();
  }

  order(command: string): Promise<FaultAnswer> {
    return this.cluster.faults.order(command);
  }

  lift({ id }: FaultAnswer): Promise<FaultAnswer> {
    return this.cluster.faults.lift(id);
  }

  node(id: string): NodeInfo {
    const node = [...this.cluster.masters(), ...this.cluster.datanodes()].find((candidate) => candidate.id === id);
    if (node === undefined) throw new Error(`There is no ${id}`);
    return node;
  }

  async statusOf(id: string): Promise<NodeStatus> {
    const status = (await this.cluster.status()).nodes.find((node) => node.id === id);
    if (status === undefined) throw new Error(`There is no ${id}`);
    return status;
  }

  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const deadlineMs = performance.now() + 20_000;
    while (!(await condition())) {
      if (performance.now() > deadlineMs) throw new Error(`Not within 20 s: ${what}`);
      await delay(20);
    }
  }

  /** Waits until all nodes are live, and the file system takes and gives files. */
  async isWhole(): Promise<void> {
    await this.until(async () => (await this.cluster.status()).nodes.every(({ state }) => state === 'live'), 'all are live');
    await this.until(() => this.put().then(Boolean, () => false), 'files are taken');
  }

  /** Writes a new file. @returns how long that took, ms */
  async put(bytes = 20_000, replication = 3): Promise<number> {
    const begunMs = performance.now();
    await this.client.writeFile(this.newPath(), Buffer.alloc(bytes, 1), { replication });
    return performance.now() - begunMs;
  }

  newPath(): string {
    return `/file-${++files}`;
  }

  /** Dials the node itself, past the lab's network, and says nonsense. */
  async ask(id: string): Promise<Heard> {
    const [host, port] = this.node(id).address.split(':');
    return heard(connect(Number(port), host), NONSENSE);
  }

  /** Waits until the node answers through the lab's network: a busy one may take longer than `askThrough` listens. */
  async isAnswered(id: string): Promise<void> {
    await this.until(async () => (await this.askThrough(id)) === 'answered', `${id} answers`);
  }

  /** As `ask`, through the lab's network. */
  async askThrough(id: string): Promise<Heard> {
    const { hostname, port, username, password } = new URL(this.cluster.clientProxy('asker'));
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    const { address } = this.node(id);
    const head = `CONNECT ${address} HTTP/1.1\r\nHost: ${address}\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`;
    return heard(connect(Number(port), hostname), Buffer.concat([Buffer.from(head), NONSENSE]));
  }
}

let files = 0;

/** Says something and listens how it ends. */
function heard(socket: Socket, words: Buffer): Promise<Heard> {
  return new Promise((resolve) => {
    let said = '';
    const timer = setTimeout(() => end('silent'), SILENT_AFTER_MS);
    const end = (what: Heard): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(what);
    };
    socket.setNoDelay(true).on('data', (data) => (said += data.toString('latin1')));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code !== 'EPIPE') end(code === 'ECONNREFUSED' ? 'refused' : 'reset');
    });
    socket.on('close', () => end(REFUSED.test(said) ? 'refused' : 'answered'));
    socket.write(words);
  });
}
