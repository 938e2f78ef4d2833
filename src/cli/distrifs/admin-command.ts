/** Runs a command that asks the masters themselves: connects, turns failures into one line and an exit code. */
import { tmpdir } from 'node:os';
import type { Command } from 'commander';
import type { MasterAdmin } from '../../client/admin/master-admin.js';
import { timingsOf } from '../../shared/profile.js';
import type { Logger } from '../../shared/runtime.js';
import { complain, EXIT_FAILED, EXIT_USAGE, reasonOf, UsageError } from '../terminal/cli-error.js';
import { type GlobalFlags, mastersOf } from './client-command.js';

export interface AdminContext {
  readonly admin: MasterAdmin;
  /** Print JSON. */
  readonly json: boolean;
  /** Says something to the person, beside the results. */
  readonly warn: (text: string) => void;
}

export const SILENT_LOGGER: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT_LOGGER,
};

/** Runs `action` and sets the exit code: 0, 1 when it failed, 2 for wrong usage. Never rejects. */
export async function reportingFailure(command: Command, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    complain(`admin ${command.name()}`, reasonOf(error));
    process.exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
  }
}

/** As reportingFailure, with the masters that the command line names. */
export function runWithMasters(command: Command, action: (context: AdminContext) => Promise<void>): Promise<void> {
  return reportingFailure(command, async () => {
    const flags = command.optsWithGlobals<GlobalFlags>();
    const masters = mastersOf(flags);
    const [{ MasterAdmin }, { createNodeRuntime }, { proxyUrlFromEnvironment }] = await Promise.all([
      import('../../client/admin/master-admin.js'),
      import('../../runtime/node/index.js'),
      import('../../runtime/node/proxy-environment.js'),
    ]);
    const proxyUrl = proxyUrlFromEnvironment(process.env);
    const proxy = proxyUrl === undefined ? {} : { proxyUrl };
    // Nothing is kept on disk: the folder is never made.
    const { runtime, close } = createNodeRuntime({ dataDir: `${tmpdir()}/distrifs-admin`, log: SILENT_LOGGER, ...proxy });
    try {
      const admin = new MasterAdmin(runtime, masters, timingsOf(flags.profile ?? 'realistic'));
      const warn = (text: string): void => complain(`admin ${command.name()}`, text);
      await action({ admin, json: flags.json === true, warn });
    } finally {
      await close();
    }
  });
}
