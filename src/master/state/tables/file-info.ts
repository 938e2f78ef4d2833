/** What clients see of an inode. */
import type { FileInfo__Output } from '../../../protocol/generated/distrifs/v1/FileInfo.js';
import type { Inode } from './inode.js';

/** @param path where it is */
export function fileInfoOf(inode: Inode, path: string): FileInfo__Output {
  const isFile = inode.kind === 'file';
  return {
    fileId: inode.id,
    path,
    name: inode.name,
    kind: isFile ? 'FILE' : 'DIRECTORY',
    lengthBytes: isFile ? inode.lengthBytes : 0,
    replication: isFile ? inode.replication : 0,
    chunkSizeBytes: isFile ? inode.chunkSizeBytes : 0,
    chunkCount: isFile ? inode.chunkIds.length : 0,
    owner: inode.owner,
    group: inode.group,
    mode: inode.mode,
    modifiedMs: inode.modifiedMs,
    createdMs: inode.createdMs,
  };
}
