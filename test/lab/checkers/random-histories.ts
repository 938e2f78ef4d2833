/** Random scripts of operations on few paths, and what a right file system answers to them. */
import * as fc from 'fast-check';
import type { Operation } from '../../../src/lab/history/operation.js';
import { answer } from './brute-force.js';
import type { Tree } from './brute-force.js';
import { sha } from './histories.js';

export type Asked = Pick<Operation, 'kind' | 'path' | 'toPath' | 'sha256' | 'parents' | 'recursive'>;

export const PATHS = ['/a', '/b', '/d', '/d/x', '/d/y', '/e', '/e/x'];
const content = fc.constantFrom('1', '2', '3').map(sha);

const asked = (paths: readonly string[]): fc.Arbitrary<Asked> => {
  const path = fc.constantFrom(...paths);
  return fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom('create' as const, 'overwrite' as const), path, sha256: content }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('read' as const, 'stat' as const), path }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('list' as const), path: fc.constantFrom('/', '/d', '/e') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), path, recursive: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('mkdir' as const), path, parents: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), path, toPath: path }) },
  );
};

/** How long before and after the moment of its effect an operation is under way, and whether its answer got lost. */
export interface Timing {
  readonly early: number;
  readonly late: number;
  /** 0: lost, and without effect. 1: lost all the same. */
  readonly lost: number;
}

export type Script = readonly (readonly [Asked, Timing])[];

const timing = (lostMax: number): fc.Arbitrary<Timing> =>
  fc.record({
    early: fc.integer({ min: 0, max: 40 }),
    late: fc.integer({ min: 0, max: 40 }),
    lost: fc.integer({ min: 0, max: lostMax }),
  });

/** What a sequential file system answers to operations that take effect at 10, 20, 30 …, seen by clients that overlap. */
export function observed(script: Script): Operation[] {
  let tree: Tree = new Map();
  return script
    .map(([what, { early, late, lost }], index): Operation => {
      const atMs = 100 + 10 * index;
      const open: Operation = {
        id: index + 1,
        client: `c${index}`,
        ...what,
        invokedMs: atMs - early,
        completedMs: atMs + late,
        outcome: 'ok',
      };
      const told = answer(tree, open);
      // Every second lost one took no effect.
      if (lost === 0) return { ...open, outcome: 'unknown' };
      tree = told.tree;
      if (lost === 1) return { ...open, outcome: 'unknown', completedMs: null };
      if (open.kind === 'stat') return { ...open, exists: told.code === 'ok' };
      if (told.code !== 'ok') return { ...open, outcome: 'fail', error: told.code };
      return {
        ...open,
        ...(told.seen === undefined ? {} : { sha256: told.seen }),
        ...(told.names === undefined ? {} : { names: told.names }),
      };
    })
    .sort((a, b) => a.invokedMs - b.invokedMs);
}

/** @param lostMax two answers in `lostMax` + 1 get lost */
export const script = (maxLength: number, lostMax = 5, paths: readonly string[] = PATHS): fc.Arbitrary<Script> =>
  fc.array(fc.tuple(asked(paths), timing(lostMax)), { minLength: 1, maxLength });

/** Overlapping little, and seldom lost. */
export const quickScript: fc.Arbitrary<Script> = fc.array(
  fc.tuple(
    asked(PATHS),
    timing(5).map(({ early, late, lost }) => ({ early: early / 8, late: late / 8, lost: lost + 2 })),
  ),
  { minLength: 20, maxLength: 40 },
);
