/** The requesting side of a request for the CRC32 of a part of a replica. */
import { DfsError } from '../shared/errors.js';
import { checksumAnswer, checksumOpen } from './data-headers.js';
import type { FrameChannel } from './frame-channel.js';
import { FrameType } from './frames.js';
import type { ChecksumAnswer__Output } from './generated/distrifs/v1/ChecksumAnswer.js';
import type { ChecksumOpen } from './generated/distrifs/v1/ChecksumOpen.js';
import { blamedOn, receiveAnswer, unexpectedFrame } from './peer-answer.js';

/** The requested part; numbers only, because the answer is compared with them. */
export type ChunkChecksumOpen = ChecksumOpen & {
  readonly lengthBytes: number;
  readonly nodeId: string;
};

/**
 * Asks on an idle channel, which is idle again afterwards. Rejects with the node's own error (STALE_VERSION, CHUNK_NOT_FOUND, …), or with
 * a failure of the connection: a node of a version without this request closes it (CONNECTION_LOST).
 * @param timeoutMs silence of the node for this long ends the request with DEADLINE_EXCEEDED
 */
export async function askChunkChecksum(
  channel: FrameChannel,
  open: ChunkChecksumOpen,
  timeoutMs: number,
): Promise<ChecksumAnswer__Output> {
  await channel.send(checksumOpen.encode(open)).catch((error: unknown) => {
    throw blamedOn(open.nodeId, error);
  });
  const frame = await receiveAnswer(channel, open.nodeId, timeoutMs);
  if (frame.type !== FrameType.CHECKSUM_ANSWER) throw unexpectedFrame(channel, open.nodeId, frame, 'in answer to CHECKSUM_OPEN');
  const answer = checksumAnswer.decode(frame.body);
  if (answer.lengthBytes > open.lengthBytes) {
    const text = `Node "${open.nodeId}" answered the checksum of ${answer.lengthBytes} bytes where ${open.lengthBytes} were requested`;
    throw new DfsError('PROTOCOL_ERROR', text, { nodeId: open.nodeId });
  }
  return answer;
}
