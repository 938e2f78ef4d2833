import { expect, test } from 'vitest';
import {
  decodeFinish,
  decodePacket,
  encodeFinish,
  encodeHeaderFrame,
  encodePacket,
  FrameParser,
  FrameType,
} from '../../src/protocol/frames.js';
import { readOpen, writeAck } from '../../src/protocol/data-headers.js';
import { BLOCK_BYTES } from '../../src/shared/limits.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('encodePacket: fixture', () => {
  const frame = encodePacket(65_536, new TextEncoder().encode('123456789'));
  //                          length   v  type offset           crc      data
  expect(hex(frame)).toBe('00000017' + '01' + '07' + '0000000000010000' + 'cbf43926' + '313233343536373839');
  const parser = new FrameParser();
  parser.push(frame);
  const packet = decodePacket(parser.next()!.body);
  expect(packet).toMatchObject({ offset: 65_536, crc32: 0xcbf43926 });
  expect(Buffer.from(packet.data).toString()).toBe('123456789');
});

test('encodeFinish: fixture', () => {
  const frame = encodeFinish(2 ** 40 + 5);
  expect(hex(frame)).toBe('0000000a' + '01' + '08' + '0000010000000005');
  expect(decodeFinish(frame.subarray(6))).toBe(2 ** 40 + 5);
});

test('header frames: fixtures', () => {
  expect(hex(writeAck.encode({ receivedBytes: 300 }))).toBe('00000005' + '01' + '03' + '08ac02');
  const frame = readOpen.encode({ clusterId: 'c', chunkId: 7, version: 2, offsetBytes: 1, lengthBytes: 9, nodeId: 'dn-1' });
  expect(hex(frame)).toBe('00000013' + '01' + '05' + '0a0163' + '1007' + '1802' + '2001' + '2809' + '3204646e2d31');
  expect(readOpen.decode(frame.subarray(6))).toEqual({
    clusterId: 'c',
    chunkId: 7,
    version: 2,
    offsetBytes: 1,
    lengthBytes: 9,
    nodeId: 'dn-1',
  });
});

test('FrameParser: finds the same frames however the bytes are cut', () => {
  const frames = [encodePacket(0, new Uint8Array(1_000).fill(7)), encodeFinish(1_000), writeAck.encode({ receivedBytes: 5 })];
  const bytes = Buffer.concat(frames);
  for (const step of [1, 2, 3, 5, 6, 7, 100, 1_011, bytes.length]) {
    const parser = new FrameParser();
    const seen: string[] = [];
    for (let at = 0; at < bytes.length; at += step) {
      parser.push(bytes.subarray(at, at + step));
      for (let frame = parser.next(); frame !== null; frame = parser.next()) seen.push(`${frame.type}:${hex(frame.body)}`);
    }
    expect(seen).toEqual(frames.map((frame) => `${frame[5]}:${hex(frame.subarray(6))}`));
    expect(parser.pendingBytes).toBe(0);
  }
});

test('FrameParser: keeps a truncated frame pending', () => {
  const parser = new FrameParser();
  parser.push(encodeFinish(1).subarray(0, 10));
  expect(parser.next()).toBeNull();
  expect(parser.pendingBytes).toBe(10);
});

test.each([
  ['a claim of 4 GiB', 'ffffffff0107', /claims 4294967295 bytes/],
  ['a packet beyond one block', '0001000f0107', /claims 65551 bytes: at most 65550/],
  ['a length too short for version and type', '000000010107', /claims 1 bytes/],
  ['another version', '000000020207', /version 2/],
  ['an unknown type', '0000000201ff', /type 255/],
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n').toString('hex'), /version 47/],
])('FrameParser: refuses %s', (_name, bytes, message) => {
  const parser = new FrameParser();
  parser.push(Buffer.from(bytes, 'hex'));
  expect(() => parser.next()).toThrow(message);
});

test('FrameParser: takes the largest packet', () => {
  const parser = new FrameParser();
  parser.push(encodePacket(0, new Uint8Array(BLOCK_BYTES)));
  expect(parser.next()?.body.length).toBe(BLOCK_BYTES + 12);
});

test('decodePacket, decodeFinish: refuse bodies of the wrong size and numbers beyond 2^53', () => {
  expect(() => decodePacket(new Uint8Array(11))).toThrow(/too short/);
  expect(() => decodeFinish(new Uint8Array(7))).toThrow(/8 expected/);
  expect(() => decodeFinish(new Uint8Array(8).fill(255))).toThrow(/beyond 2\^53/);
  expect(() => decodePacket(new Uint8Array(12).fill(255))).toThrow(/beyond 2\^53/);
});

test('encodeHeaderFrame: an empty header is a whole frame', () => {
  expect(hex(encodeHeaderFrame(FrameType.ERROR, new Uint8Array()))).toBe('000000020109');
});
