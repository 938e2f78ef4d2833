import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkLinearizability } from '../../../src/lab/checkers/linearizability.js';
import type { Operation } from '../../../src/lab/history/operation.js';
import { settledTimes } from '../../../src/lab/checkers/settled-operations.js';
import { isLinearizable } from './brute-force.js';
import type { Tree } from './brute-force.js';
import { sha } from './histories.js';
import { observedHistory } from './observed-history.js';
import type { ObservedOptions } from './observed-history.js';
import { observed, quickScript, script } from './random-histories.js';

/** Another answer than the one that was given. */
function altered(operation: Operation, choice: number): Operation {
  const { error, ...rest } = operation;
  if (operation.outcome === 'unknown') return operation;
  if (operation.kind === 'stat') return { ...operation, exists: operation.exists === false };
  if (operation.outcome === 'ok' && operation.kind === 'read' && choice % 2 === 0)
    return { ...operation, sha256: sha(String(choice % 4)) };
  if (operation.outcome === 'ok') {
    const code = ['ENOENT', 'EEXIST', 'EISDIR', 'ENOTDIR', 'ENOTEMPTY'][choice % 5]!;
    return { ...operation, outcome: 'fail', error: code };
  }
  return error === undefined || operation.kind === 'list'
    ? operation
    : { ...rest, outcome: 'ok', ...(operation.kind === 'read' ? { sha256: sha('1') } : {}) };
}

/** A directory that nothing makes and that something needs is taken to be there from the start, as the checker does. */
function startOf(operations: readonly Operation[]): Tree {
  const isMade = (directory: string): boolean =>
    operations.some(
      ({ kind, path: at, toPath, parents, outcome }) =>
        outcome !== 'fail' &&
        ((kind === 'mkdir' && (at === directory || (parents === true && at.startsWith(`${directory}/`)))) ||
          toPath === directory),
    );
  const isNeeded = (directory: string): boolean =>
    operations.some(
      ({ kind, path: at, toPath, outcome, exists }) =>
        outcome === 'ok' &&
        exists !== false &&
        (at.startsWith(`${directory}/`) || toPath?.startsWith(`${directory}/`) === true || (kind === 'list' && at === directory)),
    );
  return new Map(['/d', '/e'].filter((at) => !isMade(at) && isNeeded(at)).map((at) => [at, 'dir']));
}

test('checkLinearizability: accepts what a sequential file system answers, however the clients overlap', () => {
  fc.assert(
    fc.property(script(60), (steps) => {
      const { verdict, violations } = checkLinearizability(observed(steps));
      // Nothing but lost looks leaves nothing to judge.
      expect({ isFail: verdict === 'fail', violations }).toEqual({ isFail: false, violations: [] });
    }),
    { numRuns: 300, seed: 1, endOnFailure: true },
  );
});

test('checkLinearizability: says of small histories, true or altered, what trying every order says', () => {
  let rejected = 0;
  let total = 0;
  fc.assert(
    fc.property(script(6), fc.nat(), fc.nat(), fc.boolean(), (steps, which, choice, isTrue) => {
      const seen = observed(steps);
      const operations = isTrue
        ? seen
        : seen.map((operation, i) => (i === which % seen.length ? altered(operation, choice) : operation));
      const expected = isLinearizable(operations, startOf(operations));
      total += 1;
      rejected += expected ? 0 : 1;
      const { verdict, detail } = checkLinearizability(operations);
      // Directories that go into each other in turn are given up, and said so.
      if (!detail.includes('too many paths')) expect(verdict === 'fail').toBe(!expected);
    }),
    { numRuns: 2_000, seed: 1, endOnFailure: true },
  );
  // The comparison means something: a good part of the histories has no order.
  expect(rejected / total).toBeGreaterThan(0.15);
});

