/**
 * A folder that is kept open, so that its fsync needs no other descriptor. A plain descriptor, as that of the lock: the garbage collector would
 * close a FileHandle of a node that was given up.
 */
import { close, constants, fsync, open } from 'node:fs';
import { promisify } from 'node:util';

const openDescriptor = promisify(open);
const fsyncDescriptor = promisify(fsync);
const closeDescriptor = promisify(close);

export class FolderDescriptor {
  readonly #descriptor: number;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** @throws the error of open(2) */
  static async open(folder: string): Promise<FolderDescriptor> {
    return new FolderDescriptor(await openDescriptor(folder, constants.O_RDONLY | constants.O_DIRECTORY));
  }

  /** @throws the error of fsync(2) */
  sync(): Promise<void> {
    return fsyncDescriptor(this.#descriptor);
  }

  /** To be called once, when no fsync is under way. */
  close(): Promise<void> {
    return closeDescriptor(this.#descriptor);
  }
}
