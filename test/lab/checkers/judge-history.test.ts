import { expect, test } from 'vitest';
import { worst } from '../../../src/lab/checkers/check-result.js';
import {
  checkDurability,
  checkExactlyOnce,
  checkIntegrity,
  checkNoResurrection,
} from '../../../src/lab/checkers/content-guarantees.js';
import {
  checkAcknowledged,
  checkConvergence,
  checkLeaders,
  checkMinority,
  checkProof,
  judgeHistory,
} from '../../../src/lab/checkers/judge-history.js';
import type { Operation } from '../../../src/lab/history/operation.js';
import { history, sha } from './histories.js';
import type { Row } from './histories.js';

const WRITTEN: Row = ['A', 'overwrite /x = 1', 0, 1];
const FINAL = { underReplicatedChunks: 0, orphanReplicas: 0, temporaryFiles: 0, masterDigests: ['d', 'd'] };

test('worst: fail before unknown before pass, and nothing proves nothing', () => {
  expect(worst(['pass', 'unknown', 'fail'])).toBe('fail');
  expect(worst(['pass', 'unknown', 'pass'])).toBe('unknown');
  expect(worst(['pass', 'pass'])).toBe('pass');
  expect(worst([])).toBe('unknown');
});

test('checkDurability: an acknowledged file is found, unless a deletion may have come after it', () => {
  expect(checkDurability(history([WRITTEN, ['B', 'read /x', 2, 3, '=1']])).verdict).toBe('pass');
  const lost = checkDurability(history([WRITTEN, ['B', 'read /x', 2, 3, 'ENOENT']]));
  expect(lost).toMatchObject({ verdict: 'fail', violations: [{ operationIds: [1, 2] }] });
  expect(checkDurability(history([WRITTEN, ['B', 'stat /x', 2, 3, 'absent']])).verdict).toBe('fail');
  const deletion: Row = ['A', 'delete /x', 2, null, 'unknown'];
  expect(checkDurability(history([WRITTEN, deletion, ['B', 'read /x', 9, 10, 'ENOENT']])).verdict).toBe('pass');
  const before: Row = ['A', 'delete /x', 0, 1];
  const after: Row = ['A', 'overwrite /x = 1', 2, 3];
  expect(checkDurability(history([before, after, ['B', 'read /x', 9, 10, 'ENOENT']])).verdict).toBe('fail');
  const again: readonly Row[] = [
    WRITTEN,
    ['A', 'delete /x', 2, 3],
    ['A', 'overwrite /x = 2', 4, 5],
    ['B', 'read /x', 6, 7, 'ENOENT'],
  ];
  expect(checkDurability(history(again)).violations).toMatchObject([{ operationIds: [3, 4] }]);
  expect(checkDurability(history([WRITTEN])).verdict).toBe('unknown');
});

test('checkIntegrity: a read returns only what was being written there before it ended', () => {
  expect(checkIntegrity(history([WRITTEN, ['B', 'read /x', 0, 1, '=1']])).verdict).toBe('pass');
  expect(checkIntegrity(history([WRITTEN, ['B', 'read /x', 2, 3, '=2']])).verdict).toBe('fail');
  expect(checkIntegrity(history([WRITTEN, ['B', 'read /y', 2, 3, '=1']])).verdict).toBe('fail');
  expect(
    checkIntegrity(
      history([
        ['B', 'read /x', 0, 1, '=1'],
        ['A', 'overwrite /x = 1', 2, 3],
      ]),
    ).verdict,
  ).toBe('fail');
  expect(
    checkIntegrity(
      history([
        ['A', 'overwrite /x = 1', 0, 1, 'EBUSY'],
        ['B', 'read /x', 2, 3, '=1'],
      ]),
    ).verdict,
  ).toBe('fail');
  const moved: Row = ['A', 'rename /x > /y', 2, 3];
  expect(checkIntegrity(history([WRITTEN, moved, ['B', 'read /y', 4, 5, '=1']])).verdict).toBe('pass');
  expect(checkIntegrity(history([WRITTEN])).verdict).toBe('unknown');
});

test('checkNoResurrection: what was deleted or replaced is not read again', () => {
  const read: Row = ['B', 'read /x', 6, 7, '=1'];
  expect(checkNoResurrection(history([WRITTEN, ['A', 'delete /x', 2, 3], read])).verdict).toBe('fail');
  expect(checkNoResurrection(history([WRITTEN, ['A', 'overwrite /x = 2', 2, 3], read])).verdict).toBe('fail');
  expect(checkNoResurrection(history([WRITTEN, ['A', 'overwrite /x = 2', 2, 6.5], read])).verdict).toBe('pass');
  expect(checkNoResurrection(history([WRITTEN, ['A', 'delete /x', 2, 3, 'unknown'], read])).verdict).toBe('pass');
  const late: Row = ['C', 'overwrite /x = 1', 0, null, 'unknown'];
  expect(checkNoResurrection(history([WRITTEN, late, ['A', 'delete /x', 2, 3], read])).verdict).toBe('pass');
});

