/** What a logged operation gave: the answer that is remembered for retries, in the shape of the protobuf message Answer. */
import type { DfsError } from '../../../shared/errors.js';
import type { AssignChunkResponse__Output } from '../../../protocol/generated/distrifs/v1/AssignChunkResponse.js';
import type { CompleteFileResponse__Output } from '../../../protocol/generated/distrifs/v1/CompleteFileResponse.js';
import type { CreateFileResponse__Output } from '../../../protocol/generated/distrifs/v1/CreateFileResponse.js';
import type { ErrorDetail__Output } from '../../../protocol/generated/distrifs/v1/ErrorDetail.js';
import { fromErrorDetail } from '../../../protocol/error-detail.js';

export interface Answer {
  readonly error?: ErrorDetail__Output;
  readonly createFile?: CreateFileResponse__Output;
  readonly assignChunk?: AssignChunkResponse__Output;
  readonly completeFile?: CompleteFileResponse__Output;
  /** OpenSession; never remembered, since it has no session yet. */
  readonly sessionId?: number;
  /** RegisterMaster of a new one; never remembered, since it has no session. */
  readonly incarnation?: number;
}

/** The answer of an operation that failed. */
export function errorAnswer(error: DfsError): Answer {
  return {
    error: {
      code: error.code,
      message: error.message,
      retriable: error.retriable,
      nodeId: error.nodeId ?? '',
      leaderHint: error.leaderHint ?? '',
    },
  };
}

/** @throws the DfsError that an answer holds */
export function assertAnswer(answer: Answer): void {
  if (answer.error !== undefined) throw fromErrorDetail(answer.error);
}
