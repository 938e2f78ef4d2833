/** One request for the CRC32 of a part of a replica, answered from its file of checksums. */
import { checksumAnswer, errorFrame } from '../../protocol/data-headers.js';
import type { FrameChannel } from '../../protocol/frame-channel.js';
import type { ChecksumAnswer } from '../../protocol/generated/distrifs/v1/ChecksumAnswer.js';
import type { ChecksumOpen__Output } from '../../protocol/generated/distrifs/v1/ChecksumOpen.js';
import { Crc32Combiner } from '../../protocol/crc32-combine.js';
import { DfsError } from '../../shared/errors.js';
import { BLOCK_BYTES } from '../../shared/limits.js';
import type { ChunkMeta } from '../store/chunk-meta.js';
import { assertMeantForUs, blaming, type DataPlane, sendInTime } from './data-plane.js';

/** Serves a request. Resolves when the channel is at rest again, also after an ERROR; rejects when the connection is lost. */
export async function serveChecksum(plane: DataPlane, channel: FrameChannel, open: ChecksumOpen__Output): Promise<void> {
  let frame: Uint8Array;
  try {
    assertMeantForUs(plane, open.clusterId, open.nodeId);
    // Opened as for a read, so that a replica whose file is gone has no checksum either.
    const reader = await plane.diskWaits.within(plane.store.openReplica(open.chunkId, open.version), (late) => late.close());
    await plane.diskWaits.cleanedUp(reader.close());
    frame = checksumAnswer.encode(answerOf(reader.meta, open));
  } catch (error) {
    plane.log.warn('A request for a checksum is refused', { chunkId: open.chunkId, version: open.version, error });
    frame = errorFrame.encode(blaming(plane.identity.nodeId, error));
  }
  await sendInTime(plane, channel, () => channel.send(frame));
}

function answerOf({ checksums, lengthBytes: chunkLengthBytes }: ChunkMeta, open: ChecksumOpen__Output): ChecksumAnswer {
  const { chunkId, offsetBytes, lengthBytes } = open;
  if (offsetBytes % BLOCK_BYTES !== 0 || offsetBytes > chunkLengthBytes) {
    const text = `Cannot tell the checksum of chunk ${chunkId} from offset ${offsetBytes}: no block of its ${chunkLengthBytes} bytes begins there`;
    throw new DfsError('INVALID_ARGUMENT', text);
  }
  const first = offsetBytes / BLOCK_BYTES;
  const end = offsetBytes + lengthBytes >= chunkLengthBytes ? checksums.length : first + Math.floor(lengthBytes / BLOCK_BYTES);
  const whole = new Crc32Combiner();
  for (const [i, checksum] of checksums.subarray(first, end).entries()) {
    whole.add(checksum, Math.min(BLOCK_BYTES, chunkLengthBytes - (first + i) * BLOCK_BYTES));
  }
  return { crc32: whole.crc32, lengthBytes: whole.lengthBytes, chunkLengthBytes };
}
