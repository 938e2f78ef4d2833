/** Makes the names in a node's folder what a power cut left of them: files move between the folder and its attic. */
import { posix } from 'node:path';
import { isDfsError } from '../../shared/errors.js';
import type { Disk } from '../../shared/runtime.js';
import type { UnlinkedFiles } from './unlinked-files.js';
import type { Entry, Named } from './name-journal.js';

const pathOf = ({ directory, name }: Entry): string => posix.join(directory, name);
const depthOf = (entry: Entry): number => pathOf(entry).split('/').length;

/**
 * @param nodes what is where now; changed with it
 * @param entries what each name that was in doubt stands for; those not listed stay
 */
export async function restoreNames(
  disk: Disk,
  unlinkedFiles: UnlinkedFiles,
  nodes: Map<string, Named>,
  entries: readonly Entry[],
): Promise<void> {
  // Files leave before the directories that they are in: those take along what has no place any more.
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
  // A move of which only the second half is durable: it has both names.
  else if (node.path !== null) await unlinkedFiles.give((await unlinkedFiles.keep(node.path)).name, path);
  else if (node.kind === 'directory') await disk.makeDirectory(path);
  else return;
  node.kept = null;
  node.path = path;
}

/** What is in a directory that is lost is lost with it, and what somebody took from the folder behind the node's back stays away. */
export async function unlessGone(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isDfsError(error, 'NOT_FOUND')) throw error;
  }
}
