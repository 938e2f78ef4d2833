/** DfsError to bytes and back: the gRPC trailer `dfs-error-bin`, ERROR frames and remembered answers. */
import { DfsError, isErrorCode } from '../shared/errors.js';
import { ERROR_MESSAGE_CHARS_MAX } from '../shared/limits.js';
import type { ErrorDetail, ErrorDetail__Output } from './generated/distrifs/v1/ErrorDetail.js';
import type { ErrorReport, ErrorReport__Output } from './generated/distrifs/v1/ErrorReport.js';
import { wireCodec } from './messages.js';

const codec = wireCodec<ErrorReport, ErrorReport__Output>('ErrorReport', 'answer');

/**
 * The error that another node has sent, or that a master remembers. An unknown code, from a newer version, becomes INTERNAL with the name
 * of the code in the message.
 */
export function fromErrorDetail(
  detail: ErrorDetail__Output & Partial<Pick<ErrorReport__Output, 'holder' | 'freeAfterMs'>>,
): DfsError {
  const { holder = '', freeAfterMs = 0 } = detail;
  const options = {
    retriable: detail.retriable,
    ...(detail.nodeId === '' ? {} : { nodeId: detail.nodeId }),
    ...(detail.leaderHint === '' ? {} : { leaderHint: detail.leaderHint }),
    ...(holder === '' ? {} : { holder, freeAfterMs }),
  };
  if (isErrorCode(detail.code)) return new DfsError(detail.code, detail.message, options);
  return new DfsError('INTERNAL', `${detail.code}: ${detail.message}`, options);
}

/** The parts of an error that are sent. Causes and stacks are not sent; a long message is cut, because a trailer must be small. */
export function toErrorDetail(error: DfsError): ErrorDetail {
  return {
    code: error.code,
    message: error.message.slice(0, ERROR_MESSAGE_CHARS_MAX),
    retriable: error.retriable,
    nodeId: error.nodeId ?? '',
    leaderHint: error.leaderHint ?? '',
  };
}

/** Encodes an error for a trailer or a frame. */
export function encodeError(error: DfsError): Uint8Array {
  return codec.encode({ ...toErrorDetail(error), holder: error.holder ?? '', freeAfterMs: error.freeAfterMs ?? 0 });
}

/** @throws DfsError PROTOCOL_ERROR for bytes that are not an ErrorReport, or an ErrorReport beyond its limits */
export function decodeErrorOfPeer(bytes: Uint8Array): DfsError {
  return fromErrorDetail(codec.decode(bytes));
}
