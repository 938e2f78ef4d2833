/** junit.xml: a test case for each checker, for the CI systems that show them. */
import type { CheckResult } from '../checkers/check-result.js';

/** Characters that XML 1.0 has no way to say become U+FFFD. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' };
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"\n]/g, (character) => entities[character] ?? character);
}

function caseLines(suite: string, { checker, verdict, detail, violations }: CheckResult): string[] {
  const open = `    <testcase classname="${escaped(suite)}" name="${escaped(checker)}"`;
  if (verdict === 'pass') return [`${open}/>`];
  const messages = verdict === 'fail' ? violations.map(({ message }) => message).join('\n\n') : detail;
  const element = verdict === 'fail' ? 'failure' : 'error';
  const type = verdict === 'fail' ? 'fail' : 'unknown';
  return [
    `${open}>`,
    `      <${element} type="${type}" message="${escaped(detail)}">${escaped(messages)}</${element}>`,
    '    </testcase>',
  ];
}

/**
 * @param suite name of the scenario
 * @returns a whole document; a verdict of unknown counts as an error, never as a success
 */
export function junitXml(suite: string, checks: readonly CheckResult[], elapsedMs: number): string {
  const count = (verdict: string): number => checks.filter((check) => check.verdict === verdict).length;
  const numbers = `tests="${checks.length}" failures="${count('fail')}" errors="${count('unknown')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${escaped(suite)}" ${numbers} time="${(elapsedMs / 1_000).toFixed(3)}">`,
    ...checks.flatMap((check) => caseLines(suite, check)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
