/** Finds the file of a program that runs as a process or thread of its own. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { compiledEntry } from './compiled-entry.js';

/**
 * The file to run: the bundle of the program, which starts faster, or else its compiled module, as in a copy of the compiled code.
 * @param url of the module, as for `compiledEntry`; two folders below `dist/`
 * @throws DfsError NOT_FOUND when the module was not built
 */
export function programEntry(url: URL): URL {
  const module = compiledEntry(url);
  const bundle = new URL(`../../bundle/${basename(module.pathname, '.js')}.cjs`, module);
  return existsSync(bundle) ? bundle : module;
}