test('checkExactlyOnce: nobody is refused because of what only the same operation can have done', () => {
  expect(checkExactlyOnce(history([['A', 'create /x = 1', 0, 9, 'EEXIST']])).verdict).toBe('fail');
  const other: Row = ['B', 'create /x = 2', 0, 1, 'unknown'];
  expect(checkExactlyOnce(history([other, ['A', 'create /x = 1', 0, 9, 'EEXIST']])).verdict).toBe('pass');
  expect(checkExactlyOnce(history([WRITTEN, ['A', 'delete /x', 2, 3, 'ENOENT']])).verdict).toBe('fail');
  const deletion: Row = ['B', 'delete /x', 2, 5];
  expect(checkExactlyOnce(history([WRITTEN, deletion, ['A', 'delete /x', 2, 3, 'ENOENT']])).verdict).toBe('pass');
});

test('checkMinority: each answer of a master without a majority is a violation; unknown when nobody asked one', () => {
  expect(checkMinority({ tried: 3, acknowledged: [] }).verdict).toBe('pass');
  expect(checkMinority({ tried: 0, acknowledged: [] }).verdict).toBe('unknown');
  expect(checkMinority({ tried: 3, acknowledged: [{ master: 'm-1', method: 'Rename', cutOffMs: 1_200 }] })).toMatchObject({
    verdict: 'fail',
    violations: [{ message: 'acknowledged by a minority: m-1 answered Rename 1200 ms after it was cut off from a majority' }],
  });
});

test('checkConvergence: each thing that is left at the end is a violation; nobody looked is unknown', () => {
  expect(checkConvergence(FINAL).verdict).toBe('pass');
  expect(checkConvergence(undefined).verdict).toBe('unknown');
  for (const left of ['underReplicatedChunks', 'orphanReplicas', 'temporaryFiles'])
    expect(checkConvergence({ ...FINAL, [left]: 1 }).verdict).toBe('fail');
  expect(checkConvergence({ ...FINAL, masterDigests: ['a', 'b'] }).verdict).toBe('fail');
});

test('checkProof: a fault without effect and a doubt make it unknown', () => {
  expect(checkProof({ faults: [{ fault: 'kill dn-1', effects: 1 }], doubts: [] }).verdict).toBe('pass');
  expect(checkProof({ faults: [{ fault: 'kill dn-1', effects: 0 }], doubts: [] }).verdict).toBe('unknown');
  expect(checkProof({ faults: [], doubts: ['the heal failed'] }).verdict).toBe('unknown');
});

test('judgeHistory: one failing checker fails the run, one unknown leaves it open', () => {
  const good = history([WRITTEN, ['B', 'read /x', 2, 3, '=1']]);
  const facts = { faults: [], doubts: [], final: FINAL };
  expect(judgeHistory(good, facts).verdict).toBe('pass');
  expect(judgeHistory(good, { faults: [], doubts: [] }).verdict).toBe('unknown');
  expect(judgeHistory(good, { ...facts, faults: [{ fault: 'kill', effects: 0 }] }).verdict).toBe('unknown');
  expect(judgeHistory(history([WRITTEN, ['B', 'read /x', 2, 3, '=2']]), facts).verdict).toBe('fail');
});

test('checkLeaders: at most one leader a term, however often it was seen', () => {
  const once = { term: 1, node: 'm-1' };
  expect(checkLeaders([once, { term: 2, node: 'm-2' }, once]).verdict).toBe('pass');
  const split = checkLeaders([once, { term: 2, node: 'm-2' }, { term: 1, node: 'm-3' }]);
  expect(split).toMatchObject({ verdict: 'fail', violations: [{ message: 'm-1 and m-3 led in term 1' }] });
  expect(checkLeaders([]).verdict).toBe('unknown');
});

test('judgeHistory: says of minorities and leaders what was seen of them, and nothing where nothing was', () => {
  const facts = { faults: [], doubts: [], final: FINAL };
  const judge = (more: object): Record<string, string> =>
    Object.fromEntries(
      judgeHistory(history([WRITTEN, ['B', 'read /x', 2, 3, '=1']]), { ...facts, ...more }).checks.map((check) => [
        check.checker,
        check.verdict,
      ]),
    );
  const names = ['durability', 'integrity', 'linearizability', 'exactly-once', 'no-resurrection', 'convergence', 'proof'];
  expect(Object.keys(judge({ minority: { tried: 0, acknowledged: [] } }))).toEqual(names);
  expect(judge({ minority: { tried: 2, acknowledged: [] } })).toMatchObject({ 'minority-acknowledges-nothing': 'pass' });
  const acknowledged = [{ master: 'm-1', method: 'Rename', cutOffMs: 1_200 }];
  expect(judge({ minority: { tried: 2, acknowledged } })).toMatchObject({ 'minority-acknowledges-nothing': 'fail' });
  expect(judge({ leaders: [{ term: 1, node: 'm-1' }] })).toMatchObject({ 'one-leader-per-term': 'pass' });
  expect(judge({ leaders: [] })).toMatchObject({ 'one-leader-per-term': 'unknown' });
});

