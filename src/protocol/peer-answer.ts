/** Waiting for the other side of a data plane conversation, with the blame for what goes wrong settled at once. */
import { DfsError, toDfsError } from '../shared/errors.js';
import { errorFrame } from './data-headers.js';
import type { FrameChannel } from './frame-channel.js';
import { type Frame, FrameType } from './frames.js';

/**
 * The next frame of a conversation with node `nodeId`.
 *
 * An ERROR frame is thrown as the DfsError it carries, with the blame its sender put in (none: the sender blames us). Whatever
 * is wrong with the connection itself (CONNECTION_LOST, DEADLINE_EXCEEDED after `timeoutMs` of silence, PROTOCOL_ERROR) is
 * thrown with `nodeId` to blame.
 */
export async function receiveAnswer(channel: FrameChannel, nodeId: string, timeoutMs: number): Promise<Frame> {
  const frame = await channel.receive(timeoutMs).catch((error: unknown) => {
    throw blamedOn(nodeId, error);
  });
  if (frame === null) {
    throw new DfsError('CONNECTION_LOST', `Node "${nodeId}" (${channel.remoteAddress}) closed the connection`, { nodeId });
  }
  if (frame.type === FrameType.ERROR) throw errorFrame.decode(frame.body);
  return frame;
}

/** A failure of the connection with a node, as that node's. */
export function blamedOn(nodeId: string, error: unknown): DfsError {
  const known = toDfsError(error, `Node "${nodeId}"`);
  return new DfsError(known.code, `Node "${nodeId}": ${known.message}`, {
    cause: error,
    retriable: known.retriable,
    nodeId,
  });
}

/** A frame that does not belong there. */
export function unexpectedFrame(channel: FrameChannel, nodeId: string, frame: Frame, where: string): DfsError {
  const text = `Node "${nodeId}" (${channel.remoteAddress}) sent a frame of type ${frame.type} ${where}`;
  return new DfsError('PROTOCOL_ERROR', text, { nodeId });
}
