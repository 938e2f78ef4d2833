/** The same small cluster twice: cut by the fabric, and cut by the kernel. Clients see both in the same way. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Cluster } from '../../../src/supervisor/cluster/cluster.js';
import type { Direction } from '../../../src/supervisor/api/fault.js';
import { ROOT, outcomeOf } from '../../integration/processes.js';
import type { Namespaces } from './namespaces.js';

const SHAPE = { masters: 3, datanodes: 3, replication: 2 } as const;
export const MASTERS = ['m-1', 'm-2', 'm-3'];
export const DATANODES = ['dn-1', 'dn-2', 'dn-3'];
export const CLIENT = 'client';
const BIN = join(ROOT, 'bin', 'distrifs.cjs');

/** A client that does what it reads, line by line, and answers each line. */
const CLIENT_PROGRAM = `
  import { createInterface } from 'node:readline';
  import { DistriFS } from 'distrifs-lab';
  const fs = await DistriFS.connect({ master: process.env.DISTRIFS_MASTER, profile: 'fast' });
  const content = (path) => Buffer.alloc(150_000, path + ' ');
  const acked = [];
  let writing = null;
  const outcome = (action) => action.then(() => 'ok', (error) => error.code);
  const put = async (path) => {
    const how = await outcome(fs.writeFile(path, content(path)));
    if (how === 'ok') acked.push(path);
    return how;
  };
  const get = (path) => outcome(fs.readFile(path).then((bytes) => {
    if (!bytes.equals(content(path))) throw Object.assign(new Error(), { code: 'DIFFERENT' });
  }));
  const orders = {
    put,
    get,
    write: (prefix) => {
      const state = { stopped: false, outcomes: [] };
      state.done = (async () => {
        for (let n = 0; !state.stopped; n++) state.outcomes.push(await put(prefix + n));
      })();
      writing = state;
    },
    written: () => writing.outcomes.length,
    stop: async () => {
      writing.stopped = true;
      await writing.done;
      return [...new Set(writing.outcomes)].sort().join();
    },
    readAll: async () => {
      const outcomes = new Set();
      for (const path of acked) outcomes.add(await get(path));
      return [...outcomes].sort().join();
    },
    df: async () => fs.df().catch(() => null),
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const [order, ...args] = JSON.parse(line);
    console.log(JSON.stringify((await orders[order](...args)) ?? null));
  }
  await fs.close();`;

interface Usage {
  readonly nodes: readonly { readonly id: string; readonly state: string }[];
}

export class World {
  readonly #client: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(
    readonly what: string,
    readonly env: Readonly<Record<string, string>>,
    readonly inside: readonly string[],
    readonly cut: (node: string, direction: Direction) => Promise<void>,
    readonly heal: (node: string) => Promise<void>,
    readonly endCluster: () => Promise<void>,
  ) {
    this.#client = this.#spawn([process.execPath, '--input-type=module', '-e', CLIENT_PROGRAM]);
    this.#answers = createInterface({ input: this.#client.stdout! })[Symbol.asyncIterator]();
  }

  async ask<T = string>(...order: readonly string[]): Promise<T> {
    this.#client.stdin?.write(`${JSON.stringify(order)}\n`);
    const { value } = (await this.#answers.next()) as { value: string | undefined };
    if (value === undefined) throw new Error(`The client of the ${this.what} ended at ${order.join(' ')}`);
    return JSON.parse(value) as T;
  }

  /** Datanodes by what the leader thinks of them; null while nobody answers. */
  async datanodes(): Promise<ReadonlyMap<string, string> | null> {
    const usage = await this.ask<Usage | null>('df');
    return usage === null ? null : new Map(usage.nodes.map(({ id, state }) => [id, state]));
  }

  /** The masters as `distrifs admin masters` shows them to the client. */
  async masters(): Promise<{ readonly leader: string | null; readonly votersAble: number }> {
    const { stdout } = await outcomeOf(this.#spawn([process.execPath, BIN, 'admin', 'masters', '--json']));
    return stdout === ''
      ? { leader: null, votersAble: 0 }
      : (JSON.parse(stdout) as { leader: string | null; votersAble: number });
  }

  async end(): Promise<void> {
    const ended = once(this.#client, 'close');
    this.#client.kill('SIGKILL');
    await ended;
    await this.endCluster();
  }

  #spawn(command: readonly string[]): ChildProcess {
    return start([...this.inside, ...command], this.env);
  }
}

function start([command = '', ...args]: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const own = { PATH: process.env.PATH ?? '', DISTRIFS_PROFILE: 'fast', ...env };
  return spawn(command, args, { cwd: ROOT, env: own, stdio: ['pipe', 'pipe', 'inherit'] });
}

/** A lab's cluster, cut by the fabric. */
export async function fabricWorld(): Promise<World> {
  const cluster = await Cluster.start({ ...SHAPE, profile: 'fast' });
  const env = {
    DISTRIFS_MASTER: cluster
      .masters()
      .map(({ address }) => address)
      .join(),
    grpc_proxy: cluster.clientProxy(CLIENT),
  };
  const cut = async (node: string, direction: Direction): Promise<void> => {
    await cluster.inject({ action: 'isolate', kind: 'stall', direction }, [node], { choiceSeed: 1 });
  };
  return new World(
    'fabric',
    env,
    [],
    cut,
    (node) => cluster.heal([node]),
    () => cluster.close(),
  );
}

/** The same nodes as an operator would start them, each in a namespace of its own, cut by nftables. */
export async function kernelWorld(spaces: Namespaces, folder: string): Promise<World> {
  const children: ChildProcess[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      }),
    );
  };
  const addressOf = (id: string): string => `${spaces.hostOf(id)}:7000`;
  const launch = async (role: string, id: string, ...args: readonly string[]): Promise<void> => {
    const common = [
      '--id',
      id,
      '--listen',
      addressOf(id),
      '--data-dir',
      join(folder, id),
      '--log-file',
      join(folder, `${id}.log`),
    ];
    const child = start([...spaces.inside(id), process.execPath, BIN, role, ...common, ...args], {});
    children.push(child);
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`${id} ended with ${String(code)}`)));
    await Promise.race([once(child.stdout!, 'data'), ended]);
    ended.catch(() => undefined);
  };
  const masters = MASTERS.map(addressOf).join();
  try {
    const members = MASTERS.map((id) => `${id}=${addressOf(id)}`).join();
    const founding = ['--init', '--members', members, '--cluster-key', folder, '--replication', String(SHAPE.replication)];
    await Promise.all(MASTERS.map((id) => launch('master', id, ...founding)));
    await Promise.all(DATANODES.map((id) => launch('datanode', id, '--master', masters)));
  } catch (error) {
    await end();
    throw error;
  }
  const cut = (node: string, direction: Direction): Promise<void> => spaces.cut(node, direction);
  return new World('kernel', { DISTRIFS_MASTER: masters }, spaces.inside(CLIENT), cut, (node) => spaces.heal(node), end);
}
