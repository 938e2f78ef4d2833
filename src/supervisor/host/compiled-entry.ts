/** Finds the compiled file of an entry point of a process or thread, where Node runs no TypeScript. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DfsError } from '../../shared/errors.js';

/**
 * The file to run: the file itself from compiled code, its counterpart below `dist/` from sources (tests).
 * @param url of the file, with `.js`
 * @throws DfsError NOT_FOUND when the file was not built
 */
export function compiledEntry(url: URL): URL {
  const entry = import.meta.url.endsWith('.ts') ? new URL(url.href.replace(/\/src\/(?=(?:supervisor|lab)\/)/, '/dist/')) : url;
  if (!existsSync(entry)) throw new DfsError('NOT_FOUND', `Cannot find ${fileURLToPath(entry)}: run "npm run build" first`);
  return entry;
}
