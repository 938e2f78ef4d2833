/** Data folders that take no changes, for a while or at one moment of a write: what they hold is read, and nothing is lost. */
import { expect, test } from 'vitest';
import { DfsError } from '../../../src/shared/errors.js';
import type { ErrorCode } from '../../../src/shared/errors.js';
import { BLOCK_BYTES, DISK_PROBLEM_BYTES_MAX } from '../../../src/shared/limits.js';
import type { Disk, DiskFile, Runtime } from '../../../src/shared/runtime.js';
import { dataFile, metaFile, patternBytes, rejection, sameBytes, TIMINGS, World } from '../fixtures.js';

const DATA = patternBytes(30_005);
const NAMES = ['open', 'write', 'rename', 'remove'] as const;

/** A disk on which chosen changes are refused. */
class Refusals {
  code: ErrorCode | null = null;
  calls: readonly (typeof NAMES)[number][] = NAMES;
  /** Of the path. */
  pattern = /./;

  readonly wrap = (runtime: Runtime): Runtime => {
    const { disk } = runtime;
    const refused: Partial<Disk> = {
      open: async (path, mode, isPostponable) => {
        if (mode !== 'read') this.#refuse('open', path);
        const file = await disk.open(path, mode, isPostponable);
        const refusedFile: Partial<DiskFile> = {
          write: async (data, position) => {
            this.#refuse('write', path);
            await file.write(data, position);
          },
        };
        return over(file, refusedFile);
      },
      rename: async (from, to) => {
        this.#refuse('rename', to);
        await disk.rename(from, to);
      },
      remove: async (path) => {
        this.#refuse('remove', path);
        await disk.remove(path);
      },
    };
    return { ...runtime, disk: over(disk, refused) };
  };

  #refuse(call: (typeof NAMES)[number], path: string): void {
    if (this.code === null || !this.calls.includes(call) || !this.pattern.test(path)) return;
    throw new DfsError(this.code, `Cannot ${call} "${path}": ${'refused '.repeat(200)}`);
  }
}

/** The same object, with other methods in place of some. */
function over<T extends object>(object: T, methods: Partial<T>): T {
  return new Proxy(object, {
    get: (target, name) => {
      const found: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name);
      return typeof found === 'function' ? (found as () => unknown).bind(target) : found;
    },
  });
}

test('a folder that becomes read-only: the masters hear it, reads go on also under a new leader, and it heals by itself', async () => {
  const world = new World(501);
  const refusals = new Refusals();
  await world.sim.run(async () => {
    const { master } = world;
    await world.up();
    const node = await world.startNode('dn-1', {}, refusals.wrap);
    await world.sim.runUntil(() => master.believes.has('dn-1'));
    await world.writeChunk(7, 1, ['dn-1'], DATA);
    expect(master.disks.get('dn-1')).toMatchObject({ state: 'WRITABLE', problem: '', diskId: 'dn-1' });

    refusals.code = 'READ_ONLY';
    const failure = await rejection(world.writeChunk(8, 1, ['dn-1'], DATA));
    expect(failure).toMatchObject({ code: 'READ_ONLY', nodeId: 'dn-1', retriable: true });
    await world.sim.advance(2 * TIMINGS.heartbeatIntervalMs);
    const seen = master.disks.get('dn-1');
    expect(seen).toMatchObject({ state: 'READ_ONLY', problem: expect.stringContaining('refused') as string });
    expect(new TextEncoder().encode(seen?.problem).length).toBeLessThanOrEqual(DISK_PROBLEM_BYTES_MAX);

    master.lead(5);
    const { registrations } = master;
    await world.sim.advance(3 * TIMINGS.staleAfterMs);
    // The term cannot be noted: the node is heard all the same, and does not register at the pace of heartbeats.
    expect(master.registrations - registrations).toBeLessThan(8);
    const beats = master.heartbeats;
    await world.sim.advance(5 * TIMINGS.heartbeatIntervalMs);
    expect(master.heartbeats - beats).toBeGreaterThan(3);
    expect(master.termOf('dn-1')).toBe(1);
    expect(sameBytes(await world.readChunk('dn-1', 7, 1, 0, DATA.length), DATA)).toBe(true);

    refusals.code = null;
    await world.sim.runUntil(() => master.disks.get('dn-1')?.state === 'WRITABLE' && master.termOf('dn-1') === 5);
    await world.writeChunk(8, 1, ['dn-1'], DATA);
    expect(world.files('dn-1')).not.toContain('write-probe');
    await node.stop();
  });
});

