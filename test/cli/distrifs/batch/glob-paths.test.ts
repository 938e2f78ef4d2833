import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expandPath, NoMatchError } from '../../../../src/cli/distrifs/batch/glob-paths.js';
import { MemoryFiles } from '../memory-files.js';

const files = new MemoryFiles().make(
  '/logs/2023/a.gz',
  '/logs/2023/b.txt',
  '/logs/2024/a.gz',
  '/logs/2024/deep/er/c.gz',
  '/logs/.hidden.gz',
  '/logs/a.gz',
  '/logs/b.gz',
  '/odd/a*b',
  '/odd/axb',
  '/odd/f(1).txt',
  '/odd/[x]',
  '/odd/x',
  '/odd/back\\slash',
);

test.each([
  ['/logs/*.gz', ['/logs/a.gz', '/logs/b.gz']],
  ['/logs/?.gz', ['/logs/a.gz', '/logs/b.gz']],
  ['/logs/[b-z].gz', ['/logs/b.gz']],
  ['/logs/{a,c}.gz', ['/logs/a.gz']],
  ['/logs/.*.gz', ['/logs/.hidden.gz']],
  ['/logs/202?/a.gz', ['/logs/2023/a.gz', '/logs/2024/a.gz']],
  ['/logs/*/', ['/logs/2023', '/logs/2024']],
  ['/*/2023/*', ['/logs/2023/a.gz', '/logs/2023/b.txt']],
  ['/logs/**/c.gz', ['/logs/2024/deep/er/c.gz']],
  ['/logs/**/a.gz', ['/logs/a.gz', '/logs/2023/a.gz', '/logs/2024/a.gz']],
  ['/logs/2024/**', ['/logs/2024/a.gz', '/logs/2024/deep', '/logs/2024/deep/er', '/logs/2024/deep/er/c.gz']],
  // Parentheses are characters of names.
  ['/odd/f(1)*', ['/odd/f(1).txt']],
  // What exists as it is written is no pattern, and a backslash makes any character plain.
  ['/odd/a*b', ['/odd/a*b']],
  ['/odd/a\\*b', ['/odd/a*b']],
  ['/odd/a?b', ['/odd/a*b', '/odd/axb']],
  ['/odd/[x]', ['/odd/[x]']],
  ['/odd/[x]*', ['/odd/x']],
  ['/odd/back\\slash', ['/odd/back\\slash']],
  ['/odd/\\[*', ['/odd/[x]']],
  ['/plain', ['/plain']],
])('expandPath: %s', async (pattern, found) => {
  expect(await expandPath(files, pattern)).toEqual(found);
});

test('expandPath: a pattern without a match is an error with the code of a missing file', async () => {
  for (const pattern of ['/logs/*.zip', '/none/*', '/logs/a.gz/*', '/logs/*/none']) {
    await expect(expandPath(files, pattern)).rejects.toThrow(NoMatchError);
    await expect(expandPath(files, pattern)).rejects.toMatchObject({ code: 'ENOENT' });
  }
});

test('expandPath: any name, with each character after a backslash, is that name', async () => {
  const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[/\0]/.test(text) && text !== '.' && text !== '..');
  await fc.assert(
    fc.asyncProperty(name, async (text) => {
      const odd = new MemoryFiles().make(['/d/other', ''], [`/d/${text}`, '']);
      expect(await expandPath(odd, `/d/${text.replaceAll(/[*?[{\\]/g, '\\$&')}`)).toEqual([`/d/${text}`]);
      // In a pattern, too.
      expect(await expandPath(odd, `/?/${text.replaceAll(/[*?[{\\]/g, '\\$&')}`)).toEqual([`/d/${text}`]);
    }),
    { numRuns: 60 },
  );
});
