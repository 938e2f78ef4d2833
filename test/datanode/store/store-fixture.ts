/** A chunk store alone on a simulated machine. */
import { ownMemory } from '../../../src/client/transfer/own-memory.js';
import { ChunkStore } from '../../../src/datanode/store/chunk-store.js';
import { FolderScan } from '../../../src/datanode/store/folder-scan.js';
import type { ReplicaChange } from '../../../src/datanode/store/replica.js';
import type { ChunkStoreOptions } from '../../../src/datanode/store/store-options.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import { crc32 } from '../../../src/shared/crc32.js';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import type { Runtime } from '../../../src/shared/runtime.js';
import { CLUSTER, TIMINGS } from '../fixtures.js';

export interface OpenStore {
  readonly runtime: Runtime;
  readonly store: ChunkStore;
  readonly scan: FolderScan;
  readonly changes: ReplicaChange[];
  readonly fatal: Error[];
}

/** Boots a process on the machine, opens its store and scans the folder. */
export async function openStore(machine: Machine, options: Partial<ChunkStoreOptions> = {}): Promise<OpenStore> {
  const runtime = machine.boot();
  const changes: ReplicaChange[] = [];
  const fatal: Error[] = [];
  const store = await ChunkStore.open(runtime, {
    capacityBytes: undefined,
    onChange: (change) => changes.push(change),
    onFatal: (error) => fatal.push(error),
    timings: TIMINGS,
    ...options,
  });
  store.clusterId = CLUSTER;
  const scan = new FolderScan(store, runtime.log);
  await scan.atStart();
  return { runtime, store, scan, changes, fatal };
}

/** Writes and commits a version of a chunk. */
export async function putChunk(store: ChunkStore, chunkId: number, version: number, data: Uint8Array): Promise<void> {
  const writer = await store.begin(chunkId, version, data.length, () => undefined);
  for (let at = 0; at < data.length; at += BLOCK_BYTES) {
    const block = data.subarray(at, at + BLOCK_BYTES);
    writer.append(block, Uint32Array.of(crc32(block)));
    await writer.ready();
  }
  await writer.commit();
}

/** All bytes of a replica, verified. */
export async function getChunk(store: ChunkStore, chunkId: number, version: number): Promise<Uint8Array> {
  const reader = await store.openReplica(chunkId, version);
  try {
    const blocks: Uint8Array[] = [];
    for (let block = 0; reader.blockBytes(block) > 0; block++) {
      const { data } = await reader.readPacket(ownMemory, block, 1);
      blocks.push(data);
    }
    return new Uint8Array(Buffer.concat(blocks));
  } finally {
    await reader.close();
  }
}
