/** DfsError to gRPC status and back: the status for any gRPC tool, the trailer `dfs-error-bin` for our own clients. */
import { Metadata, type ServiceError, status, type StatusObject } from '@grpc/grpc-js';
import { decodeErrorOfPeer, encodeError } from '../../../protocol/error-detail.js';
import { DfsError, type ErrorCode } from '../../../shared/errors.js';

const DETAIL_KEY = 'dfs-error-bin';

/** Maximum length of the readable text; the trailer has the whole message. */
const DETAILS_CHARS_MAX = 500;

/** Converts a handler's failure into a gRPC status. */
export function toGrpcStatus(error: DfsError): Partial<StatusObject> {
  const metadata = new Metadata();
  metadata.set(DETAIL_KEY, Buffer.from(encodeError(error)));
  return { code: status[error.grpcStatus], details: `${error.code}: ${error.message}`.slice(0, DETAILS_CHARS_MAX), metadata };
}

/**
 * The error thrown by the handler of the other side, or null when the transport failed.
 * @throws DfsError PROTOCOL_ERROR on a trailer that is not an ErrorDetail, or is beyond its limits
 */
function errorOfPeer(error: ServiceError): DfsError | null {
  const detail = error.metadata.get(DETAIL_KEY)[0];
  return Buffer.isBuffer(detail) ? decodeErrorOfPeer(detail) : null;
}

/**
 * A failure of the transport, or of a server other than DistriFS.
 * @param action `Call GetFileInfo to 10.0.0.1:7000`
 */
function transportError(error: ServiceError, action: string): DfsError {
  return new DfsError(transportCode(error.code), `${action} failed: ${error.details}`, { cause: error });
}

/** The error of a call or stream, and whether its connection may have caused it. */
export interface CallFailure {
  readonly error: unknown;
  readonly isLinkSuspect: boolean;
}

/** @param action as for transportError */
export function failureOf(error: ServiceError, action: string): CallFailure {
  try {
    const ofPeer = errorOfPeer(error);
    if (ofPeer !== null) return { error: ofPeer, isLinkSuspect: false };
  } catch (damage) {
    return { error: damage, isLinkSuspect: true };
  }
  return { error: transportError(error, action), isLinkSuspect: true };
}

function transportCode(code: status): ErrorCode {
  switch (code) {
    case status.UNAVAILABLE:
      return 'UNAVAILABLE';
    case status.DEADLINE_EXCEEDED:
      return 'DEADLINE_EXCEEDED';
    case status.CANCELLED:
      // A cancellation by this side does not wait for the status: the other side cut the call while it stopped.
      return 'UNAVAILABLE';
    case status.RESOURCE_EXHAUSTED:
      return 'RESOURCE_EXHAUSTED';
    case status.UNIMPLEMENTED:
      return 'UNIMPLEMENTED';
    default:
      return 'INTERNAL';
  }
}
