/** A master as a process of its own, on a real machine. Run by `distrifs master`, which loads this file by path. */
import { runDaemon } from '../runtime/node/run-daemon.js';
import type { MasterConfig } from './base/config.js';
import { start } from './index.js';

export { inspectLog } from './log/inspect-log.js';

/**
 * Runs a master until SIGTERM or SIGINT. Never rejects.
 * @param logFile default: standard error
 * @returns the process's exit code
 */
export function main(config: MasterConfig, dataDir: string, logFile?: string): Promise<number> {
  return runDaemon({
    role: 'master',
    name: config.masterId,
    dataDir,
    ...(logFile === undefined ? {} : { logFile }),
    start: (runtime) => start(runtime, config),
  });
}
