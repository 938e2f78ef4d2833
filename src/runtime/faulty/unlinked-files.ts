/**
 * Keeps files without a name in a node's folder that may get their name back, in a separate folder that is invisible to the node.
 */
import { link, lstat, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { onDisk } from '../node/base/disk-error.js';
import { makeDirectories } from '../node/base/make-directories.js';

/** The folder of unlinked files of a node's folder, on the same file system. */
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

  /** Path of a kept file, below the parent of the node's folder. */
  pathOf(name: string): string {
    return join(this.#dir, name);
  }

  /** Gives a file a second name here, so that another file can replace it. @returns the second name, and the file's size */
  async keep(path: string): Promise<{ readonly name: string; readonly sizeBytes: number }> {
    const name = await this.#newName();
    await onDisk(`Cannot keep "${path}" for undo`, () => link(join(this.#dataDir, path), this.pathOf(name)));
    return { name, sizeBytes: await this.#sizeOf(name) };
  }

  /** Moves a file here, and thereby removes it from the node's folder. Returns the same as `keep`. */
  async take(path: string): Promise<{ readonly name: string; readonly sizeBytes: number }> {
    const name = await this.#newName();
    await onDisk(`Cannot remove "${path}"`, () => rename(join(this.#dataDir, path), this.pathOf(name)));
    return { name, sizeBytes: await this.#sizeOf(name) };
  }

  /** Moves a file back, to any path; replaces an existing file. */
  async give(name: string, path: string): Promise<void> {
    await onDisk(`Cannot put "${path}" back`, () => rename(this.pathOf(name), join(this.#dataDir, path)));
  }

  async discard(name: string): Promise<void> {
    await rm(this.pathOf(name), { recursive: true, force: true });
  }

  /** Removes all kept files, including those of earlier processes of the node. */
  async clear(): Promise<void> {
    this.#made = null;
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #newName(): Promise<string> {
    await (this.#made ??= makeDirectories(this.#dir));
    return `file-${++this.#names}`;
  }

  async #sizeOf(name: string): Promise<number> {
    return (await onDisk(`Cannot stat the unlinked file "${name}"`, () => lstat(this.pathOf(name)))).size;
  }
}
