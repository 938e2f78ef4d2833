/** A node's folder on this machine as the lab looks at it and damages it, behind the node's back. */
import {
  closeSync,
  cpSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import type { DamageableDisk } from '../faults/good-copies.js';

/** Changes end in the page cache: they are there for the node at once, and nothing is fsynced. */
export class FolderDisk implements DamageableDisk {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Files of the folder itself, where replicas are; none when there is no folder. */
  files(): readonly string[] {
    try {
      return readdirSync(this.#dir, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name);
    } catch {
      return [];
    }
  }

  readFile(path: string): Uint8Array {
    return readFileSync(join(this.#dir, path));
  }

  flipBit(path: string, byteOffset: number, bit: number): void {
    // That byte alone: a node may be appending to the file.
    const file = openSync(join(this.#dir, path), 'r+');
    try {
      const byte = new Uint8Array(1);
      readSync(file, byte, 0, 1, byteOffset);
      byte[0] = (byte[0] ?? 0) ^ (1 << bit);
      writeSync(file, byte, 0, 1, byteOffset);
    } finally {
      closeSync(file);
    }
  }

  writeFile(path: string, bytes: Uint8Array): void {
    writeFileSync(join(this.#dir, path), bytes);
  }

  removeFile(path: string): void {
    rmSync(join(this.#dir, path));
  }

  /** Removes everything in the folder. */
  empty(): void {
    for (const name of readdirSync(this.#dir)) rmSync(join(this.#dir, name), { recursive: true, force: true });
  }
}

/** What the files below a folder have in all, in bytes; 0 when there is no folder. Those that go while it looks count as gone. */
export function usedBytesOf(dir: string): number {
  let entries: Dirent[];
  try {
    entries = readdirSync(dir, { withFileTypes: true });
  } catch {
    return 0;
  }
  const sizes = entries.map((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? usedBytesOf(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  });
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

/** Replaces a folder by a copy of another one. The node of the folder must not run, or be paused. */
export function copyFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
}
