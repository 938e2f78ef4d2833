/** Copies of the state: taken while it changes, and loaded again. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CommittedEntry, StateCopy } from '../../../../src/master/state/tables/replicated-state.js';
import { StateMachine } from '../../../../src/master/state/operations/state-machine.js';
import { Script } from '../../script.js';
import { RandomOperations, step } from '../random-operations.js';

/** Everything that is left of a copy. */
function restOf(copy: StateCopy, sliceBytes = 1_000): Buffer {
  const slices: Uint8Array[] = [];
  for (let slice = copy.next(sliceBytes); slice !== null; slice = copy.next(sliceBytes)) slices.push(slice);
  return Buffer.concat(slices);
}

/** A machine with the state of these bytes, given in pieces. */
function loaded(bytes: Buffer, digest: string, pieceBytes = 1_000): StateMachine {
  const machine = new StateMachine();
  const restore = machine.restore();
  for (let at = 0; at < bytes.length; at += pieceBytes) restore.add(bytes.subarray(at, at + pieceBytes));
  restore.finish(digest);
  expect(machine.digest()).toBe(digest);
  return machine;
}

/** Both machines answer each entry alike, and stay the same. */
function expectSameFuture(one: StateMachine, other: StateMachine, entries: readonly CommittedEntry[]): void {
  for (const entry of entries) {
    expect(one.apply(entry)).toEqual(other.apply(entry));
    expect(one.digest()).toBe(other.digest());
  }
  expect(restOf(one.checkpoint()).equals(restOf(other.checkpoint()))).toBe(true);
}

function replay(entries: readonly CommittedEntry[]): StateMachine {
  const machine = new StateMachine();
  for (const entry of entries) machine.apply(entry);
  return machine;
}

const sizes = fc.constantFrom(1, 40, 120, 500);

test('checkpoint: with operations between all its slices, a copy is of the moment it began, and goes on as the original', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 40, maxLength: 160 }),
      fc.nat(),
      sizes,
      sizes,
      (steps, at, sliceBytes, pieceBytes) => {
        const operations = new RandomOperations();
        const { machine, entries } = operations;
        const beginAt = at % steps.length;
        for (const before of steps.slice(0, beginAt)) operations.do(before);
        const whole = restOf(machine.checkpoint());
        const begunAfter = entries.length;
        const digest = machine.digest();
        const copy = machine.checkpoint();
        expect(copy).toMatchObject({ index: begunAfter, digest });
        const slices: Uint8Array[] = [];
        for (const meanwhile of steps.slice(beginAt)) {
          const slice = copy.next(sliceBytes);
          if (slice !== null) slices.push(slice);
          operations.do(meanwhile);
        }
        const bytes = Buffer.concat([...slices, restOf(copy)]);
        // Strict: as if the machine had stood still, whatever the digest covers.
        expect(bytes.equals(whole)).toBe(true);
        expectSameFuture(loaded(bytes, digest, pieceBytes), replay(entries.slice(0, begunAfter)), entries.slice(begunAfter));
      },
    ),
    { numRuns: 500, seed: 4 },
  );
});

test('random operations reach what a copy must hold', () => {
  const seen = { purging: 0, partlyPurged: 0, abandoned: 0, answers: 0, holes: 0, skipped: 0 };
  for (const steps of fc.sample(fc.array(step, { minLength: 40, maxLength: 160 }), { numRuns: 100, seed: 5 })) {
    const operations = new RandomOperations();
    const { machine } = operations;
    for (const one of steps) {
      operations.do(one);
      const { tree, sessions, nextIncarnation } = machine.state;
      if (tree.purgeBacklog > 1) seen.purging += 1;
      if (machine.state.chunks.skippedIds.all.length > 1) seen.skipped += 1;
      for (let id = 1; id < tree.nextId; id += 1) {
        const inode = tree.get(id);
        if (inode?.kind !== 'file') continue;
        if (inode.parentId === 0 && inode.pending !== null) seen.abandoned += 1;
        if (inode.parentId === 0 && inode.chunkIds.at(-1) === 0) seen.partlyPurged += 1;
        if (inode.pending !== null && inode.chunkIds.includes(0)) seen.holes += 1;
      }
      for (const id of sessions.ids()) if ((sessions.get(id)?.answers.size ?? 0) > 3) seen.answers += 1;
      expect(nextIncarnation).toBeGreaterThan(1);
    }
  }

  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
});

