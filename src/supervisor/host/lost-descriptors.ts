/**
 * Closes the files that threads left open. Node closes what a thread has open when it ends, but not the file whose `open` was under way:
 * the system opens it, and nobody is there any more to be told. It would stay open, and locked, as long as the process.
 */
import { closeSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';

const DESCRIPTORS = '/proc/self/fd';
/** What Linux adds to the name of a file that was removed. */
const REMOVED = / \(deleted\)$/;

/**
 * Call it when the threads are gone: an open file of theirs is then nobody's, so that its number cannot have become another's.
 * Does nothing where the system has no /proc.
 * @param files absolute paths of files, or of folders with all that is in them, that nobody else in this process opens
 * @returns how many were closed
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

/** null: closed since it was listed. */
function pathOf(descriptor: string): string | null {
  try {
    return readlinkSync(`${DESCRIPTORS}/${descriptor}`).replace(REMOVED, '');
  } catch {
    return null;
  }
}
