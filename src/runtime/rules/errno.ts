/** What the code of a system error means to DistriFS: the same for real and for injected failures. */
import type { ErrorCode } from '../../shared/errors.js';

/**
 * @param errno such as `ENOENT`; undefined: the failure has none
 * @param isChange the call would have changed the folder: a missing permission makes the folder read-only then
 */
export function codeOfErrno(errno: string | undefined, isChange: boolean): ErrorCode {
  switch (errno) {
    case 'ENOENT':
      return 'NOT_FOUND';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'NO_SPACE';
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return 'RESOURCE_EXHAUSTED';
    case 'EROFS':
      return 'READ_ONLY';
    case 'EACCES':
    case 'EPERM':
      return isChange ? 'READ_ONLY' : 'IO_ERROR';
    default:
      return 'IO_ERROR';
  }
}
