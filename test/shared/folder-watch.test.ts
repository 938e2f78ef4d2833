import { expect, test } from 'vitest';
import { NodeIdentity } from '../../src/datanode/base/identity.js';
import { Simulation } from '../../src/runtime/memory/simulation.js';
import { FolderWatch } from '../../src/shared/folder-watch.js';
import type { Disk } from '../../src/shared/runtime.js';

async function watched(body: (rig: { disk: Disk; sim: Simulation; fatal: Error[] }) => Promise<void>): Promise<void> {
  const sim = new Simulation({ seed: 3 });
  await sim.run(async () => {
    const { disk, random, clock } = sim.machine('a').boot();
    const fatal: Error[] = [];
    const identity = await NodeIdentity.load(disk, random, 'dn-1', () => undefined);
    const folder = {
      name: 'dn-1',
      isInPlace: () => identity.isInPlace(),
      everyMs: 1_000,
      onFatal: (error: Error) => void fatal.push(error),
    };
    const watch = new FolderWatch(folder, clock);
    watch.start();
    await sim.advance(5_000);
    expect(fatal).toEqual([]);
    await body({ disk, sim, fatal });
    await watch.stop();
  });
}

test('FolderWatch: a folder without the identity, or with another one, ends the node, once', async () => {
  await watched(async ({ disk, sim, fatal }) => {
    await disk.remove('identity.json');
    await sim.advance(5_000);
    expect(fatal.map(({ message }) => message)).toEqual([expect.stringMatching(/"dn-1" is not the one .* unmounted/)]);
  });
  await watched(async ({ disk, sim, fatal }) => {
    await disk.remove('identity.json');
    await NodeIdentity.load(
      disk,
      { uint32: () => 1, float: () => 0, bytes: (n: number) => new Uint8Array(n) },
      'dn-1',
      () => undefined,
    );
    await sim.advance(2_000);
    expect(fatal).toHaveLength(1);
  });
});

test('FolderWatch: a file that cannot be read says nothing', async () => {
  await watched(async ({ sim, fatal }) => {
    const eio = sim.machine('a').disk.inject({ kind: 'eio', operations: ['open', 'read'], probability: 1 });
    await sim.advance(5_000);
    expect(eio.hits).toBeGreaterThan(2);
    expect(fatal).toEqual([]);
    eio.lift();
  });
});
