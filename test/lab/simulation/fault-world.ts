/** A small simulated cluster with a client, to try faults on. */
import { connectClient } from '../../../src/client/index.js';
import type { DistriFSClient } from '../../../src/client/distrifs-client.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { KIB } from '../../../src/shared/limits.js';
import { timingsOf } from '../../../src/shared/profile.js';
import { goodCopies } from '../../../src/supervisor/faults/good-copies.js';
import type { GoodCopy } from '../../../src/supervisor/faults/good-copies.js';
import { SimulatedCluster } from '../../../src/lab/simulation/simulated-cluster.js';
import type { Roles } from '../../../src/lab/simulation/roles.js';
import type { ClusterEvent } from '../../../src/supervisor/api/cluster-events.js';
import type { NodeState } from '../../../src/supervisor/api/cluster-status.js';
import { ROLES } from './fixtures.js';

export interface FaultWorldOptions {
  readonly seed?: number;
  readonly datanodes?: number;
  readonly replication?: number;
  readonly roles?: Roles;
}

export class SimWorld {
  readonly sim: Simulation;
  readonly cluster: SimulatedCluster;
  readonly events: ClusterEvent[] = [];

  constructor({ seed = 1, datanodes = 4, replication = 3, roles = ROLES }: FaultWorldOptions) {
    this.sim = new Simulation({ seed });
    const shape = { masters: 1, datanodes, racks: 1, replication, chunkSizeBytes: 64 * KIB, profile: 'fast' } as const;
    this.cluster = new SimulatedCluster(this.sim, shape, roles);
    this.cluster.onEvent((event) => this.events.push(event));
  }

  client(name = 'client-1'): DistriFSClient {
    const timings = { ...timingsOf('fast'), masterPatienceMs: 3_000 };
    return connectClient(this.cluster.bootClient(name), { masters: ['m-1:7000'], clientName: name, timings });
  }

  async state(id: string): Promise<NodeState | undefined> {
    return (await this.cluster.status()).nodes.find((node) => node.id === id)?.state;
  }

  /** Waits until a node is in one of these states. */
  async reaches(id: string, ...states: readonly NodeState[]): Promise<void> {
    await this.until(async () => states.includes((await this.state(id)) ?? 'stopped'), `${id} is ${states.join(' or ')}`);
  }

  async until(condition: () => Promise<boolean>, what: string, limitMs = 20_000): Promise<void> {
    const deadlineMs = this.sim.nowMs + limitMs;
    while (!(await condition())) {
      if (this.sim.nowMs > deadlineMs) throw new Error(`Not within ${limitMs} ms: ${what}`);
      await this.sim.advance(20);
    }
  }

  /** Virtual time that an act takes. */
  async timed(act: () => Promise<unknown>): Promise<number> {
    const beganMs = this.sim.nowMs;
    await act();
    return this.sim.nowMs - beganMs;
  }

  goodCopies(): Map<string, GoodCopy[]> {
    return goodCopies(new Map(this.cluster.datanodes().map(({ id }) => [id, this.sim.machine(id).disk])));
  }

  /** How the last process of each node ended, and when. */
  exits(): { readonly node: string; readonly how: string | number | null; readonly atMs: number }[] {
    return this.events.flatMap((event) =>
      event.event === 'node-exit' ? [{ node: event.node, how: event.signal ?? event.code, atMs: event.atMs }] : [],
    );
  }
}

/** Runs a test's body on a started cluster, inside the simulation. */
export async function withCluster(options: FaultWorldOptions, body: (world: SimWorld) => Promise<void>): Promise<void> {
  const world = new SimWorld(options);
  await world.sim.run(async () => {
    await world.cluster.start();
    await body(world);
    await world.cluster.close();
  });
}
