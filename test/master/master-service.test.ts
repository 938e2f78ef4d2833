/** What a running master answers. */
import { expect, test } from 'vitest';
import { ClusterService, DataNodeService, NamespaceService } from '../../src/protocol/services.js';
import { isDfsError } from '../../src/shared/errors.js';
import type { DiskFile, Runtime } from '../../src/shared/runtime.js';
import { FIRST_TERM, ADDRESS, CHUNK, MasterRig, TIMINGS } from './master-rig.js';

/** Counts the fsyncs of master.log. */
function countingSyncs(counts: { syncs: number }) {
  return (runtime: Runtime): Runtime => {
    const { disk } = runtime;
    const open: typeof disk.open = async (path, mode) => {
      const file = await disk.open(path, mode);
      if (path !== 'master.log') return file;
      const counted: DiskFile = {
        read: (target, position) => file.read(target, position),
        write: (data, position) => file.write(data, position),
        sync: () => {
          counts.syncs += 1;
          return file.sync();
        },
        truncate: (size) => file.truncate(size),
        sizeBytes: () => file.sizeBytes(),
        close: () => file.close(),
      };
      return counted;
    };
    const counting = {
      root: disk.root,
      lock: () => disk.lock(),
      open,
      rename: (from: string, to: string) => disk.rename(from, to),
      remove: (path: string) => disk.remove(path),
      list: (path: string) => disk.list(path),
      makeDirectory: (path: string) => disk.makeDirectory(path),
      syncDirectory: (path: string) => disk.syncDirectory(path),
      space: () => disk.space(),
    };
    return { ...runtime, disk: counting };
  };
}

test('mutations: many at once share few fsyncs', async () => {
  const rig = new MasterRig(11);
  await rig.sim.run(async () => {
    const counts = { syncs: 0 };
    await rig.start({ init: true }, countingSyncs(counts));
    await rig.openSession();
    counts.syncs = 0;
    await Promise.all(Array.from({ length: 200 }, (_, i) => rig.mkdir(`/d${i}`)));
    expect(counts.syncs).toBeLessThan(40);
    expect((await rig.status()).directoryCount).toBe(201);
  });
});

