/** Removes what killed labs left behind: paused nodes, sockets and temporary folders. */
import { existsSync, lstatSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { labEntries } from './lab-folder.js';
import { isOwn } from './own-path.js';
import { readRunningRecord, removeRunningRecord } from './lab-record.js';
import type { RunningRecord } from './lab-record.js';
import { commandLineOf, isRunning } from './process-identity.js';

/** A folder without a record may belong to a lab that is starting. */
const UNRECORDED_AGE_MIN_MS = 60_000;
const GONE_WITHIN_MS = 2_000;

/**
 * Sweeps all labs of this user whose process is gone. Labs that cannot be swept are skipped.
 * @param except an entry to skip
 * @param entries where labs were started
 */
export async function sweepLabs(except?: string, entries: () => readonly string[] = labEntries): Promise<void> {
  await Promise.all(
    entries()
      .filter((entry) => entry !== except)
      .map(async (entry) => {
        try {
          await sweepEntry(entry);
        } catch {
          // Another process sweeps it.
        }
      }),
  );
}

/** Ends the nodes that a killed lab left in this folder, so that the folder can be used again. */
export async function endLeftovers(dir: string): Promise<void> {
  const running = readRunningRecord(dir);
  if (running === null || isRunning(running.owner)) return;
  await killChildren(running);
  rmSync(join(dir, 'control.sock'), { force: true });
  removeRunningRecord(dir);
}

async function sweepEntry(entry: string): Promise<void> {
  const stats = lstatSync(entry);
  if (stats.isSymbolicLink() && existsSync(entry) && !isOwn(realpathSync(entry))) {
    // The record in a folder of another user may name processes of this user that are none of a lab.
    rmSync(entry, { force: true });
    return;
  }
  const running = readRunningRecord(entry);
  if (running !== null && isRunning(running.owner)) return;
  if (running === null && Date.now() - stats.mtimeMs < UNRECORDED_AGE_MIN_MS) return;
  if (stats.isSymbolicLink()) {
    await endLeftovers(entry);
    rmSync(entry, { force: true });
    return;
  }
  if (running !== null) await killChildren(running);
  rmSync(entry, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

/** Only processes that the lab started, verified by start time and command line (host-child, thread-host-child). */
async function killChildren(running: RunningRecord): Promise<void> {
  const children = running.children.filter((child) => isRunning(child) && commandLineOf(child.pid).includes('host-child.'));
  for (const child of children) {
    try {
      process.kill(child.pid, 'SIGKILL');
    } catch {
      // The process has ended by itself.
    }
  }
  const deadline = performance.now() + GONE_WITHIN_MS;
  while (children.some(isRunning) && performance.now() < deadline) await delay(5);
}
