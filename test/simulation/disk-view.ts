/** What lies on the datanodes' disks, judged without their help: for faults that must leave good copies, and for the final look. */
import { decodeChunkMeta } from '../../src/datanode/store/chunk-meta.js';
import { crc32 } from '../../src/shared/crc32.js';
import { BLOCK_BYTES } from '../../src/shared/limits.js';
import type { MachineDisk } from '../../src/runtime/memory/machine-disk.js';
import type { SimCluster } from './sim-cluster.js';

/** A committed replica whose data matches its meta. */
export interface GoodCopy {
  readonly nodeId: string;
  readonly uuid: string;
  readonly version: number;
  readonly dataFile: string;
  readonly metaFile: string;
}

/** Tells whether a meta describes exactly this data. */
function fits(meta: Uint8Array, data: Uint8Array): boolean {
  try {
    const { lengthBytes, checksums } = decodeChunkMeta(meta);
    if (lengthBytes !== data.length) return false;
    return checksums.every((checksum, i) => crc32(data.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES)) === checksum);
  } catch {
    return false;
  }
}

/** Good copies on one disk; of a chunk that has several metas, under the newest that fits. */
function goodCopiesOf(nodeId: string, disk: MachineDisk): GoodCopy[] {
  const files = disk.files();
  return files
    .filter((name) => /^chunk-[0-9a-f-]{36}$/.test(name))
    .flatMap((dataFile) => {
      const data = disk.readFile(dataFile);
      const versions = files
        .filter((name) => name.startsWith(`${dataFile}.v`) && name.endsWith('.meta'))
        .map((name) => Number(name.slice(dataFile.length + 2, -'.meta'.length)))
        .sort((a, b) => b - a);
      const version = versions.find((candidate) => fits(disk.readFile(`${dataFile}.v${candidate}.meta`), data));
      if (version === undefined) return [];
      const metaFile = `${dataFile}.v${version}.meta`;
      return [{ nodeId, uuid: dataFile.slice('chunk-'.length), version, dataFile, metaFile }];
    });
}

/** Good copies of the newest version that any disk holds, by chunk. */
export function goodCopies(cluster: SimCluster): Map<string, GoodCopy[]> {
  const byChunk = new Map<string, GoodCopy[]>();
  for (const nodeId of cluster.datanodeIds) {
    for (const copy of goodCopiesOf(nodeId, cluster.sim.machine(nodeId).disk)) {
      const copies = byChunk.get(copy.uuid) ?? [];
      byChunk.set(copy.uuid, [...copies, copy]);
    }
  }
  for (const [uuid, copies] of byChunk) {
    const newest = Math.max(...copies.map((copy) => copy.version));
    byChunk.set(
      uuid,
      copies.filter((copy) => copy.version === newest),
    );
  }
  return byChunk;
}

/** Chunks in quarantine that were good: data and meta of one removal that fit each other. */
export function wronglyQuarantined(cluster: SimCluster): string[] {
  return cluster.datanodeIds.flatMap((nodeId) => {
    const { disk } = cluster.sim.machine(nodeId);
    const files = disk.files().filter((name) => name.startsWith('quarantine/'));
    return files.filter((name) => {
      const match = /^quarantine\/(chunk-[0-9a-f-]{36})\.([0-9a-f]{8})$/.exec(name);
      if (match === null) return false;
      const metas = files.filter((other) => other.startsWith(`quarantine/${match[1]}.v`) && other.endsWith(`.meta.${match[2]}`));
      return metas.some((meta) => fits(disk.readFile(meta), disk.readFile(name)));
    });
  });
}
