/**
 * Closes the files that threads left open. Node closes the open files of a thread when the thread ends, but not a file whose `open`
 * is in progress: the system opens the file, and no thread receives the descriptor. The file would stay open, and locked, until the
 * process ends.
 */
import { closeSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';

const DESCRIPTORS = '/proc/self/fd';
/** Suffix that Linux adds to the name of a removed file. */
const REMOVED = / \(deleted\)$/;

/**
 * Call it after the threads have ended: no thread then owns an open file of theirs, so that its number cannot belong to another
 * one.
 * Does nothing where the system has no /proc.
 * @param files absolute paths of files, or of folders with all that is in them, which nothing else in this process opens
 * @returns number of closed files
 */
export function closeLostDescriptors(files: readonly string[]): number {
  let open: readonly string[];
  try {
    open = readdirSync(DESCRIPTORS);
  } catch {
    return 0;
  }
  const owned = files.map(resolved);
  let closed = 0;
  for (const name of open) {
    const path = pathOf(name);
    if (path === null || !owned.some((file) => path === file || path.startsWith(file + sep))) continue;
    closeSync(Number(name));
    closed++;
  }
  return closed;
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** null: closed since the list was read. */
function pathOf(descriptor: string): string | null {
  try {
    return readlinkSync(`${DESCRIPTORS}/${descriptor}`).replace(REMOVED, '');
  } catch {
    return null;
  }
}