test('mutations: a retry joins the first while that is under way, and gets its answer afterwards', async () => {
  const rig = new MasterRig(12);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    const header = rig.header();
    const answers = await Promise.all([rig.create('/f', header), rig.create('/f', header), rig.create('/f', header)]);
    const { lastAppliedIndex } = await rig.status();
    expect(await rig.create('/f', header)).toEqual(answers[0]);
    expect(new Set(answers.map((answer) => answer.fileId)).size).toBe(1);
    expect(await rig.status()).toMatchObject({ pendingFileCount: 1, lastAppliedIndex });
    await expect(rig.mkdir('/f', header)).resolves.toBeDefined();
    await expect(rig.call(NamespaceService.AssignChunk, { header, fileId: 1, index: 0 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

test('mutations: another cluster’s header and an unknown session are refused and do nothing', async () => {
  const rig = new MasterRig(13);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    await expect(rig.mkdir('/a', { ...rig.header(), clusterId: 'x' })).rejects.toMatchObject({ code: 'FOREIGN_CLUSTER' });
    await expect(rig.mkdir('/a', rig.header(99))).rejects.toMatchObject({ code: 'SESSION_EXPIRED', retriable: false });
    await expect(rig.call(NamespaceService.MakeDirectory, { path: '/a' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((await rig.status()).directoryCount).toBe(1);
    const session = { clusterId: rig.clusterId, sessionId: rig.sessionId };
    expect(await rig.call(NamespaceService.RenewSession, session)).toEqual({ term: FIRST_TERM });
    await rig.call(NamespaceService.CloseSession, session);
    await rig.call(NamespaceService.CloseSession, session);
    await expect(rig.call(NamespaceService.RenewSession, session)).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
  });
});

test('a file written while the master is killed at any of its calls, with every request retried, is there exactly once', async () => {
  for (const strike of [{ power: false }, { power: true }, { power: true, when: 'after' as const }]) {
    let strikes = 0;
    for (let call = 1; ; call += 1) {
      const rig = new MasterRig(1_000 + call);
      const struck = await rig.sim.run(async () => {
        await rig.start({ init: true });
        await rig.openSession();
        /** What the datanodes have written. */
        const written: number[] = [];
        const register = () => Promise.all(['dn-1', 'dn-2'].map(async (id) => rig.report(await rig.register(id), ...written)));
        await register();
        rig.machine.crashAtCall(call, strike);
        /** As a client does: the same request, header and all, until it is answered. */
        const persist = async <T>(request: () => Promise<T>): Promise<T> => {
          for (;;) {
            try {
              return await request();
            } catch (error) {
              if (!isDfsError(error) || !error.retriable) throw error;
            }
            if (!rig.machine.isUp) {
              await rig.start();
              await register();
            }
            await rig.sim.advance(20);
          }
        };
        const header = rig.header();
        const { fileId } = await persist(() => rig.create('/f', header));
        const assign = { header: rig.header(), fileId, index: 0, expectedBytes: 100 };
        const plan = await persist(() => rig.call(NamespaceService.AssignChunk, assign));
        const commit = {
          header: rig.header(),
          fileId,
          chunkId: plan.chunkId,
          fromVersion: 0,
          toVersion: plan.version,
          lengthBytes: 100,
          nodeIds: ['dn-1', 'dn-2'],
        };
        written.push(plan.chunkId);
        rig.noteVersion(plan);
        await persist(() => rig.call(NamespaceService.CommitVersion, commit));
        const complete = { header: rig.header(), fileId, lengthBytes: 100, chunkCount: 1 };
        const { file } = await persist(() => rig.call(NamespaceService.CompleteFile, complete));
        expect(file).toMatchObject({ fileId, path: '/f', lengthBytes: 100 });
        const isStruck = (await persist(() => rig.status())).term > FIRST_TERM;
        // Everything was answered, so a last restart must find all of it, and the first answers too.
        rig.machine.crash({ power: true });
        await rig.start();
        expect(await persist(() => rig.create('/f', header))).toMatchObject({ fileId });
        expect(await rig.call(NamespaceService.AssignChunk, assign)).toEqual(plan);
        expect(await rig.status()).toMatchObject({ fileCount: 1, pendingFileCount: 0, chunks: { total: 1 } });
        return isStruck;
      });
      if (!struck) break;
      strikes += 1;
    }
    expect(strikes).toBeGreaterThan(10);
  }
}, 120_000);

test('AssignChunk: without enough nodes it says which and why; the refusal stands for its number', async () => {
  const rig = new MasterRig(14);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    const { fileId } = await rig.create('/f');
    const header = rig.header();
    const assign = (of: typeof header) => rig.call(NamespaceService.AssignChunk, { header: of, fileId, index: 0 });
    await expect(assign(header)).rejects.toMatchObject({
      code: 'NOT_ENOUGH_REPLICAS',
      retriable: true,
      message: expect.stringContaining('no datanode') as string,
    });
    await rig.register('dn-1');
    await expect(assign(rig.header())).rejects.toMatchObject({ message: expect.stringContaining('dn-1: can take it') as string });
    await rig.register('dn-2');
    // A late copy of the first request must not raise the version under a newer plan.
    await expect(assign(header)).rejects.toMatchObject({ code: 'NOT_ENOUGH_REPLICAS' });
    expect((await assign(rig.header())).pipeline.map((node) => node.nodeId).sort()).toEqual(['dn-1', 'dn-2']);
  });
});

test('CreateFile: busy while its writer renews, taken over after the soft lease', async () => {
  const rig = new MasterRig(15);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    const first = await rig.openSession();
    const { fileId } = await rig.create('/f', rig.header());
    const second = await rig.openSession();
    for (let i = 0; i < 4; i += 1) {
      await rig.sim.advance(TIMINGS.leaseSoftMs / 2);
      await rig.call(NamespaceService.RenewSession, { clusterId: rig.clusterId, sessionId: first });
    }
    await expect(rig.create('/f', rig.header(second))).rejects.toMatchObject({ code: 'FILE_BUSY', retriable: false });
    await rig.sim.advance(TIMINGS.leaseSoftMs + 1_000);
    expect((await rig.create('/f', rig.header(second))).fileId).not.toBe(fileId);
    const complete = { header: rig.header(first), fileId, lengthBytes: 0, chunkCount: 0 };
    await expect(rig.call(NamespaceService.CompleteFile, complete)).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });
});

test('RegisterDataNode: foreign data, a stale master, bad names and an id in use are refused in words', async () => {
  const rig = new MasterRig(16);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await expect(rig.register('dn-1', { clusterId: 'other' })).rejects.toMatchObject({
      code: 'FOREIGN_CLUSTER',
      message: expect.stringMatching(/cluster other.*not touched.*put its old folder back.*keep this one/s) as string,
    });
    await expect(rig.register('dn-1', { acceptedTerm: 9 })).rejects.toMatchObject({ code: 'STALE_TERM' });
    await expect(rig.register('dn 1')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const node = await rig.register('dn-1');
    await expect(rig.register('dn-1', { incarnation: 'other' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      retriable: true,
    });
    expect(await rig.heartbeat({ ...node, registrationId: 5 })).toMatchObject({ needsRegistration: true });
    expect(await rig.heartbeat(node)).toMatchObject({ needsRegistration: false, needsFullReport: false, term: FIRST_TERM });
    // Silent for long enough, the id is free; what the old folder held is forgotten.
    await rig.report(node, 1, 2, 3);
    expect((await rig.status()).nodes[0]).toMatchObject({ replicaCount: 3, state: 'LIVE' });
    await rig.sim.advance(TIMINGS.staleAfterMs + 500);
    await rig.register('dn-1', { incarnation: 'other' });
    expect((await rig.status()).nodes).toMatchObject([{ nodeId: 'dn-1', replicaCount: 0, state: 'LIVE' }]);
  });
});

test('Heartbeat: a node thought dead is alive again and must report in full', async () => {
  const rig = new MasterRig(17);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    const node = await rig.register('dn-1');
    await rig.sim.advance(TIMINGS.deadAfterMs + 500);
    expect((await rig.status()).nodes[0]?.state).toBe('DEAD');
    expect(await rig.heartbeat(node)).toMatchObject({ needsFullReport: true });
    await rig.report(node);
    expect(await rig.heartbeat(node)).toMatchObject({ needsFullReport: false });
    expect((await rig.status()).nodes[0]?.state).toBe('LIVE');
  });
});

