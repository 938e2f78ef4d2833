/** Opens files of this machine that are not regular ones without blocking a thread, so that a signal can end the command. */
import { closeSync, constants, createReadStream, fstatSync, openSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { isatty, ReadStream } from 'node:tty';

/** Pause between two looks for a reader of a fifo. */
const READER_POLL_MS = 50;

/** True when an open descriptor of this process (0: standard input) is this file, as /dev/stdin and /dev/stdout are. */
export function isDescriptor(descriptor: number, stats: Stats): boolean {
  try {
    const { dev, ino } = fstatSync(descriptor);
    return dev === stats.dev && ino === stats.ino;
  } catch {
    return false;
  }
}

/** A stream of the bytes of a fifo or a device. A fifo delivers bytes as soon as it has a writer. */
export function readSpecialFile(path: string, stats: Stats): Readable {
  if (isDescriptor(0, stats)) return process.stdin;
  if (stats.isFIFO()) return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), writable: false });
  if (!stats.isCharacterDevice()) return createReadStream(path);
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  if (isatty(descriptor)) return new ReadStream(descriptor);
  closeSync(descriptor);
  return createReadStream(path);
}

/**
 * A stream that writes into a fifo or a device. A fifo is opened when it has a reader.
 * @param signal ends the wait for a reader
 * @throws Error of node:fs; AbortError
 */
export async function writeSpecialFile(path: string, stats: Stats, signal: AbortSignal): Promise<Writable> {
  if (!stats.isFIFO()) return (await open(path, constants.O_WRONLY | constants.O_NOCTTY)).createWriteStream();
  for (;;) {
    try {
      return new Socket({ fd: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK), readable: false });
    } catch (error) {
      // The answer of a fifo without a reader, see fifo(7).
      if (!(error instanceof Error && 'code' in error && error.code === 'ENXIO')) throw error;
    }
    await delay(READER_POLL_MS, undefined, { signal });
  }
}