test('a disk that fails writes is told so until a probe succeeds', async () => {
  const world = new World(502);
  const refusals = new Refusals();
  await world.sim.run(async () => {
    const { master } = world;
    await world.up();
    await world.startNode('dn-1', {}, refusals.wrap);
    await world.sim.runUntil(() => master.believes.has('dn-1'));
    refusals.code = 'IO_ERROR';
    refusals.calls = ['write'];
    expect(await rejection(world.writeChunk(8, 1, ['dn-1'], DATA))).toMatchObject({ code: 'IO_ERROR', nodeId: 'dn-1' });
    await world.sim.advance(TIMINGS.blockReportIntervalMs);
    expect(master.disks.get('dn-1')).toMatchObject({ state: 'FAILING' });
    refusals.code = null;
    await world.sim.runUntil(() => master.disks.get('dn-1')?.state === 'WRITABLE');
    await world.writeChunk(8, 1, ['dn-1'], DATA);
  });
});

test('a disk that failed and is full by now takes changes again: what it holds may be deleted', async () => {
  const world = new World(505);
  const refusals = new Refusals();
  await world.sim.run(async () => {
    const { master } = world;
    await world.up();
    await world.startNode('dn-1', {}, refusals.wrap);
    await world.sim.runUntil(() => master.believes.has('dn-1'));
    Object.assign(refusals, { code: 'IO_ERROR', calls: ['write'] });
    await rejection(world.writeChunk(8, 1, ['dn-1'], DATA));
    await world.sim.runUntil(() => master.disks.get('dn-1')?.state === 'FAILING');
    refusals.code = 'NO_SPACE';
    await world.sim.runUntil(() => master.disks.get('dn-1')?.state === 'WRITABLE');
  });
});

test('a refusal at any step of a write ends the write alone: the node goes on, and nothing is left', async () => {
  const large = patternBytes(2 * BLOCK_BYTES + 5);
  const steps = [
    { code: 'RESOURCE_EXHAUSTED', calls: ['open'], pattern: /tmp$/, data: large },
    { code: 'RESOURCE_EXHAUSTED', calls: ['open'], pattern: /meta$/, data: large },
    { code: 'READ_ONLY', calls: ['write'], pattern: /meta$/, data: large },
    { code: 'READ_ONLY', calls: ['rename'], pattern: /./, data: large },
    { code: 'NO_SPACE', calls: ['rename'], pattern: /./, data: large },
    { code: 'RESOURCE_EXHAUSTED', calls: ['open'], pattern: /journal/, data: DATA },
    { code: 'READ_ONLY', calls: ['write'], pattern: /journal/, data: DATA },
    { code: 'NO_SPACE', calls: ['write'], pattern: /journal/, data: DATA },
    { code: 'RESOURCE_EXHAUSTED', calls: ['open'], pattern: /meta$/, data: DATA },
    { code: 'READ_ONLY', calls: ['write'], pattern: /meta$/, data: DATA },
    { code: 'NO_SPACE', calls: ['write'], pattern: /chunk-[^.]*$/, data: DATA },
  ] as const;
  const world = new World(503);
  const refusals = new Refusals();
  await world.sim.run(async () => {
    const { master } = world;
    await world.up();
    const node = await world.startNode('dn-1', {}, refusals.wrap);
    await world.sim.runUntil(() => master.believes.has('dn-1'));
    let failed: Error | null = null;
    void node.failed.then((error) => {
      failed = error;
    });
    const before = world.files('dn-1');
    for (const [i, step] of steps.entries()) {
      Object.assign(refusals, step);
      const { code, data } = step;
      expect(await rejection(world.writeChunk(8, i + 1, ['dn-1'], data))).toMatchObject({ code, nodeId: 'dn-1' });
      refusals.code = null;
      await world.sim.advance(100);
      expect(failed).toBeNull();
      const isPassing = (name: string): boolean => name === 'write-probe' || name.startsWith('journal-');
      expect(world.files('dn-1').filter((name) => !isPassing(name))).toEqual(before);
    }
    expect(await world.writeChunk(8, 99, ['dn-1'], DATA)).toEqual(['dn-1']);
    expect(world.files('dn-1')).toContain(metaFile(8, 99));
  });
});

test('a chunk whose size the folder does not tell at a start is read for it, and keeps its checksums', async () => {
  const world = new World(504);
  await world.sim.run(async () => {
    await world.up('dn-1');
    await world.writeChunk(7, 1, ['dn-1'], DATA);
    await world.nodes.get('dn-1')!.stop();
    const wrap = (runtime: Runtime): Runtime => {
      const list = async (path: string) =>
        (await runtime.disk.list(path)).map((entry) => (entry.name === dataFile(7) ? { ...entry, sizeBytes: null } : entry));
      return { ...runtime, disk: over(runtime.disk, { list }) };
    };
    world.master.believes.clear();
    await world.startNode('dn-1', {}, wrap);
    await world.sim.runUntil(() => world.master.believes.get('dn-1')?.get(7) === 1);
    expect(world.files('dn-1')).toContain(metaFile(7, 1));
    expect(sameBytes(await world.readChunk('dn-1', 7, 1, 0, DATA.length), DATA)).toBe(true);
  });
});