test('safe mode: after a restart reads are answered and changes wait until the replicas are reported', async () => {
  const rig = new MasterRig(18);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    let one = await rig.register('dn-1');
    let two = await rig.register('dn-2');
    const { chunkId } = await rig.writeFile('/f', ['dn-1', 'dn-2']);
    const header = rig.header();
    await rig.mkdir('/made', header);
    await rig.master?.stop();
    await rig.start();
    await expect(rig.mkdir('/new')).rejects.toMatchObject({
      code: 'SAFE_MODE',
      retriable: true,
      message: expect.stringContaining('0 of 1 chunks have a reported replica, 0 of 2 datanodes have reported') as string,
    });
    await rig.mkdir('/made', header);
    expect((await rig.call(NamespaceService.GetFileInfo, { path: '/f' })).file?.lengthBytes).toBe(100);
    one = await rig.register('dn-1', { ...one, registrationId: 0 });
    // Reported under the old term: known, but not confirmed.
    await rig.report({ ...one, acceptedTerm: 1 }, chunkId);
    expect((await rig.status()).safeMode).toBe(true);
    await rig.report(one, chunkId);
    expect(await rig.status()).toMatchObject({ safeMode: false, chunks: { total: 1, underReplicated: 1, missing: 0 } });
    await rig.mkdir('/new');
    two = await rig.register('dn-2', { ...two, registrationId: 0 });
    await rig.report(two, chunkId);
    expect((await rig.status()).chunks).toMatchObject({ total: 1, healthy: 1 });
  });
});

