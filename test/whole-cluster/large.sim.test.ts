/**
 * Large numbers: a datanode that reports many replicas, and many clients that open sessions. With DISTRIFS_LARGE=1 they are 100,000 and
 * 10,000, which takes half a minute.
 */
import { expect, test } from 'vitest';
import { encodeChunkMeta } from '../../src/datanode/store/chunk-meta.js';
import { dataFileName, metaFileName } from '../../src/datanode/store/chunk-files.js';
import { NamespaceService } from '../../src/protocol/services.js';
import { chunkUuid } from '../../src/shared/chunk-id.js';
import { crc32 } from '../../src/shared/crc32.js';
import { CLIENT_NAME_BYTES_MAX } from '../../src/shared/limits.js';
import { MASTER, sampleBytes, SimCluster } from './sim-cluster.js';

const IS_WHOLE = process.env['DISTRIFS_LARGE'] === '1';
const REPLICAS = IS_WHOLE ? 100_000 : 10_000;
const CLIENTS = IS_WHOLE ? 10_000 : 1_000;
const AT_A_TIME = 500;
const LIMIT_MS = 600_000;

/** Puts replicas of chunks 1 to REPLICAS of the cluster into the folder of a datanode. */
function fill(cluster: SimCluster, id: string, clusterId: string): void {
  const { disk } = cluster.sim.machine(id);
  const files = new Map(disk.copy());
  const data = sampleBytes(16, 1);
  const version = 2 ** 32 + 1;
  const meta = encodeChunkMeta({ version, lengthBytes: data.length, checksums: Uint32Array.of(crc32(data)) });
  for (let chunkId = 1; chunkId <= REPLICAS; chunkId += 1) {
    const uuid = chunkUuid(clusterId, chunkId);
    if (files.has(dataFileName(uuid))) continue;
    files.set(metaFileName(uuid, version), meta);
    files.set(dataFileName(uuid), data);
  }
  disk.replace(files);
}

test(
  'large: a datanode with many replicas reports them while others write, and their ids are not given again',
  async () => {
    const cluster = new SimCluster({ seed: 5, datanodes: 4, replication: 2 });
    const { sim } = cluster;
    await sim.run(async () => {
      await cluster.start();
      const fs = cluster.client();
      await fs.writeFile('/before', sampleBytes(1_000, 1));
      const { clusterId } = (await cluster.status()) ?? {};
      sim.machine('dn-4').crash();
      fill(cluster, 'dn-4', clusterId ?? '');
      const starting = cluster.startDatanode('dn-4');
      await fs.writeFile('/meanwhile', sampleBytes(1_000, 2));
      await starting;
      const status = await cluster.untilStatus(({ nodes }) =>
        nodes.some(({ nodeId, state, replicaCount }) => nodeId === 'dn-4' && state === 'LIVE' && replicaCount >= REPLICAS),
      );
      expect(status.nodes.map(({ state }) => state)).toEqual(['LIVE', 'LIVE', 'LIVE', 'LIVE']);
      const before = new Set(cluster.datanodeIds.flatMap((id) => [...cluster.chunkFiles(id).keys()]));
      await sim.advance(1_000);
      for (let i = 0; i < 4; i += 1) await fs.writeFile(`/after-${i}`, sampleBytes(1_000, 3 + i));
      const after = ['dn-1', 'dn-2', 'dn-3']
        .flatMap((id) => [...cluster.chunkFiles(id).keys()])
        .filter((name) => !before.has(name));
      expect(after.length).toBeGreaterThanOrEqual(4);
      for (let i = 0; i < 4; i += 1)
        expect(Buffer.from(await fs.readFile(`/after-${i}`)).equals(sampleBytes(1_000, 3 + i))).toBe(true);
      expect(Buffer.from(await fs.readFile('/before')).equals(sampleBytes(1_000, 1))).toBe(true);
    });
  },
  LIMIT_MS,
);

test(
  'large: many clients open sessions under the longest names, and the next one writes and reads',
  async () => {
    const cluster = new SimCluster({ seed: 6 });
    const { sim } = cluster;
    await sim.run(async () => {
      await cluster.start();
      const channel = sim.machine('crowd').boot().rpc.connect(MASTER);
      const ids = new Set<unknown>();
      for (let from = 0; from < CLIENTS; from += AT_A_TIME) {
        const names = Array.from({ length: AT_A_TIME }, (_, i) => `client-${from + i}-`.padEnd(CLIENT_NAME_BYTES_MAX, 'x'));
        const opened = await Promise.all(
          names.map((clientName) => channel.call(NamespaceService.OpenSession, { clientName }, { deadlineMs: 30_000 })),
        );
        for (const { sessionId } of opened) ids.add(sessionId);
      }
      expect(ids.size).toBe(CLIENTS);
      const fs = cluster.client();
      const content = sampleBytes(200_000, 1);
      await fs.writeFile('/after', content);
      expect(Buffer.from(await fs.readFile('/after')).equals(content)).toBe(true);
    });
  },
  LIMIT_MS,
);
