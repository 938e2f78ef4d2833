/** How a master begins and ends: new clusters, old ones, wrong ones. */
import { expect, test } from 'vitest';
import { DataNodeService } from '../../src/protocol/services.js';
import { FIRST_TERM, MasterRig, TIMINGS } from './master-rig.js';

const refused = (code: string, text: string) => ({ code, message: expect.stringContaining(text) as string });

test('start: a new cluster needs an empty folder and init; an old one must be started without', async () => {
  const rig = new MasterRig(1);
  await rig.sim.run(async () => {
    await expect(rig.start()).rejects.toMatchObject(refused('NOT_INITIALIZED', '--init'));
    const master = await rig.start({ init: true });
    expect(master.address).toBe('m-1:7000');
    const { clusterId, term } = await rig.status();
    expect(term).toBe(FIRST_TERM);
    await expect(rig.start()).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    await master.stop();
    await master.stop();
    await expect(rig.start({ init: true })).rejects.toMatchObject(refused('ALREADY_EXISTS', clusterId));
    await expect(rig.start({ masterId: 'm-2' })).rejects.toMatchObject(refused('FOREIGN_CLUSTER', 'm-1'));
    await rig.start({ advertise: 'elsewhere:7' });
    expect(rig.master?.address).toBe('elsewhere:7');
    expect(await rig.status()).toMatchObject({
      clusterId,
      term: FIRST_TERM + 1,
      role: 'leader',
      safeMode: false,
      masterId: 'm-1',
    });
  });
});

test('start: init refuses a folder with chunks, or with a log that lost its identity', async () => {
  const rig = new MasterRig(2);
  await rig.sim.run(async () => {
    rig.machine.disk.writeFile('chunk-1', new Uint8Array(1));
    await expect(rig.start({ init: true })).rejects.toMatchObject(refused('ALREADY_EXISTS', 'chunks of a datanode'));
    rig.machine.disk.removeFile('chunk-1');
    await (await rig.start({ init: true })).stop();
    rig.machine.disk.removeFile('identity.json');
    await expect(rig.start({ init: true })).rejects.toMatchObject(refused('ALREADY_EXISTS', 'identity.json'));
    await expect(rig.start()).rejects.toMatchObject({ code: 'NOT_INITIALIZED' });
  });
});

test('start: a datanode’s folder is named as one, with and without init', async () => {
  const rig = new MasterRig(5);
  await rig.sim.run(async () => {
    rig.machine.disk.writeFile('identity.json', new TextEncoder().encode('{"format":1,"nodeId":"dn-1"}'));
    await expect(rig.start()).rejects.toMatchObject(refused('NOT_INITIALIZED', "is a datanode's"));
    await expect(rig.start({ init: true })).rejects.toMatchObject(refused('NOT_INITIALIZED', "is a datanode's"));
  });
});

test('start: a log that is missing, or of another cluster, is not served', async () => {
  const rig = new MasterRig(3);
  const other = new MasterRig(4);
  const foreignLog = await other.sim.run(async () => {
    await (await other.start({ init: true })).stop();
    return other.machine.disk.readFile('master.log');
  });
  await rig.sim.run(async () => {
    await (await rig.start({ init: true })).stop();
    rig.machine.disk.removeFile('master.log.durable');
    rig.machine.disk.writeFile('master.log', foreignLog);
    await expect(rig.start()).rejects.toMatchObject(refused('LOG_DAMAGED', 'put the two that belong together'));
    rig.machine.disk.removeFile('master.log');
    await expect(rig.start()).rejects.toMatchObject(refused('LOG_DAMAGED', 'is missing'));
  });
});

test('start: corruption in the log is refused and the folder left alone', async () => {
  const rig = new MasterRig(5);
  await rig.sim.run(async () => {
    await (await rig.start({ init: true })).stop();
    await (await rig.start()).stop();
    rig.machine.disk.flipBit('master.log', 40);
    const before = rig.machine.disk.readFile('master.log');
    await expect(rig.start()).rejects.toMatchObject(refused('LOG_DAMAGED', 'master.log is damaged at offset 0'));
    expect(rig.machine.disk.readFile('master.log')).toEqual(before);
    rig.machine.disk.flipBit('master.log', 40);
    await rig.start();
  });
});