test('safe mode: ends after its grace, and the losses are reported', async () => {
  const rig = new MasterRig(19);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    await rig.register('dn-1');
    await rig.register('dn-2');
    await rig.writeFile('/f', ['dn-1', 'dn-2']);
    rig.machine.crash({ power: true });
    await rig.start();
    await rig.sim.advance(TIMINGS.safeModeGraceMs - 1_000);
    expect((await rig.status()).safeMode).toBe(true);
    await rig.sim.advance(1_500);
    expect((await rig.status()).safeMode).toBe(false);
    expect(rig.log).toContain('warn 1 of 1 chunks have no reported replica');
  });
});

test('Rename: the leader keeps what it moves within the limits of paths, whatever the client says', async () => {
  const rig = new MasterRig(27);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    const deep = '/d'.repeat(200);
    for (const path of [deep, `/x${'/d'.repeat(60)}`]) {
      await rig.call(NamespaceService.MakeDirectory, { header: rig.header(), path, recursive: true, mode: 0o755 });
    }
    const move = { header: rig.header(), fromPath: '/x', toPath: `${deep}/x`, keepsLimits: false };
    await expect(rig.call(NamespaceService.Rename, move)).rejects.toMatchObject({ code: 'NAME_TOO_LONG' });
  });
});

test('GetChunkLocation: committed replicas, live before stale, none that is dead; a bad one is left out until confirmed', async () => {
  const rig = new MasterRig(20);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    const one = await rig.register('dn-1');
    const two = await rig.register('dn-2');
    const { fileId, chunkId } = await rig.writeFile('/f', ['dn-1', 'dn-2']);
    const where = async (): Promise<string[]> => {
      const { chunks } = await rig.call(NamespaceService.GetChunkLocation, { path: '/f' });
      return chunks[0]?.replicas.map((replica) => replica.nodeId) ?? [];
    };
    // Known from the writer, before the nodes have reported.
    expect((await where()).sort()).toEqual(['dn-1', 'dn-2']);
    await rig.report(one, chunkId);
    await rig.report(two, chunkId);
    const bad = {
      clusterId: rig.clusterId,
      chunkId,
      version: rig.versionOf(chunkId),
      nodeId: 'dn-1',
      code: 'DATA_CORRUPT',
      message: 'x',
    };
    await rig.call(NamespaceService.ReportBadReplica, bad);
    await rig.call(NamespaceService.ReportBadReplica, bad);
    await rig.call(NamespaceService.ReportBadReplica, { ...bad, chunkId: 77 });
    expect(rig.log.filter((line) => /^warn Replica of chunk [0-9a-f-]+ on dn-1 is corrupt$/.test(line))).toHaveLength(1);
    expect(await where()).toEqual(['dn-2']);
    expect((await rig.status()).chunks).toMatchObject({ underReplicated: 1 });
    await rig.report(one, chunkId);
    expect(await where()).toHaveLength(2);
    await rig.reportDamaged(one, chunkId);
    expect(await where()).toEqual(['dn-2']);
    // With no good one left, checksums tell which blocks of the damaged ones are.
    await rig.reportDamaged(two, chunkId);
    expect((await where()).sort()).toEqual(['dn-1', 'dn-2']);
    await rig.report(one, chunkId);
    await rig.report(two, chunkId);
    await rig.sim.advance(TIMINGS.staleAfterMs - 100);
    await rig.heartbeat(two);
    await rig.sim.advance(400);
    expect(await where()).toEqual(['dn-2', 'dn-1']);
    await rig.sim.advance(TIMINGS.deadAfterMs - TIMINGS.staleAfterMs);
    expect(await where()).toEqual(['dn-2']);
    await rig.call(NamespaceService.Delete, { header: rig.header(), path: '/f' });
    await expect(rig.call(NamespaceService.GetChunkLocation, { fileId })).rejects.toMatchObject({ code: 'STALE_HANDLE' });
    await expect(rig.call(NamespaceService.GetChunkLocation, { path: '/f' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(rig.call(NamespaceService.GetChunkLocation, { path: '/' })).rejects.toMatchObject({ code: 'IS_A_DIRECTORY' });
  });
});

test('ListDirectory and ListChunks come in pages, in order', async () => {
  const rig = new MasterRig(21);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    for (const id of ['dn-1', 'dn-2']) await rig.register(id);
    for (const name of ['c', 'a', 'é', 'b']) await rig.writeFile(`/${name}`, ['dn-1', 'dn-2']);
    const first = await rig.call(NamespaceService.ListDirectory, { path: '/', limit: 3 });
    expect([first.entries.map((entry) => entry.name), first.hasMore]).toEqual([['a', 'b', 'c'], true]);
    const rest = await rig.call(NamespaceService.ListDirectory, { path: '/', startAfter: 'c', limit: 3 });
    expect([rest.entries.map((entry) => entry.name), rest.hasMore]).toEqual([['é'], false]);
    expect(rest.entries[0]?.path).toBe('/é');
    await expect(rig.call(NamespaceService.ListDirectory, { path: '/a' })).rejects.toMatchObject({ code: 'NOT_A_DIRECTORY' });
    const chunks = await rig.call(ClusterService.ListChunks, { limit: 3 });
    expect([chunks.chunks.map((chunk) => chunk.path), chunks.hasMore]).toEqual([['/c', '/a', '/é'], true]);
    const more = await rig.call(ClusterService.ListChunks, { limit: 3, afterChunkId: chunks.chunks[2]?.chunkId ?? 0 });
    expect([more.chunks.map((chunk) => chunk.index), more.hasMore]).toEqual([[0], false]);
  });
});

