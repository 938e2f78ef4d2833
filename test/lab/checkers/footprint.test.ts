import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { footprintOf } from '../../../src/lab/checkers/footprint.js';
import { PathTable } from '../../../src/lab/checkers/path-table.js';
import type { Operation } from '../../../src/lab/history/operation.js';
import { answer } from './brute-force.js';
import type { Tree } from './brute-force.js';
import { observed, PATHS, script } from './random-histories.js';

/** With all that a rename of a directory can bring. */
const TABLE = new PathTable([...PATHS, '/a/x', '/a/y', '/b/x', '/b/y', '/e/y'], []);

function areIndependent(a: Operation, b: Operation): boolean {
  const [one, other] = [footprintOf(a, TABLE), footprintOf(b, TABLE)];
  const meet = (x: readonly number[], y: readonly number[]): boolean => x.some((cell) => y.includes(cell));
  return !meet(one.writes, other.writes) && !meet(one.writes, other.reads) && !meet(one.reads, other.writes);
}

const told = (tree: Tree, operation: Operation): { readonly said: unknown; readonly tree: Tree } => {
  const { code, seen, names, tree: after } = answer(tree, operation);
  return { said: { code, seen, names: names && [...names].sort() }, tree: after };
};

test('footprintOf: operations of which neither changes what the other looks at can be swapped, in any state', () => {
  let independent = 0;
  fc.assert(
    fc.property(script(12), (steps) => {
      const operations = observed(steps).map(({ error: _, ...rest }): Operation => ({ ...rest, outcome: 'ok' }));
      const [b, a, ...before] = operations.reverse();
      // What goes deeper than the table knows is not asked about.
      const isDeep = ({ path, toPath = '' }: Operation): boolean =>
        Math.max(path.split('/').length, toPath.split('/').length) > 2;
      if (a === undefined || b === undefined || !areIndependent(a, b)) return;
      if (before.some((operation) => operation.kind === 'rename' && isDeep(operation))) return;
      const tree = before.reduceRight((state, operation) => answer(state, operation).tree, new Map() as Tree);
      const [a1, b2] = [told(tree, a), told(told(tree, a).tree, b)];
      const [b1, a2] = [told(tree, b), told(told(tree, b).tree, a)];
      independent += 1;
      expect([a2.said, b1.said]).toEqual([a1.said, b2.said]);
      expect(new Map([...a2.tree].sort())).toEqual(new Map([...b2.tree].sort()));
    }),
    { numRuns: 5_000, seed: 1, endOnFailure: true },
  );
  expect(independent).toBeGreaterThan(1_000);
});

test('footprintOf: a refusal changes nothing, a list asks for names only', () => {
  const operation = (more: Partial<Operation>): Operation => ({
    id: 1,
    client: 'c',
    kind: 'overwrite',
    path: '/d/x',
    invokedMs: 0,
    completedMs: 1,
    outcome: 'ok',
    ...more,
  });
  expect(footprintOf(operation({ outcome: 'fail', error: 'ENOENT' }), TABLE).writes).toEqual([]);
  expect(footprintOf(operation({}), TABLE).writes).toHaveLength(2);
  const list = footprintOf(operation({ kind: 'list', path: '/d' }), TABLE).reads;
  const read = footprintOf(operation({ kind: 'read' }), TABLE).reads;
  const content = read.filter((cell) => !list.includes(cell));
  expect(content).toHaveLength(1);
  expect(footprintOf(operation({}), TABLE).writes).toContain(content[0]);
});