/** Files that are written, read twice, and of which some are deleted and looked for; some answers get lost. */
function writeVerify(count: number): Operation[] {
  const operations: Operation[] = [];
  for (let at = 0; operations.length < count; at += 1) {
    const path = `/workload/c${at % 5}/file-${at}`;
    const common = { client: `c${at % 5}`, path, outcome: 'ok' as const };
    const add = (operation: Omit<Operation, 'id' | 'invokedMs' | 'completedMs' | 'client' | 'path'>, delay: number): void => {
      const invokedMs = 10 * at + delay;
      operations.push({ id: operations.length + 1, ...common, ...operation, invokedMs, completedMs: invokedMs + 15 });
    };
    add({ kind: 'overwrite', sha256: sha(path), outcome: at % 50 === 7 ? 'unknown' : 'ok' }, 0);
    add({ kind: 'read', sha256: sha(path), outcome: 'ok' }, 20);
    if (at % 3 === 0) add({ kind: 'delete', outcome: 'ok' }, 200);
    if (at % 3 === 0) add({ kind: 'stat', exists: false, outcome: 'ok' }, 300);
    if (at % 3 === 0) add({ kind: 'read', outcome: 'fail', error: 'ENOENT' }, 320);
    else add({ kind: 'read', sha256: sha(path), outcome: 'ok' }, 300);
  }
  return operations.sort((a, b) => a.invokedMs - b.invokedMs);
}

/** The same on few names, one after the other. */
function overAndOver(count: number): Operation[] {
  return writeVerify(count)
    .map((operation) => {
      const number = Number(/\d+$/.exec(operation.path)?.[0]);
      return {
        ...operation,
        path: `/hot-${number % 4}`,
        invokedMs: operation.invokedMs + 1_000 * number,
        completedMs: operation.completedMs! + 1_000 * number,
      };
    })
    .sort((a, b) => a.invokedMs - b.invokedMs);
}

test.each([
  ['on a file each', writeVerify],
  ['on four names', overAndOver],
])('judgeHistory: judges 20,000 operations %s in about a second', (_name, make) => {
  const operations = make(20_000);
  // Of this process: others may keep the machine busy.
  const began = process.cpuUsage();
  const { verdict, checks } = judgeHistory(operations, { faults: [], doubts: [], final: FINAL });
  expect({ verdict, checks: checks.filter((check) => check.verdict !== 'pass') }).toEqual({ verdict: 'pass', checks: [] });
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(3_000);
});

test('judgeHistory: where a fault may have lost data, only content that was never written counts', () => {
  const facts = { faults: [], doubts: [], mayHaveLost: true };
  const lost: readonly Row[] = [
    WRITTEN,
    ['B', 'read /x', 2, 3, 'ENOENT'],
    ['A', 'overwrite /y = 1', 4, 5],
    ['B', 'read /y', 6, 7, '=1'],
  ];
  expect(judgeHistory(history(lost), { ...facts, mayHaveLost: false }).verdict).toBe('fail');
  expect(judgeHistory(history(lost), facts).verdict).toBe('pass');
  const { checks } = judgeHistory(history([...lost, ['B', 'read /y', 8, 9, '=2']]), facts);
  expect(checks.filter(({ verdict }) => verdict !== 'pass').map(({ checker }) => checker)).toEqual(['integrity']);
});

test('checkAcknowledged: a file that too few disks had durably when it was acknowledged breaks a promise', () => {
  expect(checkAcknowledged({ looked: 3, short: [] })).toMatchObject({
    verdict: 'pass',
    detail: '3 acknowledgements examined on the disks',
  });
  const short = { path: '/x', byteOffset: 65_536, copies: 1, wanted: 2 };
  const check = checkAcknowledged({ looked: 3, short: [short] });
  expect(check.verdict).toBe('fail');
  expect(check.violations[0]?.message).toContain('of /x from byte 65536 on, 1 of 2 were durable');
  const judged = judgeHistory(history([WRITTEN]), {
    faults: [],
    doubts: [],
    final: FINAL,
    acknowledged: { looked: 1, short: [short] },
  });
  expect(judged.verdict).toBe('fail');
});