test('start: an init cut short at any call, by a kill or a power cut, can be done again', async () => {
  for (const power of [false, true]) {
    let strikes = 0;
    for (let call = 1; ; call += 1) {
      const rig = new MasterRig(100 + call);
      const struck = await rig.sim.run(async () => {
        rig.machine.crashAtCall(call, { power });
        void rig.start({ init: true }).catch(() => undefined);
        await rig.sim.advance(5_000);
        if (rig.machine.isUp) return false;
        // The folder holds a whole cluster, or none.
        const again = await rig.start({ init: true }).catch((error: unknown) => error);
        if (again instanceof Error) {
          expect(again).toMatchObject({ code: 'ALREADY_EXISTS' });
          await rig.start();
        }
        expect((await rig.status()).directoryCount).toBe(1);
        return true;
      });
      if (!struck) break;
      strikes += 1;
    }
    expect(strikes).toBeGreaterThan(15);
  }
});

test('start: every start raises the term and keeps the digest of what was there', async () => {
  const rig = new MasterRig(6);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    await rig.mkdir('/a');
    for (const term of [FIRST_TERM + 1, FIRST_TERM + 2]) {
      await rig.master?.stop();
      await rig.start();
      expect(await rig.status()).toMatchObject({ term, directoryCount: 2 });
    }
  });
});

test('stop ends long polls, and lets the folder go', async () => {
  const rig = new MasterRig(7);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    const node = await rig.register('dn-1');
    const poll = rig.call(DataNodeService.PollCommands, { node, waitMs: 60_000 }, 90_000);
    await rig.sim.advance(100);
    const before = rig.sim.nowMs;
    await rig.master?.stop();
    expect(await poll).toMatchObject({ commands: [] });
    expect(rig.sim.nowMs - before).toBeLessThan(900);
    await rig.start();
  });
});

test('failed: a log that cannot be synced ends the master, and what it acknowledged is there after a restart', async () => {
  const rig = new MasterRig(8);
  await rig.sim.run(async () => {
    const master = await rig.start({ init: true });
    await rig.openSession();
    await rig.mkdir('/a');
    rig.machine.disk.failNext('sync', 'master.log');
    await expect(rig.mkdir('/b')).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true });
    expect(await master.failed).toMatchObject({ code: 'IO_ERROR' });
    await expect(rig.mkdir('/c')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await master.stop();
    await rig.start();
    expect((await rig.status()).directoryCount).toBeGreaterThanOrEqual(2);
  });
});

test('a master whose data folder is another one by now stops', async () => {
  for (const put of [undefined, '{"format":1,"nodeId":"dn-1"}', '{}']) {
    const rig = new MasterRig(9);
    await rig.sim.run(async () => {
      const master = await rig.start({ init: true });
      const ended: Error[] = [];
      void master.failed.then((error) => ended.push(error));
      await rig.sim.advance(3 * TIMINGS.staleAfterMs);
      expect(ended).toEqual([]);
      rig.machine.disk.removeFile('identity.json');
      if (put !== undefined) rig.machine.disk.writeFile('identity.json', new TextEncoder().encode(put));
      await rig.sim.advance(TIMINGS.staleAfterMs + 100);
      expect(ended).toEqual([expect.objectContaining(refused('IO_ERROR', 'of "m-1" is not the one'))]);
      await master.stop();
      await rig.sim.advance(3 * TIMINGS.staleAfterMs);
    });
  }
});

test('a master whose identity cannot be read for a while goes on', async () => {
  const rig = new MasterRig(10);
  await rig.sim.run(async () => {
    const master = await rig.start({ init: true });
    const ended: Error[] = [];
    void master.failed.then((error) => ended.push(error));
    const eio = rig.machine.disk.inject({ kind: 'eio', operations: ['open', 'read'], probability: 1 });
    await rig.sim.advance(5 * TIMINGS.staleAfterMs);
    expect(eio.hits).toBeGreaterThan(2);
    expect(ended).toEqual([]);
    eio.lift();
    await master.stop();
  });
});
