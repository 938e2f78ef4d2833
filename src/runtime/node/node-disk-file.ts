/** An open file: complete reads and writes at a position, in as many system calls as needed. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { DfsError } from '../../shared/errors.js';
import type { DiskFile, OpenMode } from '../../shared/runtime.js';
import { changeOnDisk, onDisk } from './base/disk-error.js';

const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: constants.O_RDONLY,
  update: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT,
  exclusive: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
};

export class NodeDiskFile implements DiskFile {
  readonly #handle: FileHandle;
  readonly #path: string;

  readonly #onClosed: () => void;

  private constructor(handle: FileHandle, path: string, onClosed: () => void) {
    this.#handle = handle;
    this.#path = path;
    this.#onClosed = onClosed;
  }

  /**
   * @param path absolute
   * @param onClosed called when its descriptor is free again
   * @throws DfsError NOT_FOUND, NO_SPACE, READ_ONLY, RESOURCE_EXHAUSTED, IO_ERROR
   */
  static async open(path: string, mode: OpenMode, onClosed: () => void = () => undefined): Promise<NodeDiskFile> {
    const run = mode === 'read' ? onDisk : changeOnDisk;
    const handle = await run(`Cannot open "${path}" (${mode})`, () => open(path, FLAGS[mode], 0o644));
    const file = new NodeDiskFile(handle, path, onClosed);
    // The operating system opens a directory for reading without an error.
    try {
      if (mode === 'read') await file.#assertNoDirectory();
    } catch (error) {
      await file.close();
      throw error;
    }
    return file;
  }

  async #assertNoDirectory(): Promise<void> {
    const stats = await onDisk(`Cannot stat "${this.#path}"`, () => this.#handle.stat());
    if (stats.isDirectory()) throw new DfsError('IO_ERROR', `Cannot open "${this.#path}" (read): it is a directory`);
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return onDisk(`Cannot read ${target.length} bytes at ${position} of "${this.#path}"`, async () => {
      let filled = 0;
      while (filled < target.length) {
        const { bytesRead } = await this.#handle.read(target, filled, target.length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled;
    });
  }

  write(data: Uint8Array, position: number): Promise<void> {
    return onDisk(`Cannot write ${data.length} bytes at ${position} of "${this.#path}"`, async () => {
      let written = 0;
      while (written < data.length) {
        const { bytesWritten } = await this.#handle.write(data, written, data.length - written, position + written);
        if (bytesWritten === 0) throw new DfsError('IO_ERROR', `The system accepted no more bytes for "${this.#path}"`);
        written += bytesWritten;
      }
    });
  }

  sync(): Promise<void> {
    return onDisk(`Cannot fsync "${this.#path}"`, () => this.#handle.sync());
  }

  truncate(sizeBytes: number): Promise<void> {
    return onDisk(`Cannot truncate "${this.#path}" to ${sizeBytes} bytes`, () => this.#handle.truncate(sizeBytes));
  }

  sizeBytes(): Promise<number> {
    return onDisk(`Cannot stat "${this.#path}"`, async () => (await this.#handle.stat()).size);
  }

  async close(): Promise<void> {
    await onDisk(`Cannot close "${this.#path}"`, () => this.#handle.close());
    this.#onClosed();
  }
}
