/** What the namespace is made of: directories, files, and files that are still being written. */
import { SortedNames } from './sorted-names.js';
import type { Digestible } from './digest.js';

export const ROOT_ID = 1;
/** The parent of what was taken out of the tree and waits to be forgotten, and of the root. */
export const DETACHED = 0;

export interface Attributes {
  readonly owner: string;
  readonly group: string;
  readonly mode: number;
  readonly createdMs: number;
}

interface InodeFields extends Attributes {
  readonly id: number;
  parentId: number;
  name: string;
  modifiedMs: number;
}

export class Directory implements InodeFields, Digestible {
  readonly kind = 'directory';
  readonly id: number;
  parentId: number;
  name: string;
  readonly owner: string;
  readonly group: string;
  readonly mode: number;
  readonly createdMs: number;
  modifiedMs: number;
  digestPart = 0;
  /** Invariant: the same names as in `names`; each child's parentId is this id. */
  readonly children = new Map<string, Inode>();
  readonly names = new SortedNames();

  constructor(id: number, parentId: number, name: string, attributes: Attributes) {
    this.id = id;
    this.parentId = parentId;
    this.name = name;
    this.owner = attributes.owner;
    this.group = attributes.group;
    this.mode = attributes.mode;
    this.createdMs = attributes.createdMs;
    this.modifiedMs = attributes.createdMs;
  }

  digestText(): string {
    return `d ${this.id} ${this.parentId} ${this.name}/${this.owner}/${this.group}/${this.mode} ${this.createdMs} ${this.modifiedMs}`;
  }
}

/** A file, pending until it is completed. Its chunks' records carry its id and their index: the digest has them from there. */
export class FileInode implements InodeFields, Digestible {
  readonly kind = 'file';
  readonly id: number;
  /** While pending: where it will appear. */
  parentId: number;
  name: string;
  readonly owner: string;
  readonly group: string;
  readonly mode: number;
  readonly createdMs: number;
  modifiedMs: number;
  digestPart = 0;
  readonly replication: number;
  readonly chunkSizeBytes: number;
  lengthBytes = 0;
  /** By index; 0 where a pending file has no chunk yet. A completed file has no holes. */
  readonly chunkIds: number[] = [];
  /** The writer's session; null once the file is complete. */
  pending: { readonly sessionId: number; readonly overwrite: boolean } | null;

  constructor(
    id: number,
    place: { readonly parentId: number; readonly name: string },
    attributes: Attributes,
    shape: { readonly replication: number; readonly chunkSizeBytes: number },
    pending: FileInode['pending'],
  ) {
    this.id = id;
    this.parentId = place.parentId;
    this.name = place.name;
    this.owner = attributes.owner;
    this.group = attributes.group;
    this.mode = attributes.mode;
    this.createdMs = attributes.createdMs;
    this.modifiedMs = attributes.createdMs;
    this.replication = shape.replication;
    this.chunkSizeBytes = shape.chunkSizeBytes;
    this.pending = pending;
  }

  digestText(): string {
    const pending = this.pending === null ? '' : `${this.pending.sessionId} ${this.pending.overwrite}`;
    return (
      `f ${this.id} ${this.parentId} ${this.name}/${this.owner}/${this.group}/${this.mode} ${this.createdMs} ${this.modifiedMs} ` +
      `${this.replication} ${this.chunkSizeBytes} ${this.lengthBytes} ${pending}`
    );
  }
}

/** What a directory can hold. */
export type Inode = Directory | FileInode;

interface ImageFields extends Attributes {
  readonly id: number;
  readonly parentId: number;
  readonly name: string;
  readonly modifiedMs: number;
}

/** What a checkpoint holds of an inode. What a directory contains follows from its children's parents, a file's chunks from theirs. */
export type InodeImage =
  | (ImageFields & { readonly kind: 'directory' })
  | (ImageFields & {
      readonly kind: 'file';
      readonly replication: number;
      readonly chunkSizeBytes: number;
      readonly lengthBytes: number;
      readonly chunkIds: { readonly length: number };
      readonly pending: FileInode['pending'];
    });

export function inodeImageOf(inode: Inode): InodeImage {
  const { id, parentId, name, owner, group, mode, createdMs, modifiedMs } = inode;
  const fields = { id, parentId, name, owner, group, mode, createdMs, modifiedMs };
  if (inode.kind === 'directory') return { kind: 'directory', ...fields };
  const { replication, chunkSizeBytes, lengthBytes, chunkIds, pending } = inode;
  return { kind: 'file', ...fields, replication, chunkSizeBytes, lengthBytes, chunkIds: { length: chunkIds.length }, pending };
}
