/** Which modules a program loads: the source files and packages that its files import, without those that wait for a call. */
import { build } from 'esbuild';
import { ROOT } from '../tidy/sources.js';

/**
 * The modules that are loaded together with some files.
 * @param entries paths below the repository
 * @param carriedOut files whose dynamic imports are carried out in any case; those of other files are not followed
 * @returns paths of source files, and names of packages
 */
export async function loadedModules(entries: readonly string[], carriedOut: readonly string[] = []): Promise<Set<string>> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [...entries],
    outdir: 'unwritten',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    splitting: true,
    packages: 'external',
  });
  const found = new Set<string>();
  const load = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const each of metafile.inputs[path]?.imports ?? []) {
      if (each.kind !== 'dynamic-import' || carriedOut.includes(path)) load(each.path);
    }
  };
  for (const entry of entries) load(entry);
  return found;
}