test('checkLinearizability: says what trying every order says where half of the answers got lost', () => {
  let [rejected, saved, total] = [0, 0, 0];
  fc.assert(
    fc.property(script(7, 3, ['/a', '/b', '/d', '/d/x']), fc.nat(), fc.nat(), fc.boolean(), (steps, which, choice, isTrue) => {
      const seen = observed(steps);
      const operations = isTrue
        ? seen
        : seen.map((operation, i) => (i === which % seen.length ? altered(operation, choice) : operation));
      const start = startOf(operations);
      const expected = isLinearizable(operations, start);
      total += 1;
      rejected += expected ? 0 : 1;
      const known = operations.filter(({ outcome }) => outcome !== 'unknown');
      saved += expected && !isLinearizable(known, start) ? 1 : 0;
      const { verdict, detail } = checkLinearizability(operations);
      if (!detail.includes('too many paths')) expect(verdict === 'fail').toBe(!expected);
    }),
    { numRuns: 2_000, seed: 1, endOnFailure: true },
  );
  expect(rejected / total).toBeGreaterThan(0.1);
  // Here the lost ones matter: without them there is no order.
  expect(saved / total).toBeGreaterThan(0.05);
});

test('checkLinearizability: no history is rejected for an unknown operation that takes effect before it is settled', () => {
  let settled = 0;
  fc.assert(
    fc.property(script(7, 3, ['/a', '/d', '/d/x']), fc.nat(), fc.nat(), fc.boolean(), (steps, which, choice, isTrue) => {
      const short = steps.map(([what, { early, late, lost }]) => [what, { early: early / 4, late: late / 4, lost }] as const);
      const operations = observed(short)
        .map((operation) => ({ ...operation, completedMs: operation.completedMs ?? operation.invokedMs + 11 }))
        .map((operation, i) => (!isTrue && i === which % steps.length ? altered(operation, choice) : operation))
        .map((operation) => ({ ...operation, session: 1 + (operation.id % 2) }));
      const start = startOf(operations);
      const settledMs = settledTimes(operations);
      const isPossible = isLinearizable(operations, start, settledMs);
      const { verdict, detail } = checkLinearizability(operations);
      if (detail.includes('too many paths')) return;
      if (isPossible) expect(verdict).not.toBe('fail');
      if (!isLinearizable(operations, start)) expect(verdict).toBe('fail');
      if (isPossible && settledMs.size > 0) settled += 1;
    }),
    { numRuns: 2_000, seed: 1, endOnFailure: true },
  );
  expect(settled).toBeGreaterThan(100);
});

test('checkLinearizability: mostly rejects a history in which one answer was altered', () => {
  let rejected = 0;
  let altogether = 0;
  fc.assert(
    fc.property(quickScript, fc.nat(), fc.nat(), (steps, which, choice) => {
      const seen = observed(steps);
      const operations = seen.map((operation, i) => (i === which % seen.length ? altered(operation, choice) : operation));
      altogether += 1;
      rejected += checkLinearizability(operations).verdict === 'fail' ? 1 : 0;
    }),
    { numRuns: 200, seed: 1, endOnFailure: true },
  );
  expect(rejected / altogether).toBeGreaterThan(0.7);
});

test('checkLinearizability: judges 10,000 operations on 1,000 paths in 20,000 steps, and 200 entangled ones on one path', () => {
  let id = 0;
  const held = new Map<string, string>();
  const operations: Operation[] = [
    { id: ++id, client: 'c0', kind: 'mkdir', path: '/w/d', parents: true, invokedMs: 0, completedMs: 1, outcome: 'ok' },
  ];
  const observe = (at: string, atMs: number, spreadMs: number): void => {
    const isWrite = id % 2 === 0;
    const sha256 = isWrite ? sha(String(id)) : held.get(at);
    const common = {
      id: ++id,
      client: `c${id % 50}`,
      path: at,
      invokedMs: atMs - ((id * 7) % spreadMs),
      completedMs: atMs + ((id * 13) % spreadMs),
    };
    if (sha256 === undefined) operations.push({ ...common, kind: 'read', outcome: 'fail', error: 'ENOENT' });
    else operations.push({ ...common, kind: isWrite ? 'overwrite' : 'read', sha256, outcome: 'ok' });
    if (isWrite && sha256 !== undefined) held.set(at, sha256);
  };
  for (let i = 0; i < 10_000; i += 1) observe(`/w/d/file-${(i * 37) % 1_000}`, 1_000 + i, 400);
  operations.sort((a, b) => a.invokedMs - b.invokedMs);
  // Of histories that hardly overlap, no operation is tried more than twice on average: the search does not grow with their number.
  const limits = { stepsPerPartMax: 1_000, stepsMax: 2 * operations.length };
  expect(checkLinearizability(operations, limits)).toMatchObject({ verdict: 'pass' });

  operations.length = 0;
  held.clear();
  for (let i = 0; i < 200; i += 1) observe('/hot', 1_000 + 10 * i, 40);
  operations.sort((a, b) => a.invokedMs - b.invokedMs);
  expect(checkLinearizability(operations)).toMatchObject({ verdict: 'pass' });
  const last = operations.findLast(({ kind, outcome }) => kind === 'read' && outcome === 'ok')!;
  const wrong = operations.map((operation) => (operation === last ? { ...last, sha256: sha('never written') } : operation));
  expect(checkLinearizability(wrong)).toMatchObject({ verdict: 'fail' });
});

