/** Puts the screens on a terminal with Ink, until the person leaves. */
import { render, type Instance } from 'ink';
import type { ClusterControl } from '../supervisor/api/cluster-control.js';
import { App } from './components/app.js';
import { openTerminalScreen, terminalSize } from './terminal-screen.js';
import { createTheme, themeOptionsOf } from './theme.js';
import type { TuiActions } from './tui-actions.js';
import { TuiSession } from './tui-session.js';

export interface MountOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly profile: string | null;
  readonly signal: AbortSignal | undefined;
}

const LEAVING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Shows the UI and resolves when the person leaves, a signal asks the process to end, or the terminal is gone.
 * @throws whatever a component threw: a bug; the terminal is restored before
 */
export async function mountTui(control: ClusterControl, actions: TuiActions, options: MountOptions): Promise<void> {
  const { stdin, stdout, env, profile, signal } = options;
  const screen = openTerminalScreen(stdout);
  const session = new TuiSession(control, actions, { ...terminalSize(stdout), onRepaint: screen.repaint });
  const leave = (): void => session.leave();
  const follow = (): void => {
    const { columns, rows } = terminalSize(stdout);
    session.resize(columns, rows);
  };
  let instance: Instance | null = null;
  try {
    for (const name of LEAVING_SIGNALS) process.on(name, leave);
    stdout.on('resize', follow).on('error', leave);
    signal?.addEventListener('abort', leave);
    if (signal?.aborted === true) return;
    session.start();
    // Ink lays out, and the screen paints: `debug` hands over every frame whole. Ink's own painting clears the terminal with its
    // scrollback when the window shrinks, and shows nothing at all where the variable CI is set.
    instance = render(<App session={session} theme={createTheme(themeOptionsOf(env))} profile={profile} dir={control.dir} />, {
      stdin,
      stdout: screen.frames,
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
    });
    await Promise.race([session.left, instance.waitUntilExit()]);
  } finally {
    screen.close();
    session.close();
    instance?.unmount();
    for (const name of LEAVING_SIGNALS) process.off(name, leave);
    stdout.off('resize', follow).off('error', leave);
    signal?.removeEventListener('abort', leave);
  }
}
