/** The tables of docs/faults.md say what the fault table says. */
import { expect, test } from 'vitest';
import { FAULT_WORDS, FAULTS } from '../../src/supervisor/api/fault-table.js';
import { COMMAND_WORDS } from '../../src/lab/scenario/grammar/command-words.js';
import { placeOf, SCOPES } from '../../src/lab/scenario/schema/step-schema.js';
import { readText } from './sources.js';

const FILE = 'docs/faults.md';

/** The cells of the rows between the markers of a scope, without head and rule. */
function rowsIn(text: string, scope: string): string[][] {
  const block = new RegExp(`<!-- faults: ${scope} -->\\n([\\s\\S]*?)<!-- end -->`).exec(text)?.[1] ?? '';
  const lines = block.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test.each(SCOPES)('docs/faults.md: the table of %s has a row for each word, with what it does and its keys', (scope) => {
  const wanted = FAULT_WORDS.filter((word) => placeOf(word).scope === scope).map((word) => {
    const keys = COMMAND_WORDS.find((one) => one.word === word)?.keys ?? [];
    const own = keys.map(({ key }) => key).filter((key) => key !== 'duration' && !key.startsWith('target-'));
    return [`\`${word}\``, FAULTS[word].does, own.map((key) => `\`${key}\``).join(', ')];
  });
  // Where this fails, the rows that are wanted are what the file should have.
  expect(rowsIn(readText(FILE), scope)).toEqual(wanted);
});

test('docs/faults.md: the table of threads has a row for each word that a thread does less honestly', () => {
  const wanted = FAULT_WORDS.flatMap((word) => {
    const { onThreads } = FAULTS[word];
    return onThreads === undefined ? [] : [[`\`${word}\``, onThreads]];
  });
  expect(rowsIn(readText(FILE), 'threads')).toEqual(wanted);
});
