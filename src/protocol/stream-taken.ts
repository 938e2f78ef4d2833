/** What the receiver of a stream sends back, as bytes and back. */
import type { StreamTaken, StreamTaken__Output } from './generated/distrifs/v1/StreamTaken.js';
import { wireCodec } from './messages.js';

const codec = wireCodec<StreamTaken, StreamTaken__Output>('StreamTaken', 'answer');

/** @param messages of the stream that are handled so far */
export const encodeTaken = (messages: number): Uint8Array => codec.encode({ messages });

/** @returns messages handled so far @throws DfsError PROTOCOL_ERROR for bytes that are no StreamTaken */
export const decodeTaken = (bytes: Uint8Array): number => codec.decode(bytes).messages;
