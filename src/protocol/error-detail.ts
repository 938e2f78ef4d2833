/** DfsError to bytes and back: the gRPC trailer `dfs-error-bin`, ERROR frames and remembered answers. */
import { DfsError, isErrorCode } from '../shared/errors.js';
import type { ErrorDetail, ErrorDetail__Output } from './generated/distrifs/v1/ErrorDetail.js';
import { messageCodec } from './messages.js';

export const errorDetailCodec = messageCodec<ErrorDetail, ErrorDetail__Output>('ErrorDetail');

/** Longer messages are cut: a trailer must stay small. */
const MESSAGE_CHARS_MAX = 2_000;

/** What of an error crosses a wire. Causes and stacks stay at home. */
export function toErrorDetail(error: DfsError): ErrorDetail {
  return {
    code: error.code,
    message: error.message.slice(0, MESSAGE_CHARS_MAX),
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
