/** Machines of a small network as network namespaces of the kernel, and cuts between them by nftables. Linux and root only. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Direction } from '../../../src/supervisor/api/fault.js';
import { isAlive } from '../../integration/processes.js';

const run = promisify(execFile);
const ip = (...args: readonly string[]): Promise<unknown> => run('ip', args);
const PREFIX = 'distrifs-test-';
/** Where `ip netns` keeps the names. */
const NAMES_FOLDER = '/run/netns';

/** Why this machine cannot do it; null when it can. */
export async function whyNoNamespaces(): Promise<string | null> {
  if (process.platform !== 'linux') return `network namespaces are Linux's, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const tool of ['ip', 'nft']) {
    try {
      await run(tool, ['-V']);
    } catch {
      return `the command ${tool} is missing (apt-get install iproute2 nftables)`;
    }
  }
  try {
    await (await Namespaces.make(['probe'])).end();
    return null;
  } catch (error) {
    return `the kernel does not allow it: ${error instanceof Error ? error.message.trim() : String(error)}`;
  }
}

export class Namespaces {
  readonly #names: readonly string[];

  private constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** Makes a namespace for each name, all on one bridge, which has a namespace too. The caller calls `end`. */
  static async make(names: readonly string[]): Promise<Namespaces> {
    await removeLeftovers();
    const made = new Namespaces(names);
    try {
      const bridge = made.#space('bridge');
      await ip('netns', 'add', bridge);
      await ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge');
      await ip('-n', bridge, 'link', 'set', 'br0', 'up');
      for (const [index, name] of names.entries()) {
        const [space, port] = [made.#space(name), `port${index}`];
        await ip('netns', 'add', space);
        await ip('-n', bridge, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
        await ip('-n', bridge, 'link', 'set', port, 'master', 'br0', 'up');
        await ip('-n', space, 'addr', 'add', `${made.hostOf(name)}/24`, 'dev', 'eth0');
        await ip('-n', space, 'link', 'set', 'eth0', 'up');
        await ip('-n', space, 'link', 'set', 'lo', 'up');
        const chains =
          'add chain inet cut sent { type filter hook output priority 0; }; add chain inet cut got { type filter hook input priority 0; }';
        await made.#nft(name, `add table inet cut; ${chains}`);
      }
      return made;
    } catch (error) {
      await made.end();
      throw error;
    }
  }

  /** The address of a namespace: private to these namespaces. */
  hostOf(name: string): string {
    return `10.77.0.${this.#names.indexOf(name) + 1}`;
  }

  /** What to write before a command so that it runs there. */
  inside(name: string): readonly string[] {
    return ['ip', 'netns', 'exec', this.#space(name)];
  }

  /** Drops, in silence, what a namespace sends (`to`) or is sent (`from`), except from and to itself. */
  async cut(name: string, direction: Direction): Promise<void> {
    if (direction !== 'from') await this.#nft(name, 'add rule inet cut sent oifname "eth0" drop');
    if (direction !== 'to') await this.#nft(name, 'add rule inet cut got iifname "eth0" drop');
  }

  async heal(name: string): Promise<void> {
    await this.#nft(name, 'flush table inet cut');
  }

  /** Removes all of them, and with them every link between. */
  async end(): Promise<void> {
    for (const name of ['bridge', ...this.#names]) await ip('netns', 'del', this.#space(name)).catch(() => undefined);
  }

  #space(name: string): string {
    return `${PREFIX}${process.pid}-${name}`;
  }

  #nft(name: string, commands: string): Promise<unknown> {
    return ip('netns', 'exec', this.#space(name), 'nft', commands);
  }
}

/** A test run that was killed leaves its namespaces: the next one removes them. */
async function removeLeftovers(): Promise<void> {
  const names = await readdir(NAMES_FOLDER).catch(() => []);
  for (const name of names) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await ip('netns', 'del', name).catch(() => undefined);
  }
}
