/** Clears away what labs left that were killed: their paused nodes, their sockets and their temporary folders. */
import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { labEntries } from './lab-folder.js';
import { readRunningRecord, removeRunningRecord } from './lab-record.js';
import type { RunningRecord } from './lab-record.js';
import { commandLineOf, isRunning } from './process-identity.js';

/** A folder without a record may be a lab that starts just now. */
const UNRECORDED_AGE_MIN_MS = 60_000;
const GONE_WITHIN_MS = 2_000;

/**
 * Sweeps all labs whose process is gone. What cannot be swept (another user's) is left alone.
 * @param except an entry to leave alone
 */
export async function sweepLabs(except?: string): Promise<void> {
  await Promise.all(
    labEntries()
      .filter((entry) => entry !== except)
      .map(async (entry) => {
        try {
          await sweepEntry(entry);
        } catch {
          // Not ours to remove, or somebody else is sweeping it.
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

/** Only processes that are, by start time and command line (host-child.js, thread-host-child.js), the very ones that the lab started. */
async function killChildren(running: RunningRecord): Promise<void> {
  const children = running.children.filter((child) => isRunning(child) && commandLineOf(child.pid).includes('host-child.js'));
  for (const child of children) {
    try {
      process.kill(child.pid, 'SIGKILL');
    } catch {
      // Gone by itself.
    }
  }
  const deadline = performance.now() + GONE_WITHIN_MS;
  while (children.some(isRunning) && performance.now() < deadline) await delay(5);
}