/** A state with something of everything. */
function sample(): RandomOperations {
  const operations = new RandomOperations();
  for (const one of fc.sample(step, { numRuns: 600, seed: 9 }))
    if (one.kind !== 'purge' && one.kind !== 'expire') operations.do(one);
  return operations;
}

test('restore: bytes that are cut, changed or something else are LOG_DAMAGED, and change nothing', () => {
  const { machine } = sample();
  const digest = machine.digest();
  const bytes = restOf(machine.checkpoint());
  const target = new Script().machine;
  const before = target.digest();
  const refuse = (damaged: Uint8Array, given = digest): void => {
    const restore = target.restore();
    expect(() => {
      restore.add(damaged);
      restore.finish(given);
    }).toThrow(expect.objectContaining({ code: 'LOG_DAMAGED' }) as Error);
    expect(target.digest()).toBe(before);
  };
  for (let length = 0; length < bytes.length; length += 1) refuse(bytes.subarray(0, length));
  refuse(Buffer.concat([bytes, bytes.subarray(0, 1)]));
  refuse(bytes, before);
  refuse(new Uint8Array(100));
  refuse(new Uint8Array(100).fill(255));
  const survived: number[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    const restore = target.restore();
    try {
      restore.add(damaged);
      restore.finish(digest);
      survived.push(at);
    } catch (error) {
      expect(error).toMatchObject({ code: 'LOG_DAMAGED' });
    }
  }
  // What the digest does not cover (the order in which inodes are forgotten) is the checksums' business; it is little.
  expect(survived.length).toBeLessThan(bytes.length / 100);
});

test('restore: a retried mutation gets the answer that was remembered, and its session goes on', () => {
  const script = new Script();
  const [first, second] = [script.header(), script.header()];
  const created = script.create('/f', { header: first });
  const refused = script.create('/none/g', { header: second });
  expect(refused.error?.code).toBe('NOT_FOUND');
  const copy = script.machine.checkpoint();
  const machine = loaded(restOf(copy), copy.digest);
  const replica = script.continuedOn(machine);
  expect(replica.create('/f', { header: first })).toEqual(created);
  expect(replica.create('/none/g', { header: second })).toEqual(refused);
  expect(machine.state.tree.pendingCount).toBe(1);
  const fileId = created.createFile?.fileId ?? 0;
  const plan = replica.assign(fileId, 0).assignChunk;
  expect(replica.commit(fileId, plan!, 5)).toEqual({});
  expect(replica.complete(fileId, 5, 1).completeFile?.file?.path).toBe('/f');
});

test('checkpoint: one at a time; what a restore has replaced can still be copied to its end', () => {
  const script = new Script();
  script.write('/f', 2);
  const { machine } = script;
  const digest = machine.digest();
  const copy = machine.checkpoint();
  expect(() => machine.checkpoint()).toThrow('one copy');
  copy.end();
  copy.end();
  expect(copy.next(100)).toBeNull();
  const second = machine.checkpoint();
  const begun = second.next(1) ?? new Uint8Array();
  const other = new Script();
  other.mkdir('/other');
  const otherCopy = other.machine.checkpoint();
  const restore = machine.restore();
  restore.add(restOf(otherCopy));
  const old = machine.state;
  restore.finish(otherCopy.digest);
  expect(machine.state).not.toBe(old);
  expect(machine.appliedIndex).toBe(otherCopy.index);
  const third = machine.checkpoint();
  expect(loaded(Buffer.concat([begun, restOf(second)]), digest).state.tree.fileCount).toBe(1);
  expect(() => machine.checkpoint()).toThrow('one copy');
  third.end();
});

test('checkpoint: before the cluster is made there is a state, too', () => {
  const machine = new StateMachine();
  machine.apply({ index: 1, term: 3, data: null });
  const copy = machine.checkpoint();
  expect(loaded(restOf(copy), copy.digest).state).toMatchObject({ settings: null, term: 3, appliedIndex: 1 });
});
