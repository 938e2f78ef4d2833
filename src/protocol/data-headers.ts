/** Protobuf headers of data plane frames, each with its frame type. */
import type { ChecksumAnswer, ChecksumAnswer__Output } from './generated/distrifs/v1/ChecksumAnswer.js';
import type { ChecksumOpen, ChecksumOpen__Output } from './generated/distrifs/v1/ChecksumOpen.js';
import type { QuarantineAnswer, QuarantineAnswer__Output } from './generated/distrifs/v1/QuarantineAnswer.js';
import type { QuarantineOpen, QuarantineOpen__Output } from './generated/distrifs/v1/QuarantineOpen.js';
import type { ReadHeader, ReadHeader__Output } from './generated/distrifs/v1/ReadHeader.js';
import type { ReadOpen, ReadOpen__Output } from './generated/distrifs/v1/ReadOpen.js';
import type { WriteAck, WriteAck__Output } from './generated/distrifs/v1/WriteAck.js';
import type { WriteCommitted, WriteCommitted__Output } from './generated/distrifs/v1/WriteCommitted.js';
import type { WriteOpen, WriteOpen__Output } from './generated/distrifs/v1/WriteOpen.js';
import type { WriteReady, WriteReady__Output } from './generated/distrifs/v1/WriteReady.js';
import type { DfsError } from '../shared/errors.js';
import { encodeError, decodeErrorOfPeer } from './error-detail.js';
import { encodeHeaderFrame, FrameType } from './frames.js';
import type { WireMessageName } from './field-limits/field-rows.js';
import { wireCodec } from './messages.js';
import type { Side } from './messages.js';

/** A kind of header: encodes a whole frame, and decodes a frame's body. */
export interface HeaderCodec<In, Out> {
  readonly encode: (header: In) => Uint8Array;
  /** @throws DfsError PROTOCOL_ERROR; INVALID_ARGUMENT for an opening message beyond its limits */
  readonly decode: (body: Uint8Array) => Out;
}

function headerCodec<In, Out>(type: FrameType, name: WireMessageName, side: Side): HeaderCodec<In, Out> {
  const codec = wireCodec<In, Out>(name, side);
  return { encode: (header) => encodeHeaderFrame(type, codec.encode(header)), decode: codec.decode };
}

export const writeOpen = headerCodec<WriteOpen, WriteOpen__Output>(FrameType.WRITE_OPEN, 'WriteOpen', 'request');
export const writeReady = headerCodec<WriteReady, WriteReady__Output>(FrameType.WRITE_READY, 'WriteReady', 'answer');
export const writeAck = headerCodec<WriteAck, WriteAck__Output>(FrameType.WRITE_ACK, 'WriteAck', 'answer');
export const writeCommitted = headerCodec<WriteCommitted, WriteCommitted__Output>(
  FrameType.WRITE_COMMITTED,
  'WriteCommitted',
  'answer',
);
export const readOpen = headerCodec<ReadOpen, ReadOpen__Output>(FrameType.READ_OPEN, 'ReadOpen', 'request');
export const readHeader = headerCodec<ReadHeader, ReadHeader__Output>(FrameType.READ_HEADER, 'ReadHeader', 'answer');
export const quarantineOpen = headerCodec<QuarantineOpen, QuarantineOpen__Output>(
  FrameType.QUARANTINE_OPEN,
  'QuarantineOpen',
  'request',
);
export const quarantineAnswer = headerCodec<QuarantineAnswer, QuarantineAnswer__Output>(
  FrameType.QUARANTINE_ANSWER,
  'QuarantineAnswer',
  'answer',
);

export const checksumOpen = headerCodec<ChecksumOpen, ChecksumOpen__Output>(FrameType.CHECKSUM_OPEN, 'ChecksumOpen', 'request');
export const checksumAnswer = headerCodec<ChecksumAnswer, ChecksumAnswer__Output>(
  FrameType.CHECKSUM_ANSWER,
  'ChecksumAnswer',
  'answer',
);

/** ERROR frames carry a DfsError. */
export const errorFrame: HeaderCodec<DfsError, DfsError> = {
  encode: (error) => encodeHeaderFrame(FrameType.ERROR, encodeError(error)),
  decode: decodeErrorOfPeer,
};
