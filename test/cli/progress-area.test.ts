import { expect, test } from 'vitest';
import { ProgressArea } from '../../src/cli/terminal/progress-area.js';

/** What stands on a terminal that knows the few sequences the area uses. */
function screenOf(written: readonly string[]): string[] {
  const lines = [''];
  let row = 0;
  // eslint-disable-next-line no-control-regex
  for (const [token] of written.join('').matchAll(/\u001b\[(\d*)([AJ])|\r|\n|[^\u001b\r\n]+/g)) {
    if (token === '\n') row += 1;
    else if (token.endsWith('A') && token.startsWith('\u001b')) row -= Number(token.slice(2, -1));
    else if (token === '\u001b[J') lines.splice(row, lines.length, '');
    else if (token !== '\r') lines[row] = (lines[row] ?? '') + token;
    lines[row] ??= '';
  }
  return lines;
}

function terminal(size: { readonly columns?: number; readonly rows?: number } = {}) {
  const written: string[] = [];
  return { written, terminal: { ...size, write: (text: string) => written.push(text) } };
}

test('ProgressArea draws over itself, makes room for lines above, and goes', () => {
  const { written, terminal: own } = terminal();
  const area = new ProgressArea(own);
  area.show('one\ntwo\ntotal');
  area.show('one!\ntotal!');
  expect(screenOf(written)).toEqual(['one!', 'total!']);
  area.above(() => written.push('a result\n'));
  expect(screenOf(written)).toEqual(['a result', 'one!', 'total!']);
  area.show('total');
  expect(screenOf(written)).toEqual(['a result', 'total']);
  area.show('');
  area.above(() => written.push('the sum\n'));
  expect(screenOf(written)).toEqual(['a result', 'the sum', '']);
});

test('ProgressArea is never wider or higher than the terminal', () => {
  const { written, terminal: own } = terminal({ columns: 5, rows: 3 });
  new ProgressArea(own).show('first\nsecond\nthird total');
  expect(screenOf(written)).toEqual(['seco', 'thir']);
});

test('ProgressArea that shows nothing writes nothing of its own', () => {
  const { written, terminal: own } = terminal();
  new ProgressArea(own).above(() => written.push('line\n'));
  expect(written).toEqual(['line\n']);
});
