/** Runs a role as a process: log, Node runtime, ready line, signals, exit code. */
import type { Logger, RunningNode, Runtime } from '../../shared/runtime.js';
import { descriptorLimit } from './descriptor-limit.js';
import { createNodeRuntime } from './index.js';
import { createLogger } from './pino-logger.js';
import { proxyUrlFromEnvironment } from './proxy-environment.js';
import { messageOf } from '../../shared/error-text.js';
import { isDfsError } from '../../shared/errors.js';

/** As many as suffice for the connections that a node takes. */
const DESCRIPTORS_WANTED = 4_096;

export interface DaemonOptions {
  readonly role: 'master' | 'datanode';
  /** The name in the log: the node's id, or its role. */
  readonly name: string;
  readonly dataDir: string;
  /** The log file. Default: standard error. */
  readonly logFile?: string;
  readonly start: (runtime: Runtime) => Promise<RunningNode>;
}

const reasonOf = (error: unknown): string => messageOf(error);

/** The first line on standard output: JSON, or text on a terminal. */
function readyLine(options: DaemonOptions, address: string): string {
  const { role, dataDir } = options;
  if (process.stdout.isTTY) return `distrifs ${role} is ready on ${address}, data in ${dataDir} (Ctrl-C stops it)`;
  return JSON.stringify({ event: 'ready', role, address, dataDir, pid: process.pid });
}

/** A node needs a descriptor for each connection and each open file. */
function noteLimit(log: Logger): void {
  const limit = descriptorLimit();
  if (limit === null) return;
  const text = `This process may have ${limit} files and connections open`;
  if (limit >= DESCRIPTORS_WANTED) log.info(text, { limit });
  else log.warn(`${text}: beyond that, requests are refused. Raise the limit (ulimit -n, LimitNOFILE)`, { limit });
}

/** Resolves with the first SIGTERM or SIGINT. Later ones end the process at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.once(name, (signal) => {
        resolve(signal);
        process.once(name, () => process.exit(1));
      });
    }
  });
}

/**
 * Runs a node until a signal stops it, or it cannot continue. Never rejects.
 * @returns the exit code: 0 after SIGTERM or SIGINT, 1 when the start failed (with a one-line reason) or the node could not
 *   continue
 */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const complain = (text: string): void => void process.stderr.write(`distrifs ${options.role}: ${text}\n`);
  let logs: ReturnType<typeof createLogger>;
  try {
    logs = createLogger({ name: options.name, ...(options.logFile === undefined ? {} : { file: options.logFile }) });
  } catch (error) {
    complain(`Cannot open the log file: ${reasonOf(error)}`);
    return 1;
  }
  const { log } = logs;
  const dieOf = (what: string) => (error: unknown) => {
    log.error(`${what}: the process ends`, { error });
    logs.flush();
    process.exit(1);
  };
  process.on('uncaughtException', dieOf('Uncaught exception'));
  process.on('unhandledRejection', dieOf('Unhandled rejection'));
  const signalled = stopSignal();
  noteLimit(log);
  try {
    const proxyUrl = proxyUrlFromEnvironment(process.env);
    const host = createNodeRuntime({ dataDir: options.dataDir, log, ...(proxyUrl === undefined ? {} : { proxyUrl }) });
    try {
      const node = await options.start(host.runtime);
      process.stdout.write(`${readyLine(options, node.address)}\n`);
      const end = await Promise.race([signalled, node.failed]);
      if (typeof end === 'string') log.info('Stopping', { signal: end });
      await node.stop();
      if (typeof end === 'string') return 0;
      log.error('The node cannot continue', { error: end });
      complain(end.message);
      return 1;
    } finally {
      await host.close();
    }
  } catch (error) {
    // A typed error says what is wrong; the stack of any other one shows where.
    log.error('The node did not start', isDfsError(error) ? { code: error.code, reason: error.message } : { error });
    complain(reasonOf(error));
    return 1;
  } finally {
    logs.flush();
  }
}
