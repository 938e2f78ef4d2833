/** JUnit documents, for CI systems. Pure. */
import type { CheckResult } from '../checkers/check-result.js';

/** Characters that XML 1.0 cannot represent become U+FFFD. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' };
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"\n]/g, (character) => entities[character] ?? character);
}

/** One test case of a suite: a checker of a run, or a run of a batch. */
export interface JunitCase {
  readonly name: string;
  /** pass: success; fail: failure; every other verdict: error. */
  readonly verdict: string;
  /** One line. */
  readonly detail: string;
  /** Full text for a test case that did not pass. */
  readonly text: string;
  readonly elapsedMs?: number;
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
  readonly elapsedMs: number;
}

const time = (elapsedMs: number): string => `time="${(elapsedMs / 1_000).toFixed(3)}"`;

function caseLines(suite: string, { name, verdict, detail, text, elapsedMs }: JunitCase): string[] {
  const timed = elapsedMs === undefined ? '' : ` ${time(elapsedMs)}`;
  const open = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}"${timed}`;
  if (verdict === 'pass') return [`${open}/>`];
  const element = verdict === 'fail' ? 'failure' : 'error';
  return [
    `${open}>`,
    `      <${element} type="${escaped(verdict)}" message="${escaped(detail)}">${escaped(text)}</${element}>`,
    '    </testcase>',
  ];
}

function suiteLines({ name, cases, elapsedMs }: JunitSuite): string[] {
  const count = (isCounted: (verdict: string) => boolean): number => cases.filter(({ verdict }) => isCounted(verdict)).length;
  const failures = count((verdict) => verdict === 'fail');
  const errors = count((verdict) => verdict !== 'fail' && verdict !== 'pass');
  const numbers = `tests="${cases.length}" failures="${failures}" errors="${errors}"`;
  return [
    `  <testsuite name="${escaped(name)}" ${numbers} ${time(elapsedMs)}>`,
    ...cases.flatMap((one) => caseLines(name, one)),
    '  </testsuite>',
  ];
}

/** Gives the second item of a name and those after it a number, because CI systems keep one result for each name. */
function withUniqueNames<Item extends { readonly name: string }>(items: readonly Item[]): Item[] {
  const taken = new Set(items.map(({ name }) => name));
  const seen = new Set<string>();
  return items.map((item) => {
    let { name } = item;
    for (let number = 2; seen.has(name) || (name !== item.name && taken.has(name)); number += 1)
      name = `${item.name} (${number})`;
    seen.add(name);
    return { ...item, name };
  });
}

/** @returns a complete document. Suites of one name, and cases of one name in a suite, are numbered */
export function junitDocument(suites: readonly JunitSuite[]): string {
  const unique = withUniqueNames(suites).map((suite) => ({ ...suite, cases: withUniqueNames(suite.cases) }));
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...unique.flatMap(suiteLines), '</testsuites>', ''].join(
    '\n',
  );
}

/**
 * The document of one run, with a test case for each checker.
 * @param suite name of the scenario
 */
export function junitXml(suite: string, checks: readonly CheckResult[], elapsedMs: number): string {
  const cases = checks.map(({ checker, verdict, detail, violations }) => {
    const text = verdict === 'fail' ? violations.map(({ message }) => message).join('\n\n') : detail;
    return { name: checker, verdict, detail, text };
  });
  return junitDocument([{ name: suite, cases, elapsedMs }]);
}
