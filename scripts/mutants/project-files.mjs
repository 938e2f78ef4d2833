/** The TypeScript files that a bug can be planted in. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { ROOT } from './catalogue.mjs';

/**
 * @param project the configuration that names the files, from the repository's folder
 * @param isWanted takes a name
 * @returns the text of each, by its name from the repository's folder
 */
export function readProjectFiles(project, isWanted = () => true) {
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  };
  const { fileNames } = ts.getParsedCommandLineOfConfigFile(join(ROOT, project), {}, host);
  const files = fileNames.map((path) => [relative(ROOT, path), path]);
  return new Map(
    files.flatMap(([file, path]) => (file.endsWith('.d.ts') || !isWanted(file) ? [] : [[file, readFileSync(path, 'utf8')]])),
  );
}
