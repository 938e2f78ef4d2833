/** The terminal UI's door: checks that there is a terminal, then loads and runs the UI. */
import { DfsError } from '../shared/errors.js';
import type { ClusterControl } from '../supervisor/api/cluster-control.js';
import type { TuiActions } from './tui-actions.js';

export interface TuiOptions {
  /** Default: the process's own. */
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
  /** Shown beside the cluster's id, such as the profile's name. */
  readonly profile?: string;
  /** Aborting it leaves the UI, as `q` does. */
  readonly signal?: AbortSignal;
}

/**
 * Checks that the UI can run; to be called before a cluster is started for it.
 * @throws DfsError INVALID_ARGUMENT when input or output is not a terminal
 */
export function requireTerminal(options: Pick<TuiOptions, 'stdin' | 'stdout'> = {}): void {
  const { stdin = process.stdin, stdout = process.stdout } = options;
  if (stdin.isTTY && stdout.isTTY) return;
  const which = stdout.isTTY ? 'input' : 'output';
  throw new DfsError(
    'INVALID_ARGUMENT',
    `Cannot show the terminal UI: standard ${which} is not a terminal. Run with --no-tui to do without it`,
  );
}

/**
 * Shows the cluster on the terminal's alternate screen until the person leaves (`q`, Ctrl-C), the process is asked to end
 * (SIGINT, SIGTERM, SIGHUP), the terminal goes away, or `signal` is aborted. The terminal is restored on every way out.
 * The cluster is left as it is: closing it is the caller's.
 * @throws DfsError INVALID_ARGUMENT when there is no terminal
 */
export async function startTui(control: ClusterControl, actions: TuiActions, options: TuiOptions = {}): Promise<void> {
  requireTerminal(options);
  // React picks its build when first loaded. Its development build records every render for ever in Node's performance timeline.
  process.env['NODE_ENV'] ??= 'production';
  const { mountTui } = await import('./mount-tui.js');
  const { stdin = process.stdin, stdout = process.stdout, profile = null, signal } = options;
  await mountTui(control, actions, { stdin, stdout, env: process.env, profile, signal });
}
