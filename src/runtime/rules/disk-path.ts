/** Paths on a node's disk: relative, with `/`, and always inside the node's folder. Pure. */
import { DfsError } from '../../shared/errors.js';

/**
 * The names of a path; '.' and '' have none.
 * @throws DfsError INVALID_ARGUMENT for an absolute path, or one with `..`, a backslash or NUL in it
 */
export function namesOf(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (path.startsWith('/') || names.includes('..') || path.includes('\\') || path.includes('\0')) {
    throw new DfsError('INVALID_ARGUMENT', `Path "${path}" is outside the node's folder`);
  }
  return names;
}

/** A path in its shortest form: `d/f`, or '.' for the folder itself. @throws DfsError INVALID_ARGUMENT, as namesOf */
export const shortestPath = (path: string): string => namesOf(path).join('/') || '.';
