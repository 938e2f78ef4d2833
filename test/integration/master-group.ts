/** A group of masters as processes, started as an operator would start them, and a load of creates: for black-box tests. */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Outcome, outcomeOf, run, startBin, startProgram, waitFor } from './processes.js';

/** A row of `distrifs admin masters --json`. */
interface MasterRow {
  readonly id: string;
  readonly address: string;
  readonly role: string;
  readonly isVoter: boolean;
  readonly note: string | null;
  readonly appliedIndex?: number;
  readonly stateDigest?: string;
  readonly lag?: number | null;
}

export interface MastersJson {
  readonly leader: string | null;
  readonly term: number | null;
  readonly voters: number;
  readonly votersAble: number;
  readonly masters: readonly MasterRow[];
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export class MasterGroup {
  readonly folder: string;
  /** By id. */
  readonly addresses = new Map<string, string>();
  readonly #children = new Map<string, ChildProcess>();
  #founding: readonly string[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Founds a cluster of m-1 … m-<count>. The caller calls `end`. */
  static async found(folder: string, count: number): Promise<MasterGroup> {
    const group = new MasterGroup(folder);
    for (let i = 1; i <= count; i++) await group.name(`m-${i}`);
    const members = [...group.addresses].map(([id, address]) => `${id}=${address}`).join(',');
    group.#founding = count === 1 ? ['--init'] : ['--init', '--members', members, '--cluster-key', folder];
    await Promise.all([...group.addresses.keys()].map((id) => group.start(id, ...group.#founding)));
    return group;
  }

  /** What founded it, as it was said to each master. */
  get founding(): readonly string[] {
    return this.#founding;
  }

  get env(): { readonly DISTRIFS_MASTER: string; readonly DISTRIFS_PROFILE: string } {
    return { DISTRIFS_MASTER: [...this.addresses.values()].join(','), DISTRIFS_PROFILE: 'fast' };
  }

  /** Gives a master an address, without starting it. */
  async name(id: string): Promise<string> {
    const address = `127.0.0.1:${await freePort()}`;
    this.addresses.set(id, address);
    return address;
  }

  dataDir(id: string): string {
    return join(this.folder, id);
  }

  /** Runs a master that is expected to end by itself, and soon. */
  launch(id: string, ...args: readonly string[]): ChildProcess {
    const common = ['--id', id, '--listen', this.addresses.get(id) ?? '', '--data-dir', this.dataDir(id), '--profile', 'fast'];
    const child = startBin('distrifs', ['master', ...common, '--log-file', `${this.dataDir(id)}.log`, ...args]);
    this.#children.set(id, child);
    return child;
  }

  /** Starts a master and waits for its ready line. */
  async start(id: string, ...args: readonly string[]): Promise<void> {
    const child = this.launch(id, ...args);
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`master ${id} ended with ${String(code)}: ${errors}`);
    });
    await Promise.race([once(child.stdout!, 'data'), ended]);
    ended.catch(() => undefined);
  }

  /** Ends one process; fine when it has ended. */
  async kill(id: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#children.get(id);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  async end(): Promise<void> {
    await Promise.all([...this.#children.keys()].map((id) => this.kill(id)));
  }

  /** `distrifs <args>` against the group. */
  distrifs(...args: readonly string[]): Promise<Outcome> {
    return run('distrifs', args, { env: this.env });
  }

  async masters(): Promise<MastersJson> {
    const { stdout, stderr } = await this.distrifs('admin', 'masters', '--json');
    if (stdout === '') throw new Error(`distrifs admin masters: ${stderr}`);
    return JSON.parse(stdout) as MastersJson;
  }

  /** Waits until one leads and `able` voters do their part, none of them far behind. */
  whole(able: number, limitMs = 20_000): Promise<MastersJson & { readonly leader: string }> {
    return waitFor(`a leader and ${able} voters that keep up`, limitMs, async () => {
      const { leader, ...rest } = await this.masters();
      const isWhole = rest.votersAble >= able && rest.masters.every(({ lag }) => lag === undefined || lag === null || lag < 200);
      return leader !== null && isWhole ? { ...rest, leader } : null;
    });
  }

  /** Waits until all voters have applied the same, and says whether they have the same state. */
  sameState(able: number): Promise<readonly string[]> {
    return waitFor('all masters at the same index', 20_000, async () => {
      const { masters, votersAble } = await this.masters();
      const voters = masters.filter(({ isVoter, appliedIndex }) => isVoter && appliedIndex !== undefined);
      const isEven = votersAble === able && new Set(voters.map(({ appliedIndex }) => appliedIndex)).size === 1;
      return isEven ? voters.map(({ stateDigest }) => stateDigest ?? '') : null;
    });
  }
}

const LOAD = `
  import { DistriFS } from 'distrifs-lab';
  const fs = await DistriFS.connect({ master: process.env.DISTRIFS_MASTER.split(','), profile: 'fast' });
  await fs.mkdir('/load', { recursive: true });
  let stopped = false;
  let next = 0;
  process.stdin.resume().on('end', () => (stopped = true));
  // Without a pause, the load would take the processors from the group that it is for.
  const pause = () => new Promise((resolve) => setTimeout(resolve, 30));
  const lane = async () => {
    for (; !stopped; await pause()) {
      const name = 'f' + next++;
      const startMs = Date.now();
      try {
        await fs.writeFile('/load/' + name, '', { flag: 'wx' });
        console.log(['acked', name, startMs, Date.now()].join(' '));
      } catch (error) {
        console.log(['failed', name, error.code, error.message].join(' '));
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  for (const name of await fs.readdir('/load')) console.log('listed ' + name);
  await fs.close();`;

interface Acked {
  readonly name: string;
  /** Unix milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
}

export interface LoadResult {
  readonly acked: readonly string[];
  readonly failed: readonly string[];
  /** What the directory holds in the end. */
  readonly listed: readonly string[];
}

/** A client process that creates empty files, eight at a time, each exclusively: a create that took effect twice fails. */
export class CreateLoad {
  readonly #child: ChildProcess;
  readonly #outcome: Promise<Outcome>;
  readonly #acked: Acked[] = [];
  #rest = '';

  /** The caller calls `end`. */
  constructor(group: MasterGroup) {
    this.#child = startProgram(LOAD, [], group.env);
    this.#outcome = outcomeOf(this.#child, 600_000);
    this.#child.stdout?.on('data', (text: string) => this.#read(text));
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const [word, name, startMs, endMs] = line.split(' ');
      if (word === 'acked') this.#acked.push({ name: name ?? '', startMs: Number(startMs), endMs: Number(endMs) });
    }
  }

  /** When the first create that was begun at `ms` or later was acknowledged; Unix milliseconds. */
  async firstAfter(ms: number, limitMs = 30_000): Promise<number> {
    const { endMs } = await waitFor(`a create to be acknowledged after ${ms}`, limitMs, () =>
      this.#acked.slice(-1_000).find(({ startMs }) => startMs >= ms),
    );
    return endMs;
  }

  /** Stops creating, lists what is there, and ends. */
  async end(): Promise<LoadResult> {
    this.#child.stdin?.end();
    const { code, stdout, stderr } = await this.#outcome;
    if (code !== 0) throw new Error(`The load ended with ${code}: ${stderr}`);
    const words = (word: string): string[] =>
      stdout.split('\n').flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
    return { acked: words('acked').map((line) => line.split(' ')[0] ?? ''), failed: words('failed'), listed: words('listed') };
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
