import { expect, test } from 'vitest';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import { FakeMaster } from '../fake-master.js';
import { CLUSTER, dataFile, metaFile, patternBytes, sameBytes, TIMINGS, World } from '../fixtures.js';

const DATA = patternBytes(BLOCK_BYTES + 5);

test('a node registers when the master comes up later, beats, and reports what it has', async () => {
  const world = new World(1);
  await world.sim.run(async () => {
    await world.startNode('dn-1');
    await world.sim.advance(5_000);
    await world.master.serve('m-1:7000');
    await world.sim.runUntil(() => world.master.believes.has('dn-1'), { limitMs: 2 * TIMINGS.retryMaxMs });
    expect(world.master.addresses.get('dn-1')).toBe('dn-1:9000');
    const before = world.master.heartbeats;
    await world.sim.advance(10 * TIMINGS.heartbeatIntervalMs);
    expect(world.master.heartbeats - before).toBeGreaterThanOrEqual(9);
  });
});

test('a commit is reported at once, and what is there again after a restart', async () => {
  const world = new World(2);
  await world.sim.run(async () => {
    await world.up('dn-1');
    await world.writeChunk(7, 3, ['dn-1'], DATA);
    await world.sim.runUntil(() => world.master.believes.get('dn-1')?.get(7) === 3, { limitMs: 100 });
    world.sim.machine('dn-1').crash({ power: true });
    world.master.believes.clear();
    await world.startNode('dn-1');
    await world.sim.runUntil(() => world.master.believes.get('dn-1')?.get(7) === 3);
  });
});

test('a chunk file removed by hand is reported within one block report', async () => {
  const world = new World(3);
  await world.sim.run(async () => {
    await world.up('dn-1');
    await world.writeChunk(7, 1, ['dn-1'], DATA);
    await world.sim.runUntil(() => world.master.believes.get('dn-1')?.has(7) === true);
    world.sim.machine('dn-1').disk.removeFile(dataFile(7));
    await world.sim.runUntil(() => world.master.believes.get('dn-1')?.has(7) === false, {
      limitMs: 1.2 * TIMINGS.blockReportIntervalMs,
    });
    expect(world.files('dn-1')).not.toContain(metaFile(7, 1));
    await world.sim.runUntil(() => world.master.statesOf('dn-1', 7).includes('DELETED'));
  });
});

test('a commit during a full report is never undone by it', async () => {
  const world = new World(4);
  await world.sim.run(async () => {
    await world.up('dn-1');
    await world.writeChunk(1, 1, ['dn-1'], DATA);
    // The commit falls between the moment the report's content was taken and its arrival.
    let isWritten = false;
    world.master.beforeReport = async (report) => {
      if (report.kind !== 'full' || isWritten) return;
      await world.writeChunk(2, 1, ['dn-1'], DATA);
      isWritten = true;
    };
    await world.sim.runUntil(() => isWritten);
    await world.sim.runUntil(() => world.master.believes.get('dn-1')?.get(2) === 1, { limitMs: 500 });
    const kinds = world.master.reports.slice(-2).map(({ kind }) => kind);
    expect(kinds).toEqual(['full', 'incremental']);
  });
});

test('changes are sent again until the master has acknowledged them', async () => {
  const world = new World(5);
  await world.sim.run(async () => {
    await world.up('dn-1');
    let failures = 3;
    world.master.beforeReport = async (report) => {
      if (report.kind === 'incremental' && failures-- > 0) throw new Error('not now');
    };
    await world.writeChunk(7, 1, ['dn-1'], DATA);
    await world.sim.runUntil(() => world.master.believes.get('dn-1')?.get(7) === 1, {
      limitMs: TIMINGS.blockReportIntervalMs / 2,
    });
    expect(failures).toBeLessThan(0);
  });
});

test('a master that forgot the node, or asks for it, gets a registration and a full report at once', async () => {
  const world = new World(6);
  await world.sim.run(async () => {
    await world.up('dn-1');
    world.master.believes.clear();
    world.master.forgotten.add('dn-1');
    await world.sim.runUntil(() => world.master.believes.has('dn-1'), { limitMs: 2 * TIMINGS.heartbeatIntervalMs });
    expect(world.master.registrations).toBe(2);
    world.master.believes.clear();
    world.master.askFull.add('dn-1');
    await world.sim.runUntil(() => world.master.believes.has('dn-1'), { limitMs: 2 * TIMINGS.heartbeatIntervalMs });
    expect(world.master.registrations).toBe(2);
  });
});

test('a new term is accepted durably before anything is reported under it, and outlives a power cut', async () => {
  const world = new World(7);
  await world.sim.run(async () => {
    await world.up('dn-1');
    world.master.term = 9;
    await world.sim.runUntil(() => world.master.reports.some(({ kind, term }) => kind === 'full' && term === 9));
    const identity = new TextDecoder().decode(world.sim.machine('dn-1').disk.readFile('identity.json'));
    expect(JSON.parse(identity)).toMatchObject({ acceptedTerm: 9, clusterId: CLUSTER, nodeId: 'dn-1' });
    world.sim.machine('dn-1').crash({ power: true });
    world.master.reports.length = 0;
    await world.startNode('dn-1');
    await world.sim.runUntil(() => world.master.reports.length > 0);
    expect(world.master.reports[0]?.term).toBe(9);
  });
});

