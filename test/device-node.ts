/** Device nodes of a test's own: a test of a command that may replace a device must not aim at one in /dev. */
import { execFileSync } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { join } from 'node:path';

/** Minor numbers of major 1, see mem(4) and full(4). */
const MINORS = { null: 3, full: 7 } as const;

/**
 * Makes a node for the device in a folder. A user who may not make one cannot replace the one in /dev either.
 * @returns the path of the device
 */
export function deviceNode(folder: string, name: keyof typeof MINORS): string {
  if (process.getuid?.() !== 0) return `/dev/${name}`;
  const path = join(folder, name);
  execFileSync('mknod', [path, 'c', '1', String(MINORS[name])]);
  closeSync(openSync(path, 'r'));
  return path;
}
