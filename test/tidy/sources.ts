/** The project's own sources, parsed once for the tests that keep its style. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Paths below `dir` with one of the endings, relative to the root, with `/`. */
export function filesBelow(dir: string, ...endings: string[]): string[] {
  return readdirSync(join(ROOT, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** Our own TypeScript files below src, without the generated ones. */
export const sourceFiles = (): string[] =>
  filesBelow('src', '.ts', '.tsx').filter((file) => !file.startsWith('src/protocol/generated/'));

export const readText = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
