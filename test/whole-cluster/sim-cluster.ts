/** A whole cluster, master, datanodes and clients with their real code, in one thread on virtual time. */
import { connectClient } from '../../src/client/index.js';
import type { DistriFSClient } from '../../src/client/distrifs-client.js';
import { start as startDatanode } from '../../src/datanode/index.js';
import { start as startMaster } from '../../src/master/index.js';
import { ClusterService } from '../../src/protocol/services.js';
import type { SimLogLine } from '../../src/runtime/memory/memory-logger.js';
import { Simulation } from '../../src/runtime/memory/simulation.js';
import { KIB } from '../../src/shared/limits.js';
import { type Timings, timingsOf } from '../../src/shared/profile.js';
import type { RpcChannel, RunningNode } from '../../src/shared/runtime.js';

export const MASTER = 'm-1:7000';
export const TIMINGS = timingsOf('fast');

export interface SimClusterOptions {
  readonly seed: number;
  readonly datanodes?: number;
  readonly replication?: number;
  readonly chunkSizeBytes?: number;
  readonly timings?: Timings;
  /** Receives the log entries of all machines. */
  readonly onLog?: (line: SimLogLine) => void;
}

export class SimCluster {
  readonly sim: Simulation;
  readonly datanodeIds: readonly string[];
  readonly nodes = new Map<string, RunningNode>();
  readonly #options: Required<SimClusterOptions>;
  #initialised = false;
  #observer: RpcChannel | null = null;

  constructor(options: SimClusterOptions) {
    this.#options = {
      datanodes: 3,
      replication: 3,
      chunkSizeBytes: 128 * KIB,
      timings: TIMINGS,
      onLog: () => undefined,
      ...options,
    };
    this.sim = new Simulation({ seed: options.seed, onLog: this.#options.onLog });
    this.datanodeIds = Array.from({ length: this.#options.datanodes }, (_, i) => `dn-${i + 1}`);
  }

  /** Starts the master and all datanodes, and waits until every datanode is live. Inside `sim.run`. */
  async start(): Promise<void> {
    await this.startMaster();
    await Promise.all(this.datanodeIds.map((id) => this.startDatanode(id)));
    await this.untilStatus((status) => status.nodes.filter((node) => node.state === 'LIVE').length === this.datanodeIds.length);
  }

  async startMaster(): Promise<void> {
    const runtime = this.sim.machine('m-1').boot();
    const init = !this.#initialised;
    const node = await startMaster(runtime, {
      masterId: 'm-1',
      listen: MASTER,
      init,
      defaultReplication: this.#options.replication,
      defaultChunkSizeBytes: this.#options.chunkSizeBytes,
      minReplicas: 2,
      timings: this.#options.timings,
    });
    this.#initialised = true;
    this.nodes.set('m-1', node);
  }

  async startDatanode(id: string): Promise<void> {
    const runtime = this.sim.machine(id).boot();
    const node = await startDatanode(runtime, {
      nodeId: id,
      listen: `${id}:7100`,
      masters: [MASTER],
      rack: 'rack-1',
      timings: this.#options.timings,
    });
    this.nodes.set(id, node);
  }

  client(name = 'client'): DistriFSClient {
    return connectClient(this.sim.machine(name).boot(), { masters: [MASTER], clientName: name, timings: this.#options.timings });
  }

  /** The master's own view; null while it does not answer. */
  async status() {
    this.#observer ??= this.sim.machine('observer').boot().rpc.connect(MASTER);
    try {
      return await this.#observer.call(ClusterService.GetClusterStatus, {}, { deadlineMs: 1_000 });
    } catch {
      return null;
    }
  }

  /** Asks the master again and again until its view is as wanted. */
  async untilStatus(wanted: (status: NonNullable<Awaited<ReturnType<SimCluster['status']>>>) => boolean, limitMs = 60_000) {
    const deadline = this.sim.nowMs + limitMs;
    for (;;) {
      const status = await this.status();
      if (status !== null && wanted(status)) return status;
      if (this.sim.nowMs > deadline) throw new Error(`In vain after ${limitMs} ms: ${JSON.stringify(status)}`);
      await this.sim.advance(50);
    }
  }

  /** Chunk files on a datanode's disk: name to bytes. */
  chunkFiles(id: string): Map<string, Uint8Array> {
    const { disk } = this.sim.machine(id);
    const names = disk.files().filter((name) => /^chunk-[0-9a-f-]+$/.test(name));
    return new Map(names.map((name) => [name, disk.readFile(name)]));
  }
}

/** Bytes that differ from place to place and from seed to seed. */
export function sampleBytes(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (Math.imul(i + 1, 2_654_435_761) ^ (seed * 40_503) ^ (i >>> 7)) & 0xff);
}
