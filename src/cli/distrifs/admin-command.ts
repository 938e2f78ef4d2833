/** Runs an administration command: connects to the masters, and converts failures into one line and an exit code. */
import { tmpdir } from 'node:os';
import type { MasterAdmin } from '../../client/admin/master-admin.js';
import { type Timings, timingsOf } from '../../shared/profile.js';
import type { Logger, Runtime } from '../../shared/runtime.js';
import { CommandVoice } from '../terminal/cli-error.js';
import { UsageError } from '../terminal/usage-error.js';
import { EXIT_FAILED, EXIT_USAGE } from '../terminal/exit-codes.js';
import type { Call } from '../terminal/command-row.js';
import { type GlobalFlags, mastersOf } from './client-command.js';

export interface AdminContext {
  readonly admin: MasterAdmin;
  /** For connections to datanodes. */
  readonly runtime: Runtime;
  readonly timings: Timings;
  /** Print JSON. */
  readonly json: boolean;
  /** Prints a warning on standard error. */
  readonly warn: (text: string) => void;
}

export const SILENT_LOGGER: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT_LOGGER,
};

const voiceOf = ({ command, flags }: Call<readonly unknown[], GlobalFlags>): CommandVoice =>
  new CommandVoice(`admin ${command.name()}`, flags.json === true);

/** Makes an action that sets the exit code: 0, 1 after a failure, 2 for wrong usage. The action never rejects. */
export const reportingFailure =
  <Args extends readonly unknown[], Flags>(action: (call: Call<Args, Flags>) => Promise<void>) =>
  async (call: Call<Args, Flags & GlobalFlags>): Promise<void> => {
    try {
      await action(call);
    } catch (error) {
      voiceOf(call).fail(error);
      process.exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
    }
  };

/** The same as reportingFailure, with the masters named on the command line. */
export const withMasters = <Args extends readonly unknown[], Flags>(
  action: (context: AdminContext, call: Call<Args, Flags>) => Promise<void>,
): ((call: Call<Args, Flags & GlobalFlags>) => Promise<void>) =>
  reportingFailure(async (call: Call<Args, Flags & GlobalFlags>) => {
    const { flags } = call;
    const masters = mastersOf(flags);
    const [{ MasterAdmin }, { createNodeRuntime }, { proxyUrlFromEnvironment }] = await Promise.all([
      import('../../client/admin/master-admin.js'),
      import('../../runtime/node/index.js'),
      import('../../runtime/node/proxy-environment.js'),
    ]);
    const proxyUrl = proxyUrlFromEnvironment(process.env);
    const proxy = proxyUrl === undefined ? {} : { proxyUrl };
    // The client stores nothing on disk: the folder is never made.
    const { runtime, close } = createNodeRuntime({ dataDir: `${tmpdir()}/distrifs-admin`, log: SILENT_LOGGER, ...proxy });
    try {
      const timings = timingsOf(flags.profile ?? 'realistic');
      const rpcDeadlineMs = Math.min(timings.rpcDeadlineMs, flags.timeout ?? Infinity);
      const admin = new MasterAdmin(runtime, masters, { ...timings, rpcDeadlineMs });
      const voice = voiceOf(call);
      const warn = (text: string): void => voice.warn(text);
      await action({ admin, runtime, timings, json: flags.json === true, warn }, call);
    } finally {
      await close();
    }
  });
