/** Several masters on simulated machines, with bare channels to each: calls go where the test says, or to whoever leads. */
import { start } from '../../src/master/index.js';
import type { MasterConfig } from '../../src/master/base/config.js';
import type { GetMasterStatusResponse__Output } from '../../src/protocol/generated/distrifs/v1/GetMasterStatusResponse.js';
import { MasterService, NamespaceService } from '../../src/protocol/services.js';
import { Simulation } from '../../src/runtime/memory/simulation.js';
import { isDfsError } from '../../src/shared/errors.js';
import type { RpcChannel, RpcMethod, RunningNode } from '../../src/shared/runtime.js';
import { CONFIG } from './master-rig.js';

export const addressOf = (id: string): string => `${id}:7000`;

export class GroupRig {
  readonly sim: Simulation;
  readonly log: string[] = [];
  readonly nodes = new Map<string, RunningNode>();
  readonly ids: readonly string[];
  /** Where each was started last. */
  readonly addresses = new Map<string, string>();
  readonly #channels = new Map<string, RpcChannel>();
  readonly #client: ReturnType<ReturnType<Simulation['machine']>['boot']>;
  clusterId = '';
  sessionId = 0;
  #sequence = 0;

  constructor(seed: number, ids: readonly string[] = ['m-1', 'm-2', 'm-3']) {
    this.ids = ids;
    this.sim = new Simulation({ seed, onLog: ({ machine, level, message }) => this.log.push(`${machine} ${level} ${message}`) });
    this.#client = this.sim.machine('client').boot();
  }

  async start(id: string, overrides: Partial<MasterConfig> = {}): Promise<RunningNode> {
    const config = { ...CONFIG, masterId: id, listen: this.addresses.get(id) ?? addressOf(id), ...overrides };
    this.addresses.set(id, config.listen);
    const node = await start(this.sim.machine(id).boot(), config);
    this.nodes.set(id, node);
    return node;
  }

  /** All of them, as bootstrap masters. */
  async found(overrides: Partial<MasterConfig> = {}): Promise<void> {
    const bootstrapMasters = this.ids.map((id) => ({ id, address: addressOf(id) }));
    await Promise.all(this.ids.map((id) => this.start(id, { init: true, bootstrapMasters, clusterKey: 'key', ...overrides })));
  }

  callAt<In, RequestOut, ResponseIn, Out>(
    id: string,
    method: RpcMethod<In, RequestOut, ResponseIn, Out>,
    request: In,
    deadlineMs = 3_000,
  ): Promise<Out> {
    const address = this.addresses.get(id) ?? addressOf(id);
    let channel = this.#channels.get(address);
    if (channel === undefined) {
      channel = this.#client.rpc.connect(address);
      this.#channels.set(address, channel);
    }
    return channel.call(method, request, { deadlineMs });
  }

  /** As a client does: until somebody answers. */
  async call<In, RequestOut, ResponseIn, Out>(method: RpcMethod<In, RequestOut, ResponseIn, Out>, request: In): Promise<Out> {
    const giveUpAtMs = this.sim.nowMs + 20_000;
    for (let attempt = 0; ; attempt += 1) {
      const id = [...this.nodes.keys()][attempt % this.nodes.size]!;
      try {
        return await this.callAt(id, method, request, 1_000);
      } catch (error) {
        if (!isDfsError(error) || !error.retriable || this.sim.nowMs > giveUpAtMs) throw error;
      }
      await this.sim.advance(10);
    }
  }

  async openSession(): Promise<void> {
    const opened = await this.call(NamespaceService.OpenSession, { clientName: 'rig' });
    this.clusterId = opened.clusterId;
    this.sessionId = opened.sessionId;
  }

  header() {
    this.#sequence += 1;
    return { clusterId: this.clusterId, sessionId: this.sessionId, sequence: this.#sequence, ackedBelow: 1 };
  }

  mkdir(path: string, header = this.header()) {
    return this.call(NamespaceService.MakeDirectory, { header, path, mode: 0o755 });
  }

  async list(path = '/'): Promise<string[]> {
    const { entries } = await this.call(NamespaceService.ListDirectory, { path });
    return entries.map(({ name }) => name);
  }

  async statusOf(id: string): Promise<GetMasterStatusResponse__Output | null> {
    try {
      return await this.callAt(id, MasterService.GetMasterStatus, {}, 200);
    } catch {
      return null;
    }
  }

  /** Who says that it leads, in the highest term. */
  async leader(): Promise<string | null> {
    const all = await Promise.all([...this.nodes.keys()].map((id) => this.statusOf(id)));
    const leading = all.filter((status) => status?.role === 'LEADER').toSorted((a, b) => b!.term - a!.term);
    return leading[0]?.masterId ?? null;
  }

  /** Waits for a leader other than this one. */
  async untilLed(notId = ''): Promise<string> {
    return this.until(async () => {
      const leader = await this.leader();
      return leader === notId ? null : leader;
    });
  }

  /** Asks again and again, until there is an answer. */
  async until<T>(ask: () => Promise<T | null>, limitMs = 20_000): Promise<T> {
    const giveUpAtMs = this.sim.nowMs + limitMs;
    for (;;) {
      const answer = await ask();
      if (answer !== null) return answer;
      if (this.sim.nowMs > giveUpAtMs) throw new Error(`In vain after ${limitMs} ms:\n${this.log.slice(-30).join('\n')}`);
      await this.sim.advance(20);
    }
  }

  /** Waits until all these have applied the same, and say the same of it. */
  async untilAgreed(ids: readonly string[] = this.ids): Promise<void> {
    await this.until(async () => {
      const all = await Promise.all(ids.map((id) => this.statusOf(id)));
      const [first] = all;
      const isAgreed = all.every(
        (status) => status !== null && status.appliedIndex === first?.appliedIndex && status.stateDigest === first.stateDigest,
      );
      return isAgreed ? true : null;
    });
  }

  /** SIGKILL, or the end of power. */
  crash(id: string, power = false): void {
    this.sim.machine(id).crash({ power });
    this.nodes.delete(id);
  }
}
