/** Where files wait that have lost their name in a node's folder and may get it back: a folder beside it, that the node never sees. */
import { link, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { onDisk } from '../node/base/disk-error.js';

/** The attic of a node's folder: on the same file system. */
export const unlinkedFolderOf = (dataDir: string): string =>
  join(dirname(resolve(dataDir)), `.${basename(resolve(dataDir))}.undo`);

export class UnlinkedFiles {
  readonly #dataDir: string;
  readonly #dir: string;
  #made: Promise<unknown> | null = null;
  #names = 0;

  constructor(dataDir: string) {
    this.#dataDir = resolve(dataDir);
    this.#dir = unlinkedFolderOf(dataDir);
  }

  /** Path of what is kept here, below the node's folder's parent. */
  pathOf(name: string): string {
    return join(this.#dir, name);
  }

  /** Gives a file a second name here, so that another may take its first one. @returns that name, and the file's size */
  async keep(path: string): Promise<{ readonly name: string; readonly sizeBytes: number }> {
    const name = await this.#newName();
    await onDisk(`Cannot keep "${path}" for undo`, () => link(join(this.#dataDir, path), this.pathOf(name)));
    return { name, sizeBytes: await this.#sizeOf(name) };
  }

  /** Moves a file here: it is gone from the folder. As `keep`. */
  async take(path: string): Promise<{ readonly name: string; readonly sizeBytes: number }> {
    const name = await this.#newName();
    await onDisk(`Cannot remove "${path}"`, () => rename(join(this.#dataDir, path), this.pathOf(name)));
    return { name, sizeBytes: await this.#sizeOf(name) };
  }

  /** Moves it back, to any path; replaces what is there. */
  async give(name: string, path: string): Promise<void> {
    await onDisk(`Cannot put "${path}" back`, () => rename(this.pathOf(name), join(this.#dataDir, path)));
  }

  async discard(name: string): Promise<void> {
    await rm(this.pathOf(name), { recursive: true, force: true });
  }

  /** Removes all that is here, from whichever life of the node. */
  async clear(): Promise<void> {
    this.#made = null;
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #newName(): Promise<string> {
    await (this.#made ??= mkdir(this.#dir, { recursive: true }));
    return `file-${++this.#names}`;
  }

  async #sizeOf(name: string): Promise<number> {
    return (await onDisk(`Cannot stat what is kept as "${name}"`, () => lstat(this.pathOf(name)))).size;
  }
}
