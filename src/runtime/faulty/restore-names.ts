/**
 * Brings the names in a node's folder to their state after a power cut: files move between the folder and the folder of unlinked
 * files.
 */
import { posix } from 'node:path';
import { isDfsError } from '../../shared/errors.js';
import type { Disk } from '../../shared/runtime.js';
import type { UnlinkedFiles } from './unlinked-files.js';
import type { Entry, Named } from './name-journal.js';

const pathOf = ({ directory, name }: Entry): string => posix.join(directory, name);
const depthOf = (entry: Entry): number => pathOf(entry).split('/').length;

/**
 * @param nodes current files and directories by path; updated
 * @param entries the final file or directory of each uncertain name; other names remain unchanged
 */
export async function restoreNames(
  disk: Disk,
  unlinkedFiles: UnlinkedFiles,
  nodes: Map<string, Named>,
  entries: readonly Entry[],
): Promise<void> {
  // Files are moved before the directories that contain them: removing a directory removes its remaining contents.
  const leaving = entries.flatMap((entry) => {
    const present = nodes.get(pathOf(entry));
    return present === undefined || present === entry.node ? [] : [{ entry, present }];
  });
  leaving.sort((one, other) => depthOf(other.entry) - depthOf(one.entry));
  for (const { entry, present } of leaving) {
    const path = pathOf(entry);
    await unlessGone(async () => {
      present.kept = (await unlinkedFiles.take(path)).name;
    });
    present.path = null;
    nodes.delete(path);
  }
  for (const entry of [...entries].sort((one, other) => depthOf(one) - depthOf(other))) {
    const { node } = entry;
    if (node === null || nodes.get(pathOf(entry)) === node) continue;
    await unlessGone(() => bringBack(disk, unlinkedFiles, node, pathOf(entry)));
    nodes.set(pathOf(entry), node);
  }
  for (const directory of new Set(entries.map((entry) => entry.directory))) await unlessGone(() => disk.syncDirectory(directory));
}

async function bringBack(disk: Disk, unlinkedFiles: UnlinkedFiles, node: Named, path: string): Promise<void> {
  if (node.kept !== null) await unlinkedFiles.give(node.kept, path);
  // Only the second half of a move is durable: the file has both names.
  else if (node.path !== null) await unlinkedFiles.give((await unlinkedFiles.keep(node.path)).name, path);
  else if (node.kind === 'directory') await disk.makeDirectory(path);
  else return;
  node.kept = null;
  node.path = path;
}

/** The contents of a lost directory are lost with it, and files removed from the folder by another process are not restored. */
export async function unlessGone(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isDfsError(error, 'NOT_FOUND')) throw error;
  }
}
