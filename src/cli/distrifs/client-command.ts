/** Runs a command with a client: connects, handles Ctrl-C, and converts failures into one line and an exit code. */
import type { DistriFS } from '../../index.js';
import type { ProfileName } from '../../shared/profile.js';
import type { Logger } from '../../shared/runtime.js';
import { complain, reasonOf } from '../terminal/cli-error.js';
import { UsageError } from '../terminal/usage-error.js';
import { EXIT_FAILED, EXIT_USAGE } from '../terminal/exit-codes.js';
import type { Call } from '../terminal/command-row.js';

/** Options of every command, before or after its name. */
export interface GlobalFlags {
  readonly master?: readonly string[];
  readonly profile?: ProfileName;
  readonly json?: boolean;
}

export interface ClientCommandContext {
  readonly client: DistriFS;
  /** Print JSON. */
  readonly json: boolean;
  /** Aborted on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

const EXIT_BY_SIGNAL: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

/** The masters from the command line, or from the environment. @throws UsageError when neither names a master */
export function mastersOf(flags: GlobalFlags): readonly string[] {
  if (flags.master !== undefined) return flags.master;
  throw new UsageError('no master given: use --master host:port[,host:port…], or set the variable DISTRIFS_MASTER');
}

/** A log that shows on a terminal what the client is waiting for. */
function terminalLogger(command: string): Logger {
  const ignore = (): void => undefined;
  const logger: Logger = {
    debug: ignore,
    info: ignore,
    warn(message, fields) {
      const reason = typeof fields?.['reason'] === 'string' ? ` (${fields['reason']})` : '';
      if (process.stderr.isTTY) complain(command, `${message}${reason}`);
    },
    error: ignore,
    child: () => logger,
  };
  return logger;
}

/**
 * Makes an action that runs with a client. The action sets the exit code: 0, 1 after a failure, 2 for wrong usage, 130 or 143 after
 * a signal. The action never rejects.
 */
export const withClient =
  <Args extends readonly unknown[], Flags>(action: (context: ClientCommandContext, call: Call<Args, Flags>) => Promise<void>) =>
  (call: Call<Args, Flags & GlobalFlags>): Promise<void> =>
    runWithClient(call.command.name(), call.flags, (context) => action(context, call));

async function runWithClient(
  name: string,
  flags: GlobalFlags,
  action: (context: ClientCommandContext) => Promise<void>,
): Promise<void> {
  const interrupt = new AbortController();
  let client: DistriFS | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    // A second signal ends the process immediately.
    if (interrupt.signal.aborted) process.exit(EXIT_BY_SIGNAL[signal] ?? EXIT_FAILED);
    process.exitCode = EXIT_BY_SIGNAL[signal] ?? EXIT_FAILED;
    interrupt.abort();
    void client?.close();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const master = mastersOf(flags);
    const { DistriFS } = await import('../../index.js');
    client = await DistriFS.connect({
      master,
      clientName: `distrifs ${name} ${process.pid}`,
      log: terminalLogger(name),
      ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    });
    await action({ client, json: flags.json === true, signal: interrupt.signal });
  } catch (error) {
    if (!interrupt.signal.aborted) {
      complain(name, reasonOf(error));
      process.exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
    }
  } finally {
    await client?.close();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    // Standard input may still be open, and would keep the process running.
    if (interrupt.signal.aborted) process.exit();
  }
}
