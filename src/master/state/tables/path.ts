/** Absolute paths of the namespace: what is one, and its components. */
import { DfsError } from '../../../shared/errors.js';
import { NAME_BYTES_MAX, PATH_BYTES_MAX, PATH_DEPTH_MAX } from '../../../shared/limits.js';

/**
 * Splits a path. `/` has no components. Bytes are left as they are: no Unicode normalization.
 * @throws DfsError INVALID_ARGUMENT, NAME_TOO_LONG
 */
export function parsePath(path: string): readonly string[] {
  if (!path.startsWith('/'))
    throw new DfsError('INVALID_ARGUMENT', `"${shorten(path)}" is not an absolute path: start it with /`);
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    throw new DfsError('NAME_TOO_LONG', `The path "${shorten(path)}" is longer than ${PATH_BYTES_MAX} bytes`);
  }
  if (path.includes('\0')) throw new DfsError('INVALID_ARGUMENT', `The path "${shorten(path)}" contains a NUL character`);
  if (path === '/') return [];
  const names = path.slice(1).split('/');
  if (names.length > PATH_DEPTH_MAX) {
    throw new DfsError('NAME_TOO_LONG', `The path "${shorten(path)}" is deeper than ${PATH_DEPTH_MAX} directories`);
  }
  for (const name of names) assertName(name, path);
  return names;
}

function assertName(name: string, path: string): void {
  if (name === '' || name === '.' || name === '..') {
    throw new DfsError('INVALID_ARGUMENT', `The path "${shorten(path)}" has the component "${name}": write it without`);
  }
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) {
    throw new DfsError('NAME_TOO_LONG', `The name "${shorten(name)}" is longer than ${NAME_BYTES_MAX} bytes`);
  }
}

function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
