/** docs/limits.md has every limit of src/protocol/field-limits. After a change there: `npx vitest run test/tidy/limits-page.test.ts -u`. */
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { FIELD_LIMITS } from '../../src/protocol/field-limits/field-limits.js';
import type { FieldRow, WireMessageName } from '../../src/protocol/field-limits/field-rows.js';
import { readText, ROOT } from './sources.js';

const PAGE = 'docs/limits.md';
const [BEGIN, END] = ['<!-- fields: from src/protocol/field-limits -->', '<!-- end of fields -->'];
const FORMATS = { any: 'text', label: 'line', id: 'id', address: 'host:port' };

function words(row: FieldRow): string {
  switch (row.kind) {
    case 'string':
      return `${FORMATS[row.format]} of ${row.bytesMin} to ${row.bytesMax} bytes`;
    case 'bytes':
      return `${row.bytesMin} to ${row.bytesMax} bytes`;
    case 'integer':
      return `${row.min} to ${row.max}`;
    case 'bool':
      return 'true or false';
    case 'enum':
      return Object.entries(row.allowed)
        .flatMap(([name, isAllowed]) => (isAllowed ? [`\`${name}\``] : []))
        .join(', ');
    case 'list':
      return `at most ${row.countMax}, each ${words(row.element)}`;
    case 'message':
      return `\`${row.name}\`${row.isRequired ? '' : ', or absent'}`;
    case 'oneof':
      return row.isRequired ? 'one of its members' : 'one of its members, or none';
  }
}

test('docs/limits.md: has the table of limits', async () => {
  const lines = Object.keys(FIELD_LIMITS)
    .toSorted()
    .flatMap((name) => {
      const rows: Readonly<Record<string, FieldRow>> = FIELD_LIMITS[name as WireMessageName];
      return Object.entries(rows).map(
        ([field, row], at) => `| ${at === 0 ? `\`${name}\`` : ''} | \`${field}\` | ${words(row)} |`,
      );
    });
  const text = readText(PAGE);
  const [before] = text.split(BEGIN);
  const [, after] = text.split(END);
  const page = [
    before,
    BEGIN,
    '\n\n| message | field | limit |\n| --- | --- | --- |\n',
    lines.join('\n'),
    '\n\n',
    END,
    after,
  ].join('');
  const options = await resolveConfig(join(ROOT, PAGE));
  await expect(await format(page, { ...options, parser: 'markdown' })).toMatchFileSnapshot(join(ROOT, PAGE));
});
