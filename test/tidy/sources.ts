/** The project's own sources, parsed once for the tests that keep its style. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

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

/** Every module that a file imports, re-exports or loads dynamically by a literal; ours as paths from the root (`src/…`). */
export function importsOf(file: string, text = readText(file)): string[] {
  const source = ts.preProcessFile(text, true, true);
  return source.importedFiles.map(({ fileName }) =>
    fileName.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), fileName)).replaceAll('\\', '/') : fileName,
  );
}
