/** What the code of a system error means to DistriFS: the same for real and for injected failures. */
import type { ErrorCode } from '../../shared/errors.js';

/** @param errno such as `ENOENT`; undefined: the failure has none */
export function codeOfErrno(errno: string | undefined): ErrorCode {
  switch (errno) {
    case 'ENOENT':
      return 'NOT_FOUND';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'NO_SPACE';
    default:
      return 'IO_ERROR';
  }
}
