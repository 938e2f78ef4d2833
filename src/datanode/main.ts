/** A datanode as a process of its own, on a real machine. Run by `distrifs datanode`, which loads this file by path. */
import { runDaemon } from '../runtime/node/run-daemon.js';
import type { DataNodeConfig } from './base/config.js';
import { start } from './index.js';

/**
 * Runs a datanode until SIGTERM or SIGINT. Never rejects.
 * @param logFile default: standard error
 * @returns the process's exit code
 */
export function main(config: DataNodeConfig, dataDir: string, logFile?: string): Promise<number> {
  return runDaemon({
    role: 'datanode',
    name: config.nodeId ?? 'datanode',
    dataDir,
    ...(logFile === undefined ? {} : { logFile }),
    start: (runtime) => start(runtime, config),
  });
}
