import { expect, test } from 'vitest';
import { ClusterService, DataNodeService } from '../../src/protocol/services.js';
import { MasterRig } from './master-rig.js';

// A report held by a stalled connection came after a later one and took the place of what that said: replicas that were gone counted
// as confirmed again, and the collector could have trusted them.
test('BlockReport, ReportReplicas: what arrives after a later report of the node is dropped', async () => {
  const rig = new MasterRig(31);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    const [node, other] = await Promise.all(['dn-1', 'dn-2'].map((id) => rig.register(id)));
    const { chunkId } = await rig.writeFile('/f', ['dn-1', 'dn-2']);
    const replica = { chunkId, version: rig.versionOf(chunkId), lengthBytes: 100 };
    const full = (reportId: number, replicas: object[]) =>
      rig.call(DataNodeService.BlockReport, { node: node!, reportId, part: 0, parts: 1, replicas, stats: null });
    const change = (reportId: number, state: 'COMMITTED' | 'DELETED') =>
      rig.call(DataNodeService.ReportReplicas, { node: node!, reportId, replicas: [{ ...replica, state }] });
    await rig.report(other!, chunkId);
    await full(1, [{ ...replica, state: 'COMMITTED' }]);
    const holders = async () => (await rig.call(ClusterService.ListChunks, {})).chunks[0]?.nodeIds;
    expect(await holders()).toEqual(['dn-1', 'dn-2']);
    await change(4, 'DELETED');
    expect(await holders()).toEqual(['dn-2']);
    await full(2, [{ ...replica, state: 'COMMITTED' }]);
    await change(3, 'COMMITTED');
    expect(await holders()).toEqual(['dn-2']);
    await full(5, [{ ...replica, state: 'COMMITTED' }]);
    expect((await holders())?.toSorted()).toEqual(['dn-1', 'dn-2']);
  });
});
