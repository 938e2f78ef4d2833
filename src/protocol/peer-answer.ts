/** Receives the answers of a data plane conversation; each failure names the node that caused it. */
import { DfsError, toDfsError } from '../shared/errors.js';
import { errorFrame } from './data-headers.js';
import type { Frame, FrameChannel } from './frame-channel.js';
import { FrameType } from './frames.js';

/**
 * The next frame of a conversation with node `nodeId`.
 *
 * An ERROR frame is thrown as the DfsError in the frame, with the `nodeId` set by its sender (none: this side caused the failure).
 * A failure of the connection itself (CONNECTION_LOST, DEADLINE_EXCEEDED after `timeoutMs` of silence, PROTOCOL_ERROR) is
 * thrown with `nodeId`.
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

/** The data of the packet that was received last. Throws as receiveAnswer does. */
export async function receiveAnswerData(
  channel: FrameChannel,
  nodeId: string,
  target: Uint8Array,
  timeoutMs: number,
): Promise<void> {
  await channel.receiveData(target, timeoutMs).catch((error: unknown) => {
    throw blamedOn(nodeId, error);
  });
}

/** A failure of the connection with a node, attributed to the node. */
export function blamedOn(nodeId: string, error: unknown): DfsError {
  const known = toDfsError(error, `Node "${nodeId}"`);
  return new DfsError(known.code, `Node "${nodeId}": ${known.message}`, {
    cause: error,
    retriable: known.retriable,
    nodeId,
  });
}

/** The error for an unexpected frame. */
export function unexpectedFrame(channel: FrameChannel, nodeId: string, frame: Frame, where: string): DfsError {
  const text = `Node "${nodeId}" (${channel.remoteAddress}) sent a frame of type ${frame.type} ${where}`;
  return new DfsError('PROTOCOL_ERROR', text, { nodeId });
}
