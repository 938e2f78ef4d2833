/** Runs a command with a client: connects, handles signals and time limits, and converts failures into one line and an exit code. */
import type { DistriFS } from '../../distri-fs.js';
import { DistriFSError } from '../../client/sdk-error.js';
import { proxyUrlFromEnvironment } from '../../runtime/node/proxy-environment.js';
import type { ProfileName } from '../../shared/profile.js';
import type { Logger } from '../../shared/runtime.js';
import { CommandVoice } from '../terminal/cli-error.js';
import { ENDING_SIGNALS, type EndingSignal, exitCodeOf } from '../terminal/ending-signals.js';
import { UsageError } from '../terminal/usage-error.js';
import { EXIT_FAILED, EXIT_USAGE } from '../terminal/exit-codes.js';
import type { Call } from '../terminal/command-row.js';
import { NoMasterError, watchMasters } from './master-watch.js';

/** Options of every command, before or after its name. */
export interface GlobalFlags {
  readonly master?: readonly string[];
  readonly profile?: ProfileName;
  readonly json?: boolean;
  /** Milliseconds, for the whole command. */
  readonly timeout?: number;
}

export interface ClientCommandContext {
  readonly client: DistriFS;
  /** Print JSON. */
  readonly json: boolean;
  /** Aborted on Ctrl-C, SIGTERM and SIGHUP, and when the command has no time left. */
  readonly signal: AbortSignal;
  /** Writes to standard error what is no failure. */
  readonly warn: (text: string) => void;
  /** Reports a failure that does not end the command; its exit code will be 1. */
  readonly fail: (error: unknown) => void;
}

/** The masters from the command line, or from the environment. @throws UsageError when neither names a master */
export function mastersOf(flags: GlobalFlags): readonly string[] {
  if (flags.master !== undefined) return flags.master;
  throw new UsageError('no master given: use --master host:port[,host:port…], or set the variable DISTRIFS_MASTER');
}

/** A log that shows on a terminal what the client is waiting for. */
function terminalLogger(voice: CommandVoice): Logger {
  const ignore = (): void => undefined;
  const logger: Logger = {
    debug: ignore,
    info: ignore,
    warn(message, fields) {
      const reason = typeof fields?.['reason'] === 'string' ? ` (${fields['reason']})` : '';
      if (process.stderr.isTTY) voice.warn(`${message}${reason}`);
    },
    error: ignore,
    child: () => logger,
  };
  return logger;
}

/**
 * Makes an action that runs with a client. The action sets the exit code: 0, 1 after a failure, 2 for wrong usage, 128 + n after
 * signal n. The action never rejects.
 * @param check throws UsageError for arguments that are wrong together, before anything else is done
 */
export const withClient =
  <Args extends readonly unknown[], Flags>(
    action: (context: ClientCommandContext, call: Call<Args, Flags>) => Promise<void>,
    check: (call: Call<Args, Flags>) => unknown = () => undefined,
  ) =>
  (call: Call<Args, Flags & GlobalFlags>): Promise<void> =>
    runWithClient(
      call.command.name(),
      call.flags,
      () => check(call),
      (context) => action(context, call),
    );

async function runWithClient(
  name: string,
  flags: GlobalFlags,
  check: () => unknown,
  action: (context: ClientCommandContext) => Promise<void>,
): Promise<void> {
  const json = flags.json === true;
  const voice = new CommandVoice(name, json);
  const ending = new AbortController();
  let client: DistriFS | null = null;
  const end = (exitCode: number): void => {
    process.exitCode = exitCode;
    ending.abort();
    void client?.close();
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    // Only these signals are listened to.
    const exitCode = exitCodeOf(signal as EndingSignal);
    // A second signal ends the process immediately.
    if (ending.signal.aborted) process.exit(exitCode);
    end(exitCode);
  };
  const failWith = (error: NoMasterError): void => {
    if (ending.signal.aborted) return;
    voice.fail(error);
    end(EXIT_FAILED);
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  const done = new AbortController();
  const timer = limitTime(flags, () => client?.isConnected === true, failWith);
  const fail = (error: unknown): void => {
    // A person who interrupts a command learns when it may have been carried out.
    const isUnknown = error instanceof DistriFSError && error.dfsCode === 'OUTCOME_UNKNOWN';
    if (!ending.signal.aborted || isUnknown) voice.fail(error);
    if (!ending.signal.aborted) process.exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
  };
  try {
    check();
    const masters = mastersOf(flags);
    const { DistriFS } = await import('../../distri-fs.js');
    const connected = await DistriFS.connect({
      master: masters,
      clientName: `distrifs ${name} ${process.pid}`,
      log: terminalLogger(voice),
      ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    });
    client = connected;
    // The time limit, or a signal, may have come while the client was loaded.
    ending.signal.throwIfAborted();
    const proxyUrl = proxyUrlFromEnvironment(process.env);
    const warn = (text: string): void => voice.warn(text);
    void watchMasters({ masters, proxyUrl, isConnected: () => connected.isConnected, warn, end: failWith }, done.signal);
    await action({ client: connected, json, signal: ending.signal, warn, fail });
  } catch (error) {
    fail(error);
  } finally {
    done.abort();
    clearTimeout(timer);
    await client?.close();
    for (const signal of ENDING_SIGNALS) process.off(signal, onSignal);
    // Standard input may still be open, and would keep the process running.
    if (ending.signal.aborted) process.exit();
  }
}

/** Starts the timer of `--timeout`. */
function limitTime(
  { timeout, master }: GlobalFlags,
  isConnected: () => boolean,
  failWith: (error: NoMasterError) => void,
): NodeJS.Timeout | undefined {
  if (timeout === undefined) return undefined;
  return setTimeout(() => {
    const what = isConnected() ? 'the command did not end' : `no master answered (${master?.join(', ') ?? 'none is named'})`;
    failWith(new NoMasterError('ETIMEDOUT', `${what} within ${timeout} ms`));
  }, timeout);
}