const BUSY: readonly Omit<ObservedOptions, 'seed'>[] = [
  { clients: 3, opsPerSecond: 5, names: 4, seconds: 10, outageEveryMs: 3_000, crashOneIn: 60 },
  { clients: 4, opsPerSecond: 20, names: 4, seconds: 20, outageEveryMs: 3_000, crashOneIn: 60 },
  { clients: 6, opsPerSecond: 20, names: 8, seconds: 30, outageEveryMs: 2_000, crashOneIn: 60 },
  { clients: 6, opsPerSecond: 40, names: 8, seconds: 30, outageEveryMs: 2_000, crashOneIn: 60 },
  { clients: 6, opsPerSecond: 40, names: 4, seconds: 30, outageEveryMs: 1_500, crashOneIn: 60 },
];

test.each(BUSY)(
  'checkLinearizability: decides every history of $clients clients, $opsPerSecond operations a second on $names names, in 0.1 s',
  (options) => {
    const seeds = Array.from({ length: 25 }, (_, index) => index + 1);
    const histories = seeds.map((seed) => observedHistory({ ...options, seed }));
    const isLost = ({ outcome }: Operation): boolean => outcome === 'unknown';
    expect(histories.flat().filter(isLost).length / seeds.length).toBeGreaterThan(options.opsPerSecond / 3);
    // Of this process: others may keep the machine busy.
    const began = process.cpuUsage();
    for (const history of histories) expect(checkLinearizability(history)).toMatchObject({ verdict: 'pass', violations: [] });
    expect(process.cpuUsage(began).user / 1_000 / seeds.length).toBeLessThan(100);
  },
);

test('checkLinearizability: mostly decides, and rejects, such a history in which one answer was altered', () => {
  const verdicts = Array.from({ length: 40 }, (_, seed) => {
    const history = observedHistory({ ...BUSY[2]!, seed });
    const known = history.filter(({ outcome, kind }) => outcome === 'ok' && kind !== 'mkdir');
    const victim = known[(seed * 7_919) % known.length];
    return checkLinearizability(history.map((operation) => (operation === victim ? altered(operation, 0) : operation))).verdict;
  });
  const share = (verdict: string): number => verdicts.filter((other) => other === verdict).length / verdicts.length;
  expect(share('fail')).toBeGreaterThan(0.6);
  expect(share('unknown')).toBeLessThan(0.1);
});

test('checkLinearizability: mostly rejects histories in which what was settled takes effect seconds later', () => {
  const histories = Array.from({ length: 20 }, (_, seed) => observedHistory({ ...BUSY[3]!, seed, lateByMs: 3_000 }));
  const verdicts = histories.map((history) => checkLinearizability(history).verdict);
  expect(verdicts.filter((verdict) => verdict === 'fail').length).toBeGreaterThan(15);
  // Without sessions nobody promised anything about them.
  const anonymous = histories.map((history) => history.map(({ session: _, ...operation }) => operation));
  expect(anonymous.map((history) => checkLinearizability(history).verdict)).not.toContain('fail');
});
