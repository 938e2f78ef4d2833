import { expect, test } from 'vitest';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { packetChecksums } from '../../../src/protocol/packet-blocks.js';
import { MIB } from '../../../src/shared/limits.js';
import { dataFile, metaFile, patternBytes, rejection, sameBytes, tmpFile } from '../fixtures.js';
import { openStore } from './store-fixture.js';

const DATA = patternBytes(20 * MIB + 5);

/** The fsyncs of the data file so far. */
const syncsOf = (sim: Simulation): number => sim.trace.filter((line) => line.includes(`disk.sync ${tmpFile(1, 1)}`)).length;

test('ChunkWriter fsyncs a long chunk while it is written, and once more at the commit: a power cut takes nothing of it', async () => {
  const sim = new Simulation({ seed: 'ahead' });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store } = await openStore(machine);
    const writer = await store.begin(1, 1, DATA.length, () => undefined);
    for (let at = 0; at < DATA.length; at += MIB) {
      const part = DATA.subarray(at, at + MIB);
      writer.append(part, packetChecksums(at, part));
      await writer.ready();
    }
    await sim.runUntil(() => writer.isIdle);
    expect(syncsOf(sim)).toBeGreaterThan(0);
    const before = syncsOf(sim);
    await writer.commit();
    expect(syncsOf(sim)).toBeGreaterThan(before);
    machine.crash({ power: true });
    expect(machine.disk.files()).toEqual([dataFile(1), metaFile(1, 1)]);
    expect(sameBytes(machine.disk.readFile(dataFile(1)), DATA)).toBe(true);
  });
});

test('ChunkWriter: a failed fsync in the background fails the write, and none follows', async () => {
  const sim = new Simulation({ seed: 'ahead fails' });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store } = await openStore(machine);
    const writer = await store.begin(1, 1, DATA.length, () => undefined);
    machine.disk.failNext('sync', tmpFile(1, 1));
    const feeding = (async () => {
      for (let at = 0; at < DATA.length; at += MIB) {
        const part = DATA.subarray(at, at + MIB);
        writer.append(part, packetChecksums(at, part));
        await writer.ready();
      }
      await writer.commit();
    })();
    expect(await rejection(feeding)).toMatchObject({ code: 'IO_ERROR' });
    await writer.abort(await writer.failed);
    expect(syncsOf(sim)).toBe(1);
    expect(machine.disk.files()).toEqual([]);
  });
});
