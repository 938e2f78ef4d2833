/** Packets as the tests of the data plane make and take them. */
import type { ChunkWriteStream } from '../../src/protocol/chunk-writer-stream.js';
import type { Frame, FrameChannel } from '../../src/protocol/frame-channel.js';
import { encodePacketHeader, FrameType } from '../../src/protocol/frames.js';
import { packetChecksums } from '../../src/protocol/packet-blocks.js';

/** A whole PACKET frame. @param checksums default: those of the data */
export function encodePacket(
  offset: number,
  data: Uint8Array,
  checksums: Uint32Array = packetChecksums(offset, data),
): Uint8Array {
  return new Uint8Array(Buffer.concat([encodePacketHeader({ offset, dataBytes: data.length, checksums }), data]));
}

/** The data of a received packet. Throws unless the frame is one. */
export async function packetOf(
  channel: FrameChannel,
  frame: Frame | null,
): Promise<{ offset: number; checksums: Uint32Array; data: Uint8Array }> {
  if (frame?.type !== FrameType.PACKET) throw new Error(`Frame of type ${frame?.type} where a packet was expected`);
  const data = new Uint8Array(frame.packet.dataBytes);
  await channel.receiveData(data);
  return { offset: frame.packet.offset, checksums: frame.packet.checksums, data };
}

/** The body of a received frame. Throws when it is a packet, or there is none. */
export function bodyOf(frame: Frame | null): Uint8Array {
  if (frame === null || frame.type === FrameType.PACKET) throw new Error('A frame with a body was expected');
  return frame.body;
}

/** Sends one packet of a write. */
export function writePacket(stream: ChunkWriteStream, data: Uint8Array): Promise<void> {
  return stream.write([data], packetChecksums(stream.sentBytes, data));
}