test('a delete order takes exactly its version, and only under the accepted term', async () => {
  const world = new World(8);
  world.master.term = 3;
  await world.sim.run(async () => {
    await world.up('dn-1');
    await world.writeChunk(7, 2, ['dn-1'], DATA);
    const give = (commandId: number, term: number, version: number): void => {
      world.master.commands.set('dn-1', [{ commandId, term, delete: { chunkId: 7, version } }]);
    };
    give(1, 2, 2);
    await world.sim.advance(5 * TIMINGS.heartbeatIntervalMs);
    give(2, 3, 1);
    await world.sim.advance(5 * TIMINGS.heartbeatIntervalMs);
    expect(sameBytes(await world.readChunk('dn-1', 7, 2, 0, DATA.length), DATA)).toBe(true);
    give(3, 3, 2);
    await world.sim.runUntil(() => world.master.believes.get('dn-1')?.has(7) === false);
    expect(world.files('dn-1').filter((name) => name.startsWith('chunk-'))).toEqual([]);
    // Repeated, it says again what is there: nothing.
    world.master.reports.length = 0;
    await world.sim.runUntil(() => world.master.statesOf('dn-1', 7).includes('DELETED'));
  });
});

test('a replicate order copies to each target; one that fails is reported with who is to blame', async () => {
  const world = new World(9);
  await world.sim.run(async () => {
    await world.up('dn-1', 'dn-2', 'dn-3');
    world.sim.machine('dn-4');
    await world.writeChunk(7, 2, ['dn-1'], DATA);
    const targets = ['dn-4', 'dn-2', 'dn-3'].map((nodeId) => ({ nodeId, address: `${nodeId}:9000` }));
    world.master.commands.set('dn-1', [
      { commandId: 1, term: 1, replicate: { chunkId: 7, version: 2, lengthBytes: DATA.length, targets } },
    ]);
    await world.sim.runUntil(() => ['dn-2', 'dn-3'].every((name) => world.master.believes.get(name)?.get(7) === 2));
    world.master.commands.clear();
    expect(sameBytes(await world.readChunk('dn-3', 7, 2, 0, DATA.length), DATA)).toBe(true);
    await world.sim.runUntil(() => world.master.failures.length > 0);
    expect(world.master.failures[0]).toMatchObject({ commandId: 1, error: { code: 'UNAVAILABLE', nodeId: 'dn-4' } });
  });
});

test('a replicate order for a damaged replica copies nothing, blames the source and reports it CORRUPT', async () => {
  const world = new World(10);
  await world.sim.run(async () => {
    await world.up('dn-1', 'dn-2');
    await world.writeChunk(7, 2, ['dn-1'], DATA);
    world.sim.machine('dn-1').disk.flipBit(dataFile(7), BLOCK_BYTES + 1);
    const targets = [{ nodeId: 'dn-2', address: 'dn-2:9000' }];
    world.master.commands.set('dn-1', [
      { commandId: 1, term: 1, replicate: { chunkId: 7, version: 2, lengthBytes: DATA.length, targets } },
    ]);
    await world.sim.runUntil(() => world.master.statesOf('dn-1', 7).includes('CORRUPT'));
    await world.sim.runUntil(() => world.master.failures.length > 0);
    expect(world.master.failures[0]).toMatchObject({ error: { code: 'DATA_CORRUPT', nodeId: 'dn-1' } });
    await world.sim.runUntil(() => world.files('dn-2').every((name) => !name.startsWith('chunk-')));
  });
});

test('a master of another cluster ends the node with advice, and touches no data', async () => {
  const world = new World(11);
  await world.sim.run(async () => {
    await world.up('dn-1');
    await world.writeChunk(7, 1, ['dn-1'], DATA);
    await world.nodes.get('dn-1')?.stop();
    const other = new FakeMaster(world.sim.machine('m-2').boot(), '11111111-2222-4333-8444-555555555555');
    await other.serve('m-2:7000');
    const node = await world.startNode('dn-1', { masters: ['m-2:7000'] });
    const failure = await node.failed;
    expect(failure).toMatchObject({ code: 'FOREIGN_CLUSTER' });
    expect(failure.message).toContain('empty data folder');
    expect(sameBytes(world.sim.machine('dn-1').disk.readFile(dataFile(7)), DATA)).toBe(true);
  });
});

test('chunks in a folder without a cluster are taken in when the node has joined theirs', async () => {
  const world = new World(12);
  await world.sim.run(async () => {
    await world.up('dn-1');
    await world.writeChunk(7, 1, ['dn-1'], DATA);
    await world.nodes.get('dn-1')?.stop();
    world.sim.machine('dn-1').disk.removeFile('identity.json');
    world.master.believes.clear();
    await world.startNode('dn-1');
    await world.sim.runUntil(() => world.master.believes.get('dn-1')?.get(7) === 1);
  });
});
