/** The sums of a cluster's nodes: what a shared disk has counts once. */
import { expect, test } from 'vitest';
import { clusterUsage } from '../../src/client/admin/cluster-usage.js';
import type { DataNodeStatus__Output } from '../../src/protocol/generated/distrifs/v1/DataNodeStatus.js';
import type { DiskStatus__Output } from '../../src/protocol/generated/distrifs/v1/DiskStatus.js';
import type { GetClusterStatusResponse__Output } from '../../src/protocol/generated/distrifs/v1/GetClusterStatusResponse.js';

const DISK: DiskStatus__Output = { state: 'WRITABLE', problem: '', diskId: 'here-1', totalBytes: 1_000, freeBytes: 400 };

function node(nodeId: string, disk: DiskStatus__Output | null, freeBytes = 400, capacityBytes = 1_000): DataNodeStatus__Output {
  const stats = { capacityBytes, usedBytes: 100, freeBytes, chunkCount: 0, activeWrites: 0, activeReads: 0, disk };
  return { nodeId, address: `${nodeId}:1`, rack: 'r', state: 'LIVE', stats, lastHeartbeatAgeMs: 0, replicaCount: 0 };
}

// Only these fields are read.
const usageOf = (...nodes: DataNodeStatus__Output[]) => clusterUsage({ nodes } as unknown as GetClusterStatusResponse__Output);

test('clusterUsage: nodes on one disk have no more than the disk has, others all that they say', () => {
  const shared = [node('dn-1', DISK), node('dn-2', { ...DISK, freeBytes: 390 }, 390), node('dn-3', DISK)];
  expect(usageOf(...shared)).toMatchObject({ capacityBytes: 1_000, usedBytes: 300, freeBytes: 390 });
  const apart = shared.map((each, i) => ({ ...each, stats: { ...each.stats!, disk: { ...DISK, diskId: `here-${i}` } } }));
  expect(usageOf(...apart)).toMatchObject({ capacityBytes: 3_000, freeBytes: 1_190 });
  // Quotas that leave some of the disk to others.
  expect(usageOf(node('dn-1', DISK, 100, 200), node('dn-2', DISK, 100, 200))).toMatchObject({
    capacityBytes: 400,
    freeBytes: 200,
  });
  const older = [node('dn-1', null), node('dn-2', null), node('dn-3', { ...DISK, diskId: '' })];
  expect(usageOf(...older)).toMatchObject({ capacityBytes: 3_000, freeBytes: 1_200 });
  // One that is dead does not count, and takes nothing from the others.
  expect(usageOf(node('dn-1', DISK, 100), { ...node('dn-2', DISK), state: 'DEAD' })).toMatchObject({
    capacityBytes: 1_000,
    freeBytes: 100,
  });
});

test('clusterUsage: says which data folders take no changes, and why', () => {
  const { nodes } = usageOf(
    node('dn-1', { ...DISK, state: 'READ_ONLY', problem: 'EROFS' }),
    node('dn-2', { ...DISK, state: 'FAILING', problem: 'EIO' }),
    node('dn-3', null),
  );
  expect(nodes.map(({ disk, diskProblem }) => [disk, diskProblem])).toEqual([
    ['read-only', 'EROFS'],
    ['failing', 'EIO'],
    ['writable', ''],
  ]);
});
