/** CRC32s of files of this machine, in the form in which commands show them. */
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from '../../../shared/crc32.js';
import { MIB } from '../../../shared/limits.js';

/** 8 hexadecimal digits, as perl's `crc32` prints them. */
export const crc32Digits = (value: number): string => value.toString(16).padStart(8, '0');

/** The CRC32 of the bytes [start, end) of an open file, fewer where the file ends before. @param signal ends it with an AbortError */
export async function crc32OfRange(
  file: Pick<FileHandle, 'read'>,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<number> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(MIB, Math.max(1, end - start)));
  let value = 0;
  for (let at = start; at < end;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at);
    if (bytesRead === 0) break;
    value = crc32(buffer.subarray(0, bytesRead), value);
    at += bytesRead;
  }
  return value;
}

/** The CRC32 and the length of a file. @throws Error of node:fs; AbortError */
export async function crc32OfFile(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly crc32: number; readonly length: number }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return { crc32: await crc32OfRange(file, 0, size, signal), length: size };
  } finally {
    await file.close();
  }
}
