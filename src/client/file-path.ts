/** Paths in DistriFS: absolute, with `/`. */
import { posix } from 'node:path/posix';
import { DfsError } from '../shared/errors.js';

/**
 * The canonical form of an absolute path: no empty, `.` or `..` components, no `/` at the end.
 * @throws DfsError INVALID_ARGUMENT
 */
export function normalizePath(path: string): string {
  if (!path.startsWith('/')) throw new DfsError('INVALID_ARGUMENT', `"${path}" is not an absolute path: it must start with /`);
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}
