import { expect, test } from 'vitest';
import { logEntryCodec } from '../../../src/master/state/operations/log-entry.js';
import { LOG_FIELDS } from '../../../src/master/state/operations/log-fields.js';
import { HIGHEST_OPERATION, OPERATIONS } from '../../../src/master/state/operations/operations.js';
import { NamespaceService } from '../../../src/protocol/services.js';
import { ServicesRig } from '../services-rig.js';

test('Proposer: what a member cannot apply is not logged, and the error names the member; the rest goes on', async () => {
  const rig = new ServicesRig(1);
  await rig.sim.run(async () => {
    await rig.start();
    rig.group.elect('m-1');
    await rig.sim.advance(10);
    await rig.openSession('m-1');
    rig.member('m-3').highestOperation = OPERATIONS.makeDirectory.code;
    const logged = rig.group.log.length;
    const rename = (header = rig.header()) => rig.call('m-1', NamespaceService.Rename, { header, fromPath: '/a', toPath: '/b' });
    const header = rig.header();
    await expect(rename(header)).rejects.toMatchObject({ code: 'NOT_AVAILABLE_YET', nodeId: 'm-3', retriable: false });
    expect(rig.group.log).toHaveLength(logged);
    await rig.mkdir('m-1', '/a');
    rig.member('m-3').highestOperation = HIGHEST_OPERATION;
    // Refused before it was logged: the same request is carried out later.
    await rename(header);
    expect(rig.group.operations.slice(logged)).toEqual(['makeDirectory', 'rename']);
  });
});

test('Proposer: a field that a member would pass over is left out while that member is there, and marks the entry otherwise', async () => {
  const rig = new ServicesRig(2);
  await rig.sim.run(async () => {
    await rig.start();
    rig.group.elect('m-1');
    await rig.sim.advance(10);
    const lastEntry = () => logEntryCodec.decode(rig.group.log.at(-1)!.subarray(1));
    const { since } = LOG_FIELDS.OpenSessionEntry.skippedIds;
    rig.member('m-3').highestOperation = since - 1;
    const ids = [await rig.openSession('m-1'), await rig.openSession('m-1')];
    expect(ids).toEqual([1, 2]);
    expect(lastEntry()).toMatchObject({ highestField: 0, openSession: { clientName: 'rig', skippedIds: 0 } });
    rig.member('m-3').highestOperation = HIGHEST_OPERATION;
    const sessionId = await rig.openSession('m-1');
    const { skippedIds } = lastEntry().openSession!;
    expect([sessionId, lastEntry().highestField]).toEqual([3 + skippedIds, since]);
    expect(skippedIds).toBeGreaterThan(0);
  });
});
