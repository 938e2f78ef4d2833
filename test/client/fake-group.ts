/** Masters that share one state and of which one leads: the test says which, what the others say of it, and who dies or stalls when. */
import type { DistriFSClient } from '../../src/client/distrifs-client.js';
import { DfsError } from '../../src/shared/errors.js';
import type { Timings } from '../../src/shared/profile.js';
import { FakeCluster } from './fake-cluster.js';

export const addressOf = (name: string): string => `${name}:7000`;

export class FakeGroup {
  readonly cluster: FakeCluster;
  readonly names: readonly string[];
  leader: string | null = null;
  /** Who each follower says leads; left out: it names the leader. '' names nobody. */
  readonly hints = new Map<string, string>();
  readonly asked: { readonly name: string; readonly method: string; readonly atMs: number }[] = [];
  /** Runs in the leader before it carries a call out. */
  beforeCall: (name: string, method: string) => void | Promise<void> = () => undefined;

  constructor(seed: number, names: readonly string[]) {
    this.cluster = new FakeCluster(seed, 3);
    this.names = names;
    this.leader = names[0] ?? null;
  }

  get nowMs(): number {
    return this.cluster.sim.nowMs;
  }

  async start(names: readonly string[] = this.names): Promise<void> {
    await this.cluster.startDatanodes();
    for (const name of names) await this.serve(name);
  }

  async serve(name: string): Promise<void> {
    await this.cluster.serveMaster(name, async (method) => {
      this.asked.push({ name, method, atMs: this.nowMs });
      if (this.leader !== name) {
        const hint = this.hints.get(name) ?? this.leader ?? '';
        throw new DfsError('NOT_LEADER', `${name} follows`, hint === '' ? {} : { leaderHint: addressOf(hint) });
      }
      await this.beforeCall(name, method);
    });
  }

  /** SIGKILL. The others name it as the leader until they have noticed. */
  kill(name: string): void {
    this.cluster.sim.machine(name).crash();
    this.#deposed(name);
  }

  /** SIGSTOP: connections stay, nothing is answered. */
  stall(name: string): void {
    this.cluster.sim.machine(name).pause();
    this.#deposed(name);
  }

  /** `name` leads from now on, and the others know it. */
  elect(name: string): void {
    this.leader = name;
    this.hints.clear();
  }

  client(timings: Partial<Timings> = {}, names: readonly string[] = this.names): DistriFSClient {
    return this.cluster.client(timings, names.map(addressOf));
  }

  countOf(method: string, name?: string): number {
    return this.asked.filter((ask) => ask.method === method && (name === undefined || ask.name === name)).length;
  }

  #deposed(name: string): void {
    if (this.leader !== name) return;
    this.leader = null;
    for (const other of this.names) if (other !== name) this.hints.set(other, name);
  }
}
