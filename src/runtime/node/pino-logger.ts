/**
 * The log of a process: JSON lines by pino, written synchronously, so that a SIGKILL loses none.
 *
 *   {"level":"warn","time":"2026-01-02T03:04:05.678Z","pid":7,"name":"dn-1","msg":"…", …fields}
 */
import { dirname } from 'node:path';
import { destination, type Logger as PinoLogger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { LogFields, Logger } from '../../shared/runtime.js';
import { makeDirectoriesSync } from './base/make-directories.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

interface LoggerOptions {
  /** The id of the logging node. */
  readonly name: string;
  /** The lowest level that is written. Default: `info`. */
  readonly level?: LogLevel;
  /** The log file, opened for appending; a missing file is made, with its folder. Default: standard error. */
  readonly file?: string;
}

interface ProcessLog {
  readonly log: Logger;
  /** Writes the lines that a full pipe has delayed. */
  flush(): void;
}

const STDERR = 2;

/**
 * Opens a log.
 * @throws Error of node:fs when the file cannot be opened
 */
export function createLogger(options: LoggerOptions): ProcessLog {
  if (options.file !== undefined) makeDirectoriesSync(dirname(options.file));
  const sink = destination({ dest: options.file ?? STDERR, sync: true, append: true });
  // A full disk or a closed pipe costs log lines, never the node.
  sink.on('error', () => undefined);
  const root = pino(
    {
      level: options.level ?? 'info',
      base: { pid: process.pid, name: options.name },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.errWithCause, cause: stdSerializers.errWithCause },
    },
    sink,
  );
  return { log: adapt(root), flush: () => sink.flushSync() };
}

function adapt(logger: PinoLogger): Logger {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void => {
      logger[level](fields, message);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => adapt(logger.child(fields)),
  };
}
