import { expect, test } from 'vitest';
import { ClusterService } from '../../src/protocol/services.js';
import { MasterRig, TIMINGS } from './master-rig.js';

// Replicas on dead nodes were listed: the lab showed a chunk as whole, and after its repair as over-replicated.
test('ListChunks: names the replicas that the totals count, none on a dead node', async () => {
  const rig = new MasterRig(37);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    const [silent, alive] = await Promise.all(['dn-1', 'dn-2'].map((id) => rig.register(id)));
    const { chunkId } = await rig.writeFile('/f', ['dn-1', 'dn-2']);
    await rig.report(silent!, chunkId);
    await rig.report(alive!, chunkId);
    const seen = async () => {
      const [list, { chunks }] = await Promise.all([rig.call(ClusterService.ListChunks, {}), rig.status()]);
      return [list.chunks[0]?.nodeIds.toSorted(), chunks?.underReplicated];
    };
    expect(await seen()).toEqual([['dn-1', 'dn-2'], 0]);
    const { clock } = rig.sim.machine('watch').boot();
    for (let passedMs = 0; passedMs <= TIMINGS.deadAfterMs; passedMs += TIMINGS.heartbeatIntervalMs) {
      await clock.sleep(TIMINGS.heartbeatIntervalMs);
      await rig.heartbeat(alive!);
    }
    expect(await seen()).toEqual([['dn-2'], 1]);
  });
});
