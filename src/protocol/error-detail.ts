/** DfsError to bytes and back: the gRPC trailer `dfs-error-bin`, ERROR frames and remembered answers. */
import { DfsError, isErrorCode } from '../shared/errors.js';
import { ERROR_MESSAGE_CHARS_MAX } from '../shared/limits.js';
import type { ErrorDetail, ErrorDetail__Output } from './generated/distrifs/v1/ErrorDetail.js';
import { wireCodec } from './messages.js';

const codec = wireCodec<ErrorDetail, ErrorDetail__Output>('ErrorDetail', 'answer');

/** What of an error crosses a wire. Causes and stacks stay at home; a long message is cut, for a trailer must stay small. */
export function toErrorDetail(error: DfsError): ErrorDetail {
  return {
    code: error.code,
    message: error.message.slice(0, ERROR_MESSAGE_CHARS_MAX),
    retriable: error.retriable,
    nodeId: error.nodeId ?? '',
    leaderHint: error.leaderHint ?? '',
  };
}

/** The error that the other side meant. A code from a newer version becomes INTERNAL, with its name in the message. */
export function fromErrorDetail(detail: ErrorDetail__Output): DfsError {
  const options = {
    retriable: detail.retriable,
    ...(detail.nodeId === '' ? {} : { nodeId: detail.nodeId }),
    ...(detail.leaderHint === '' ? {} : { leaderHint: detail.leaderHint }),
  };
  if (isErrorCode(detail.code)) return new DfsError(detail.code, detail.message, options);
  return new DfsError('INTERNAL', `${detail.code}: ${detail.message}`, options);
}

/** An error as a trailer or a frame carries it. */
export function encodeError(error: DfsError): Uint8Array {
  return codec.encode(toErrorDetail(error));
}

/** @throws DfsError PROTOCOL_ERROR for what is no ErrorDetail, or one beyond its limits */
export function decodeErrorOfPeer(bytes: Uint8Array): DfsError {
  return fromErrorDetail(codec.decode(bytes));
}
