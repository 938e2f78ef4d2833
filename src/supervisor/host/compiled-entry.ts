/** Finds the compiled file of an entry point that runs in a process or thread of its own: Node runs no TypeScript there. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DfsError } from '../../shared/errors.js';

/**
 * The file to run. From compiled code that is the file itself; from sources (tests) its twin below `dist/`.
 * @param url of the entry point, with `.js`; its path begins two folders up, so that it holds from a bundle's chunks too
 * @throws DfsError NOT_FOUND when it was not built
 */
export function compiledEntry(url: URL): URL {
  const entry = import.meta.url.endsWith('.ts') ? new URL(url.href.replace(/\/src\/(?=(?:supervisor|lab)\/)/, '/dist/')) : url;
  if (!existsSync(entry)) throw new DfsError('NOT_FOUND', `Cannot find ${fileURLToPath(entry)}: run "npm run build" first`);
  return entry;
}
