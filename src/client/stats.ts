/** The attributes of a file or directory, in the shape of node:fs. */
import type { FileInfo__Output } from '../protocol/generated/distrifs/v1/FileInfo.js';

/** File type bits of a mode, as in stat(2). */
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;

export class Stats {
  readonly path: string;
  /** The last component of the path; '' for the root. */
  readonly name: string;
  readonly kind: 'file' | 'directory';
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** Permission and file type bits. */
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
  /** Unix milliseconds. */
  readonly mtimeMs: number;
  readonly birthtimeMs: number;
  /** Copies of each chunk; 0 for a directory. */
  readonly replication: number;
  /** Bytes; 0 for a directory. */
  readonly chunkSize: number;
  readonly chunkCount: number;
  /** The inode number in the cluster. */
  readonly ino: number;

  constructor(info: FileInfo__Output) {
    this.path = info.path;
    this.name = info.name;
    this.kind = info.kind === 'DIRECTORY' ? 'directory' : 'file';
    this.size = info.lengthBytes;
    this.mode = info.mode | (this.kind === 'directory' ? S_IFDIR : S_IFREG);
    this.owner = info.owner;
    this.group = info.group;
    this.mtimeMs = info.modifiedMs;
    this.birthtimeMs = info.createdMs;
    this.replication = info.replication;
    this.chunkSize = info.chunkSizeBytes;
    this.chunkCount = info.chunkCount;
    this.ino = info.fileId;
  }

  get mtime(): Date {
    return new Date(this.mtimeMs);
  }

  get birthtime(): Date {
    return new Date(this.birthtimeMs);
  }

  isFile(): boolean {
    return this.kind === 'file';
  }

  isDirectory(): boolean {
    return this.kind === 'directory';
  }

  /** Always false: DistriFS has no symbolic links. Present for programs written for node:fs. */
  isSymbolicLink(): boolean {
    return false;
  }
}
