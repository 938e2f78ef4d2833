/** One read as a node serves it: whole blocks of one replica, each verified before it is sent. */
import { errorFrame, readHeader } from '../../protocol/data-headers.js';
import type { FrameChannel } from '../../protocol/frame-channel.js';
import { encodeFinish } from '../../protocol/frames.js';
import type { ReadOpen__Output } from '../../protocol/generated/distrifs/v1/ReadOpen.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { BLOCK_BYTES } from '../../shared/limits.js';
import type { Timer } from '../../shared/runtime.js';
import { blockCount } from '../store/chunk-meta.js';
import type { ReplicaPacket, ReplicaReader } from '../store/replica-reader.js';
import { assertMeantForUs, blaming, type DataPlane, sendInTime } from './data-plane.js';
import { readAhead } from './read-ahead.js';

/** Tasks that a hung disk has not ended, beyond which reads are refused at once: each holds memory. */
const HUNG_TASKS_TOLERATED = 64;

/**
 * Serves a read. Resolves when the channel is at rest again, also after an ERROR; rejects when the connection is lost, or the
 * reader does not take what it asked for within the stream timeout.
 */
export async function serveRead(plane: DataPlane, channel: FrameChannel, open: ReadOpen__Output): Promise<void> {
  const answer = (frame: Uint8Array): Promise<void> => sendInTime(plane, channel, () => channel.send(frame));
  let reader: ReplicaReader | null = null;
  try {
    assertMeantForUs(plane, open.clusterId, open.nodeId);
    // Other reads may be served from memory: a few hung ones are no reason to refuse them all.
    plane.diskWaits.assertResponsive(HUNG_TASKS_TOLERATED);
    reader = await plane.diskWaits.within(plane.store.openReplica(open.chunkId, open.version), (late) => late.close());
    const { lengthBytes } = reader.meta;
    if (open.offsetBytes > lengthBytes) {
      const text = `Cannot read chunk ${open.chunkId} from offset ${open.offsetBytes}: it has ${lengthBytes} bytes`;
      throw new DfsError('INVALID_ARGUMENT', text);
    }
    const first = Math.floor(open.offsetBytes / BLOCK_BYTES);
    const end = open.lengthBytes === 0 ? first : blockCount(Math.min(open.offsetBytes + open.lengthBytes, lengthBytes));
    const sentBytes = Math.max(0, Math.min(end * BLOCK_BYTES, lengthBytes) - first * BLOCK_BYTES);
    await answer(
      readHeader.encode({ chunkLengthBytes: lengthBytes, firstOffsetBytes: first * BLOCK_BYTES, lengthBytes: sentBytes }),
    );
    for await (const packet of readAhead(plane, reader, first, end)) await sendPacketInTime(plane, channel, packet);
    await answer(encodeFinish(sentBytes));
  } catch (error) {
    if (isDfsError(error, 'CONNECTION_LOST')) throw error;
    // A disk that hangs, which the error blames on this node, would not let the chunk be verified either.
    if (isDfsError(error, 'DATA_CORRUPT', 'IO_ERROR') && error.nodeId === undefined) plane.store.suspect(open.chunkId);
    plane.log.warn('Read refused', { chunkId: open.chunkId, version: open.version, peer: channel.remoteAddress, error });
    await answer(errorFrame.encode(readable(blaming(plane.identity.nodeId, error))));
  } finally {
    if (reader !== null) await plane.diskWaits.cleanedUp(reader.close());
  }
}

/** Sends a packet; when the other side takes nothing of it within the stream timeout, the channel is destroyed. */
async function sendPacketInTime(plane: DataPlane, channel: FrameChannel, packet: ReplicaPacket): Promise<void> {
  const start = (): Timer => plane.clock.setTimer(plane.timings.streamTimeoutMs, () => channel.destroy());
  const restart = (): void => {
    timer.cancel();
    timer = start();
  };
  let timer = start();
  try {
    await channel.sendPacket(packet.header, [packet.data], () => packet.buffer.release(), restart);
  } finally {
    timer.cancel();
  }
}

/** A disk that cannot read is no reason for the reader to give up: another replica can serve it. */
function readable(error: DfsError): DfsError {
  if (error.code !== 'IO_ERROR') return error;
  return new DfsError('IO_ERROR', error.message, {
    cause: error,
    retriable: true,
    ...(error.nodeId === undefined ? {} : { nodeId: error.nodeId }),
  });
}
