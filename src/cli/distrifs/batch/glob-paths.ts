/**
 * Patterns in paths of the cluster, expanded by listing directories: `*`, `?`, `[a-z]` and `{a,b}` within one name, `**` for any number of
 * directories. A name that begins with a dot matches only a pattern that does. A backslash takes the meaning from the next character. A path
 * that exists as it is written is that path, whatever it contains.
 */
import type { DistriFS } from '../../../distri-fs.js';
import { statOrNull } from './remote-target.js';

/** Names that a pattern may have looked at, over all directories. */
const LISTED_MAX = 1_000_000;
/** Paths that a pattern may match: they are held in memory. */
const MATCHES_MAX = 100_000;

/** A pattern that matches nothing, as a shell with `failglob` reports it. */
export class NoMatchError extends Error {
  override readonly name = 'NoMatchError';
  readonly code = 'ENOENT';

  constructor(pattern: string) {
    super(`"${pattern}": no path matches`);
  }
}

type ListedFiles = Pick<DistriFS, 'stat' | 'list'>;

/** Whether a path has characters with a meaning in patterns. */
export const isPattern = (path: string): boolean => /[*?[{\\]/.test(path);

/**
 * The paths that a path of the command line means, in byte order within each directory.
 * @throws NoMatchError; DistriFSError; Error beyond the limits
 */
export async function expandPath(files: ListedFiles, path: string): Promise<readonly string[]> {
  if (!isPattern(path) || (await statOrNull(files, path)) !== null) return [path];
  const parts = path.split('/').filter((part) => part !== '');
  if (!parts.some(hasWildcard)) return [unescaped(path)];
  const expansion = new Expansion(files, path);
  await expansion.expand('', parts);
  if (expansion.found.size === 0) throw new NoMatchError(path);
  return [...expansion.found];
}

/** Whether a name has a wildcard that no backslash precedes. */
const hasWildcard = (part: string): boolean => /[*?[{]/.test(part.replaceAll(/\\./g, ''));

const unescaped = (text: string): string => text.replaceAll(/\\(.)/g, '$1');

/** A matcher of names. Parentheses and bars, which the library reads as groups, have no meaning in these patterns. */
async function matcherOf(part: string): Promise<(name: string) => boolean> {
  // Loaded here because most paths are no patterns.
  const { default: picomatch } = await import('picomatch');
  const pattern = part.replaceAll(/\\.|[()|]/g, (found) => (found.length > 1 ? found : `\\${found}`));
  return picomatch(pattern, {
    dot: part.startsWith('.'),
    literalBrackets: false,
    noextglob: true,
    nonegate: true,
    windows: false,
  });
}

class Expansion {
  readonly found = new Set<string>();
  readonly #files: ListedFiles;
  readonly #pattern: string;
  readonly #wantsDirectories: boolean;
  #listed = 0;

  constructor(files: ListedFiles, pattern: string) {
    this.#files = files;
    this.#pattern = pattern;
    this.#wantsDirectories = pattern.endsWith('/');
  }

  /** @param directory without `/` at its end: '' is the root. @param parts of the pattern, below that directory */
  async expand(directory: string, parts: readonly string[]): Promise<void> {
    const [part, ...rest] = parts;
    if (part === undefined) return;
    if (part === '**') return this.#anyDepth(directory, rest);
    if (!hasWildcard(part)) return this.#literal(`${directory}/${unescaped(part)}`, rest);
    const matches = await matcherOf(part);
    for await (const { name, isDirectory } of this.#list(directory)) {
      if (!matches(name)) continue;
      if (rest.length > 0 && isDirectory) await this.expand(`${directory}/${name}`, rest);
      else if (rest.length === 0) this.#add(`${directory}/${name}`, isDirectory);
    }
  }

  /** `**`: this directory, and all below it. */
  async #anyDepth(directory: string, rest: readonly string[]): Promise<void> {
    await this.expand(directory, rest);
    for await (const { name, isDirectory } of this.#list(directory)) {
      if (name.startsWith('.')) continue;
      if (rest.length === 0) this.#add(`${directory}/${name}`, isDirectory);
      if (isDirectory) await this.#anyDepth(`${directory}/${name}`, rest);
    }
  }

  async #literal(path: string, rest: readonly string[]): Promise<void> {
    // A directory on the way shows when it is listed.
    if (rest.length > 0) return this.expand(path, rest);
    const stats = await statOrNull(this.#files, path);
    if (stats !== null) this.#add(path, stats.isDirectory());
  }

  /** The entries of a directory; none of a path that is no directory. */
  async *#list(directory: string): AsyncGenerator<{ readonly name: string; readonly isDirectory: boolean }, void, undefined> {
    const path = directory === '' ? '/' : directory;
    const stats = await statOrNull(this.#files, path);
    if (stats?.isDirectory() !== true) return;
    for await (const entry of this.#files.list(path)) {
      if (++this.#listed > LISTED_MAX) throw new Error(`"${this.#pattern}": more than ${LISTED_MAX} names would be looked at`);
      yield { name: entry.name, isDirectory: entry.isDirectory() };
    }
  }

  #add(path: string, isDirectory: boolean): void {
    if (this.#wantsDirectories && !isDirectory) return;
    this.found.add(path);
    if (this.found.size > MATCHES_MAX) throw new Error(`"${this.#pattern}": it matches more than ${MATCHES_MAX} paths`);
  }
}
