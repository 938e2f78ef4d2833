import { expect, test } from 'vitest';
import {
  decodeFinish,
  decodePacketHeader,
  decodePrefix,
  encodeFinish,
  encodeHeaderFrame,
  FrameType,
  packetHeaderBytes,
} from '../../src/protocol/frames.js';
import { readOpen, writeAck } from '../../src/protocol/data-headers.js';
import { BLOCK_BYTES } from '../../src/shared/limits.js';
import { encodePacket } from './packets.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('packets: fixture', () => {
  const frame = encodePacket(65_536, new TextEncoder().encode('123456789'));
  const [offset, length, flags, crc] = ['0000000000010000', '00000009', '00000000', 'cbf43926'];
  expect(hex(frame)).toBe('0000001f' + '02' + '07' + offset + length + flags + crc + '313233343536373839');
  expect(decodePrefix(frame.subarray(0, 6))).toEqual({ version: 2, type: FrameType.PACKET, bodyBytes: 29 });
  expect(packetHeaderBytes(frame.subarray(6, 22), 29)).toBe(20);
  const header = { offset: 65_536, dataBytes: 9, checksums: Uint32Array.of(0xcbf43926) };
  expect(decodePacketHeader(frame.subarray(6, 26))).toEqual(header);
});

test.each([
  ['whole blocks', 0, 2 * BLOCK_BYTES, 2],
  ['a short last block', BLOCK_BYTES, BLOCK_BYTES + 1, 2],
  ['from within a block', BLOCK_BYTES - 1, 2, 2],
  ['the largest from within a block', 1, 16 * BLOCK_BYTES, 17],
  ['no data', 5, 0, 0],
])('packets have a checksum for each block that they touch: %s', (_what, offset, dataBytes, blocks) => {
  const frame = encodePacket(offset, new Uint8Array(dataBytes));
  const { bodyBytes } = decodePrefix(frame.subarray(0, 6));
  const headerBytes = packetHeaderBytes(frame.subarray(6, 22), bodyBytes);
  expect(decodePacketHeader(frame.subarray(6, 6 + headerBytes)).checksums.length).toBe(blocks);
  expect(frame.length).toBe(6 + headerBytes + dataBytes);
});

test('encodeFinish: fixture', () => {
  const frame = encodeFinish(2 ** 40 + 5);
  expect(hex(frame)).toBe('0000000a' + '02' + '08' + '0000010000000005');
  expect(decodeFinish(frame.subarray(6))).toBe(2 ** 40 + 5);
});

test('header frames: fixtures', () => {
  expect(hex(writeAck.encode({ receivedBytes: 300 }))).toBe('00000005' + '02' + '03' + '08ac02');
  const frame = readOpen.encode({ clusterId: 'c', chunkId: 7, version: 2, offsetBytes: 1, lengthBytes: 9, nodeId: 'dn-1' });
  expect(hex(frame)).toBe('00000013' + '02' + '05' + '0a0163' + '1007' + '1802' + '2001' + '2809' + '3204646e2d31');
  expect(readOpen.decode(frame.subarray(6))).toEqual({
    clusterId: 'c',
    chunkId: 7,
    version: 2,
    offsetBytes: 1,
    lengthBytes: 9,
    nodeId: 'dn-1',
  });
});

test.each([
  ['a claim of 4 GiB', 'ffffffff0207', /claims 4294967295 bytes/],
  ['a packet beyond the largest', '001000570207', /claims 1048663 bytes: at most 1048662/],
  ['a length too short for version and type', '000000010208', /claims 1 bytes/],
  ['a packet without a whole header', '000000110207', /claims 17 bytes/],
  ['an unknown type', '0000000202ff', /type 255/],
])('decodePrefix: refuses %s', (_name, bytes, message) => {
  expect(() => decodePrefix(Buffer.from(bytes, 'hex'))).toThrow(message);
});

test.each([
  ['another version', '000000020107', 1],
  ['an HTTP request', Buffer.from('GET / HTTP/1.1').toString('hex'), 47],
])('decodePrefix: names the version of %s', (_name, bytes, version) => {
  expect(decodePrefix(Buffer.from(bytes, 'hex'))).toEqual({ version, type: null, bodyBytes: 0 });
});

test('packetHeaderBytes, decodeFinish: refuse what does not fit and numbers beyond 2^53', () => {
  const fixed = encodePacket(0, new Uint8Array(10)).subarray(6, 22);
  expect(packetHeaderBytes(fixed, 30)).toBe(20);
  expect(() => packetHeaderBytes(fixed, 31)).toThrow(/31 bytes for 10 bytes of data/);
  expect(() => packetHeaderBytes(new Uint8Array(16).fill(255), 30)).toThrow(/beyond 2\^53/);
  const flagged = fixed.slice();
  flagged[15] = 1;
  expect(() => packetHeaderBytes(flagged, 30)).toThrow(/unknown flags 1/);
  expect(() => decodeFinish(new Uint8Array(7))).toThrow(/8 expected/);
  expect(() => decodeFinish(new Uint8Array(8).fill(255))).toThrow(/beyond 2\^53/);
});

test('encodeHeaderFrame: an empty header is a whole frame', () => {
  expect(hex(encodeHeaderFrame(FrameType.ERROR, new Uint8Array()))).toBe('000000020209');
});
