import { expect, test } from 'vitest';
import { batchJunit } from '../../../src/lab/campaign/batch-junit.js';
import type { EndedRun } from '../../../src/lab/campaign/run-watch.js';
import { countsText, exitCodeOf, sumOutcomes, summaryLines, worstExitCode } from '../../../src/lab/campaign/summary.js';
import type { OutcomeVerdict } from '../../../src/lab/campaign/summary.js';
import { fileOf } from './scenario-file.js';

let number = 0;
function ended(label: string, seed: number, verdict: OutcomeVerdict, durationMs: number, reason: string | null = null): EndedRun {
  return {
    number: ++number,
    file: `${label}.yaml`,
    seed,
    verdict,
    exitCode: exitCodeOf(verdict),
    reason,
    reasons: reason === null ? [] : [reason],
    notes: [],
    record: reason === null ? null : `runs/${seed}`,
    repeat: `lab run ${label}.yaml --seed ${seed}`,
    durationMs,
    filesAcked: 1,
    faults: { seen: 0, struck: 0 },
  };
}

const FILES = ['alpha', 'beta'].map(fileOf);
const RUNS = [
  ended('alpha', 1, 'pass', 1_000),
  ended('beta', 1, 'unknown', 500, 'no effect <&"\nand more'),
  ended('alpha', 2, 'fail', 3_000, 'no-corruption: 1 < 2'),
  ended('alpha', 3, 'error', 9_000, 'The lab failed'),
  ended('alpha', 4, 'interrupted', 9_000),
];

test('worstExitCode: 130 before 1 before 255 before 2 before 0, whatever the order', () => {
  const order = [130, 1, 255, 2, 0];
  for (const [index, code] of order.entries()) {
    expect(worstExitCode(order.slice(index))).toBe(code);
    expect(worstExitCode(order.slice(index).reverse())).toBe(code);
  }
  expect(worstExitCode([])).toBe(255);
});

test('sumOutcomes counts by scenario; only what was judged counts for the median', () => {
  const sum = sumOutcomes(
    FILES.map((file) => ({ ...file, planned: 5 })),
    RUNS,
  );
  expect(sum).toMatchObject({ planned: 10, runs: 5, pass: 1, fail: 1, unknown: 1, error: 1, interrupted: 1 });
  expect(sum.scenarios).toMatchObject([
    { scenario: 'alpha', runs: 4, pass: 1, fail: 1, unknown: 0, error: 1, interrupted: 1, medianMs: 2_000 },
    { scenario: 'beta', runs: 1, unknown: 1, medianMs: 500, notPassed: [{ seed: 1, repeat: 'lab run beta.yaml --seed 1' }] },
  ]);
  expect(sumOutcomes([{ ...FILES[0]!, planned: 1 }], []).scenarios[0]?.medianMs).toBeNull();
  expect(countsText(sum)).toBe('1 pass, 1 fail, 1 unknown, 1 error, 1 interrupted');
});

test('summaryLines is a table, then each seed that did not pass with the command that repeats it', () => {
  const sum = sumOutcomes(
    FILES.map((file) => ({ ...file, planned: 5 })),
    RUNS.slice(0, 3),
  );
  expect(summaryLines(sum)).toEqual([
    '',
    'scenario  runs  pass  fail  unknown  error  median',
    'alpha        2     1     1        0      0    2.0s',
    'beta         1     0     0        1      0    0.5s',
    'alpha seed 2: fail: no-corruption: 1 < 2',
    '  repeat: lab run alpha.yaml --seed 2',
    '  record: runs/2',
    'beta seed 1: unknown: no effect <&"',
    '  repeat: lab run beta.yaml --seed 1',
    '  record: runs/1',
    '',
  ]);
});

test('summaryLines shows a bounded number of seeds of a scenario and counts the rest', () => {
  const many = Array.from({ length: 30 }, (_, seed) => ended('alpha', seed, 'unknown', 1));
  const lines = summaryLines(sumOutcomes([{ ...FILES[0]!, planned: 30 }], many));
  expect(lines.filter((line) => line.startsWith('alpha seed'))).toHaveLength(20);
  expect(lines.at(-2)).toBe('alpha: 10 more did not pass');
});

test('batchJunit has a suite for each scenario and a case for each run; what is not a pass is never a success', () => {
  const lines = batchJunit(FILES, RUNS).split('\n');
  expect(lines).toContain('  <testsuite name="alpha" tests="4" failures="1" errors="2" time="22.000">');
  expect(lines).toContain('    <testcase classname="alpha" name="seed 1" time="1.000"/>');
  expect(lines).toContain(
    '      <failure type="fail" message="no-corruption: 1 &lt; 2">no-corruption: 1 &lt; 2&#10;repeat: lab run alpha.yaml --seed 2&#10;record: runs/2</failure>',
  );
  expect(lines.join('\n')).toMatch(/<error type="interrupted" message="interrupted">/);
  expect(lines.join('\n')).toMatch(/<error type="unknown" message="no effect &lt;&amp;&quot;">/);
});

test('batchJunit: no two suites and no two cases of a suite have one name', () => {
  const twice = [ended('a', 7, 'pass', 10), ended('a', 7, 'fail', 10, 'no'), ended('a', 8, 'pass', 10)];
  const document = batchJunit([fileOf('a'), { ...fileOf('a'), file: 'other/a.yaml' }], twice);
  const names = (element: string): string[] =>
    [...document.matchAll(new RegExp(`<${element} (?:classname="[^"]*" )?name="([^"]*)"`, 'g'))].map((match) => match[1] ?? '');
  expect(names('testcase')).toEqual(['seed 7', 'seed 7 (2)', 'seed 8']);
  expect(names('testsuite')).toEqual(['a', 'a (2)']);
});
