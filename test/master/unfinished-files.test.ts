/** Files whose writers end before they are complete, with clients of the SDK: who holds a path, and when it is free. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { connectClient } from '../../src/client/index.js';
import type { DistriFSClient } from '../../src/client/distrifs-client.js';
import { NamespaceService, RaftService } from '../../src/protocol/services.js';
import { addressOf, GroupRig } from './group-rig.js';
import { CONFIG } from './master-rig.js';

const { timings } = CONFIG;

function clientAt(rig: GroupRig, machine: string): DistriFSClient {
  const masters = rig.ids.map(addressOf);
  return connectClient(rig.sim.machine(machine).boot(), { masters, clientName: `put of ${machine}`, timings });
}

/** Opens a file for writing, and writes nothing. */
async function opened(client: DistriFSClient, path = '/f') {
  const stream = client.createWriteStream(path);
  stream.on('error', () => undefined);
  // A stream takes its first write once it is open; nothing is sent of an empty one.
  await new Promise<void>((resolve) => stream.write(new Uint8Array(0), () => resolve()));
  return stream;
}

const busy = (text: string) => ({ dfsCode: 'FILE_BUSY', reason: expect.stringContaining(text) as string });

async function withMaster(seed: number, run: (rig: GroupRig) => Promise<void>, ids = ['m-1']): Promise<void> {
  const rig = new GroupRig(seed, ids);
  await rig.sim.run(async () => {
    if (ids.length === 1) await rig.start('m-1', { init: true });
    else await rig.found();
    await rig.openSession();
    await run(rig);
  });
}

test('a path whose writer was killed is free soon, and until then the error says who holds it, and for how long', async () => {
  await withMaster(1, async (rig) => {
    const writer = clientAt(rig, 'w');
    const other = clientAt(rig, 'o');
    await opened(writer);
    await rig.sim.advance(timings.leaseSoftMs / 2);
    await expect(other.writeFile('/f', '')).rejects.toMatchObject({
      ...busy('it is the client "put of w at w:'),
      holder: expect.stringMatching(/^put of w at w:\d+$/) as string,
      freeAfterMs: expect.any(Number) as number,
      message: expect.stringContaining('which is connected') as string,
    });
    rig.sim.machine('w').crash();
    await rig.sim.advance(10);
    const gone = await other.writeFile('/f', '').catch((error: unknown) => error);
    expect(gone).toMatchObject(busy('whose connection has ended: the path is free in 1 s'));
    expect((gone as { freeAfterMs: number }).freeAfterMs).toBeLessThanOrEqual(timings.lostAfterMs);
    await rig.sim.advance(timings.lostAfterMs);
    await other.writeFile('/f', '');
    expect(await rig.list()).toEqual(['f']);
  });
});

test('a connection that breaks and comes back within the grace costs the writer nothing', async () => {
  await withMaster(2, async (rig) => {
    const writer = clientAt(rig, 'w');
    const stream = await opened(writer);
    const other = clientAt(rig, 'o');
    await rig.sim.advance(timings.leaseSoftMs / 2);
    for (let cut = 0; cut < 3; cut += 1) {
      rig.sim.network.reset('w', 'm-1');
      await rig.sim.advance(timings.lostAfterMs / 4);
      rig.sim.network.heal('w', 'm-1');
      await rig.sim.advance(3 * timings.lostAfterMs);
      await expect(other.writeFile('/f', '')).rejects.toMatchObject(busy('which is connected'));
    }
    stream.end();
    await once(stream, 'finish');
    expect(await rig.list()).toEqual(['f']);
  });
});

test('a writer that was replaced cannot complete its file', async () => {
  await withMaster(3, async (rig) => {
    const writer = clientAt(rig, 'w');
    const stream = await opened(writer);
    await rig.sim.advance(10);
    rig.sim.network.reset('w', 'm-1');
    await rig.sim.advance(2 * timings.lostAfterMs);
    await clientAt(rig, 'o').writeFile('/f', '');
    rig.sim.network.heal('w', 'm-1');
    stream.end();
    const [error] = (await once(stream, 'error')) as [unknown];
    expect(error).toMatchObject({ dfsCode: 'LEASE_LOST' });
  });
});

test('rm: removes the unfinished file of a writer that is gone, and says so; that of a living one stays', async () => {
  await withMaster(4, async (rig) => {
    const writer = clientAt(rig, 'w');
    const other = clientAt(rig, 'o');
    await opened(writer);
    await expect(other.rm('/f')).rejects.toMatchObject({ dfsCode: 'NOT_FOUND', code: 'ENOENT' });
    await expect(other.writeFile('/f', '')).rejects.toMatchObject(busy('which is connected'));
    rig.sim.machine('w').crash();
    await rig.sim.advance(timings.lostAfterMs + 100);
    await expect(other.rm('/f')).rejects.toMatchObject({ dfsCode: 'UNFINISHED_REMOVED', code: 'ENOENT' });
    await other.rm('/f', { force: true });
    await expect(other.rm('/f')).rejects.toMatchObject({ dfsCode: 'NOT_FOUND' });

    // Beside a whole file, both go.
    await other.writeFile('/g', '');
    await opened(clientAt(rig, 'w'), '/g');
    rig.sim.machine('w').crash();
    await rig.sim.advance(timings.lostAfterMs + 100);
    await other.rm('/g');
    expect(await rig.list()).toEqual([]);
    const header = rig.header();
    await rig.call(NamespaceService.CreateFile, { header, path: '/g' });
  });
});

test('rm: while a master of an earlier release is in the group, the unfinished file stays, and the error names the master', async () => {
  await withMaster(
    5,
    async (rig) => {
      const leader = await rig.untilLed();
      const older = rig.ids.find((id) => id !== leader)!;
      const { clusterId, members } = (await rig.statusOf(leader))!;
      const member = members.find(({ masterId }) => masterId === older)!;
      rig.crash(older);
      // As a master of the release before this operation would speak.
      const sender = { master: { id: older, incarnation: 1 }, address: member.address, version: 9, highestOperation: 21 };
      await rig.callAt(leader, RaftService.Greet, { clusterId, sender, senderLife: member.life });
      const other = clientAt(rig, 'o');
      await other.writeFile('/whole', '');
      const writer = clientAt(rig, 'w');
      for (const path of ['/f', '/whole']) await opened(writer, path);
      rig.sim.machine('w').crash();
      await rig.sim.advance(timings.lostAfterMs + 100);
      await expect(other.rm('/f')).rejects.toMatchObject({ dfsCode: 'NOT_AVAILABLE_YET', cause: { nodeId: older } });
      // A whole file beside it goes, as before that operation.
      await other.rm('/whole');
      expect(await rig.list()).toEqual([]);
    },
    ['m-1', 'm-2', 'm-3'],
  );
});
