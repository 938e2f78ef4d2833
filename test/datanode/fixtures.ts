/** Datanodes, a fake master and a client on simulated machines. */
import { start } from '../../src/datanode/index.js';
import type { DataNodeConfig } from '../../src/datanode/base/config.js';
import { type ChannelLease, ChannelPool, openOnPool } from '../../src/protocol/channel-pool.js';
import { openChunkRead } from '../../src/protocol/chunk-reader-stream.js';
import { type ChunkWriteStream, openChunkWrite } from '../../src/protocol/chunk-writer-stream.js';
import { writePacket } from '../protocol/packets.js';
import { Simulation } from '../../src/runtime/memory/simulation.js';
import { chunkUuid } from '../../src/shared/chunk-id.js';
import { type DfsError, isDfsError } from '../../src/shared/errors.js';
import { BLOCK_BYTES } from '../../src/shared/limits.js';
import { timingsOf } from '../../src/shared/profile.js';
import type { RunningNode, Runtime } from '../../src/shared/runtime.js';
import { FakeMaster } from './fake-master.js';

export const CLUSTER = '0a1b2c3d-4e5f-4a6b-8c7d-9e8f7a6b5c4d';
export const TIMINGS = timingsOf('fast');

export const uuidOf = (chunkId: number): string => chunkUuid(CLUSTER, chunkId);
export const dataFile = (chunkId: number): string => `chunk-${uuidOf(chunkId)}`;
export const metaFile = (chunkId: number, version: number): string => `${dataFile(chunkId)}.v${version}.meta`;
export const tmpFile = (chunkId: number, version: number): string => `${dataFile(chunkId)}.v${version}.tmp`;

/** Bytes that differ from block to block and from seed to seed. */
export function patternBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 2_654_435_761;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** What a promise rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<DfsError> {
  try {
    await promise;
  } catch (error) {
    if (isDfsError(error)) return error;
    throw error;
  }
  throw new Error('the promise should have been rejected');
}

export interface WriteOptions {
  readonly reserveBytes?: number;
  readonly clusterId?: string;
  readonly term?: number;
  readonly nodeId?: string;
  readonly purpose?: 'CLIENT_WRITE' | 'REPAIR';
}

/** A simulated world with a master on `m-1:7000`, datanodes on `dn-<n>:9000` and a client. */
export class World {
  readonly sim: Simulation;
  readonly master: FakeMaster;
  readonly client: Runtime;
  readonly pool: ChannelPool;
  readonly nodes = new Map<string, RunningNode>();

  constructor(seed: number | string, onLog?: (line: unknown) => void) {
    this.sim = new Simulation({ seed, ...(onLog === undefined ? {} : { onLog }) });
    this.master = new FakeMaster(this.sim.machine('m-1').boot(), CLUSTER);
    this.client = this.sim.machine('client').boot();
    this.pool = new ChannelPool({
      net: this.client.net,
      clock: this.client.clock,
      connectTimeoutMs: TIMINGS.connectTimeoutMs,
      maxIdlePerAddress: 2,
    });
  }

  /** Starts the master and datanodes, and waits until their first full reports are in. */
  async up(...names: readonly string[]): Promise<void> {
    await this.master.serve('m-1:7000');
    await Promise.all(names.map((name) => this.startNode(name)));
    await this.sim.runUntil(() => names.every((name) => this.master.believes.has(name)));
  }

  /** Another master, on `<name>:7000`. It serves, and leads nothing. */
  async addMaster(name: string, clusterId = CLUSTER): Promise<FakeMaster> {
    const master = new FakeMaster(this.sim.machine(name).boot(), clusterId);
    master.leads = false;
    await master.serve(`${name}:7000`);
    return master;
  }

  /** @param wrap makes another runtime of the machine's */
  async startNode(
    name: string,
    overrides: Partial<DataNodeConfig> = {},
    wrap: (runtime: Runtime) => Runtime = (runtime) => runtime,
  ): Promise<RunningNode> {
    const config = {
      nodeId: name,
      listen: `${name}:9000`,
      masters: ['m-1:7000'],
      rack: 'rack-1',
      timings: TIMINGS,
      ...overrides,
    };
    const node = await start(wrap(this.sim.machine(name).boot()), config);
    this.nodes.set(name, node);
    return node;
  }

  /** Opens a client's write to a pipeline. */
  async openWrite(
    chunkId: number,
    version: number,
    names: readonly string[],
    options: WriteOptions = {},
  ): Promise<ChunkWriteStream> {
    return (await this.leaseWrite(chunkId, version, names, options)).opened;
  }

  /** The same, with the connection that carries it. */
  leaseWrite(
    chunkId: number,
    version: number,
    names: readonly string[],
    options: WriteOptions = {},
  ): Promise<{ opened: ChunkWriteStream; lease: ChannelLease }> {
    const [first = '', ...rest] = names;
    const open = {
      clusterId: options.clusterId ?? CLUSTER,
      chunkId,
      version,
      term: options.term ?? this.master.term,
      purpose: options.purpose ?? ('CLIENT_WRITE' as const),
      reserveBytes: options.reserveBytes ?? 4 * 1024 * 1024,
      nodeId: options.nodeId ?? first,
      downstream: rest.map((name) => ({ nodeId: name, address: `${name}:9000` })),
    };
    return openOnPool(this.pool, `${first}:9000`, (channel) =>
      openChunkWrite(channel, open, { timings: TIMINGS, clock: this.client.clock }),
    );
  }

  async writeChunk(chunkId: number, version: number, names: readonly string[], data: Uint8Array): Promise<string[]> {
    const { opened, lease } = await this.leaseWrite(chunkId, version, names, { reserveBytes: data.length });
    await sendAll(opened, data);
    const { nodeIds } = await opened.finish();
    lease.release(true);
    return nodeIds;
  }

  async readChunk(name: string, chunkId: number, version: number, offset: number, length: number): Promise<Uint8Array> {
    const open = { clusterId: CLUSTER, chunkId, version, offsetBytes: offset, lengthBytes: length, nodeId: name };
    const { opened, lease } = await openOnPool(this.pool, `${name}:9000`, (channel) =>
      openChunkRead(channel, open, { streamTimeoutMs: TIMINGS.streamTimeoutMs, memory: this.client.memory }),
    );
    const pieces: Uint8Array[] = [];
    try {
      for await (const piece of opened) pieces.push(piece.slice());
    } finally {
      lease.release(opened.reusable);
    }
    return new Uint8Array(Buffer.concat(pieces));
  }

  files(name: string): string[] {
    return this.sim.machine(name).disk.files();
  }
}

/** Sends data block by block. */
export async function sendAll(stream: ChunkWriteStream, data: Uint8Array): Promise<void> {
  for (let at = 0; at < data.length; at += BLOCK_BYTES) await writePacket(stream, data.subarray(at, at + BLOCK_BYTES));
}

/** Equality of long byte arrays, quicker than toEqual. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