test('PollOrders: a long poll brings an order as soon as there is one', async () => {
  const rig = new MasterRig(22);
  await rig.sim.run(async () => {
    await rig.start({ init: true });
    await rig.openSession();
    const nodes = new Map<string, Awaited<ReturnType<typeof rig.register>>>();
    for (const id of ['dn-1', 'dn-2', 'dn-3']) nodes.set(id, await rig.register(id));
    const { chunkId } = await rig.writeFile('/f', ['dn-1', 'dn-2']);
    await rig.report(nodes.get('dn-1')!, chunkId);
    await rig.report(nodes.get('dn-2')!);
    await rig.report(nodes.get('dn-3')!);
    const poll = await rig.call(DataNodeService.PollCommands, { node: nodes.get('dn-1')!, waitMs: TIMINGS.orderPollMs });
    expect(poll.commands).toMatchObject([
      { term: FIRST_TERM, action: 'replicate', replicate: { chunkId, version: rig.versionOf(chunkId), lengthBytes: 100 } },
    ]);
    const idle = await rig.call(DataNodeService.PollCommands, { node: nodes.get('dn-3')!, waitMs: 50 });
    expect(idle.commands).toEqual([]);
  });
});

test('sessions: an idle one expires by itself, its unfinished file with it; a recursive delete is forgotten in slices', async () => {
  const rig = new MasterRig(23);
  const timings = { ...TIMINGS, sessionTimeoutMs: 20_000 };
  await rig.sim.run(async () => {
    await rig.start({ init: true, timings });
    await rig.openSession();
    for (let i = 0; i < 30; i += 1) await rig.mkdir(`/d${i}`);
    await rig.create('/f');
    await rig.call(NamespaceService.MakeDirectory, { header: rig.header(), path: '/deep/er', recursive: true });
    await rig.call(NamespaceService.Delete, { header: rig.header(), path: '/deep', recursive: true });
    await rig.sim.advance(500);
    expect(await rig.status()).toMatchObject({ directoryCount: 31, pendingFileCount: 1 });
    await rig.sim.advance(timings.sessionTimeoutMs);
    expect(await rig.status()).toMatchObject({ pendingFileCount: 0 });
    await expect(rig.mkdir('/x')).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
  });
});

test('the rig’s address and chunk size are what the master says', async () => {
  const rig = new MasterRig(24);
  await rig.sim.run(async () => {
    const master = await rig.start({ init: true });
    const opened = await rig.call(NamespaceService.OpenSession, { clientName: 'x' });
    expect(master.address).toBe(ADDRESS);
    expect(opened).toMatchObject({
      defaultReplication: 2,
      defaultChunkSizeBytes: CHUNK,
      minReplicas: 2,
      term: FIRST_TERM,
      renewIntervalMs: 1_500,
    });
  });
});
