/** A daemon started by hand, as an operator would: for black-box tests. */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startBin } from './processes.js';

interface Ready {
  readonly event: 'ready';
  readonly address: string;
  readonly pid: number;
}

export interface Daemon {
  readonly child: ChildProcess;
  /** Its first line. */
  readonly ready: Ready;
}

/** Ends a process at once; fine when it has ended. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/**
 * Starts a daemon and waits for its ready line.
 * @param onFinish registers what ends it when the test is over
 * @param openFiles the most that it may have open; 0: as the system says
 */
export async function startDaemon(
  onFinish: (clean: () => Promise<void>) => void,
  role: 'master' | 'datanode',
  args: readonly string[],
  openFiles = 0,
): Promise<Daemon> {
  const child = startBin('distrifs', [role, ...args, '--profile', 'fast'], {}, openFiles);
  onFinish(() => killed(child));
  const ready = await new Promise<Ready>((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (text.includes('\n')) resolve(JSON.parse(text.slice(0, text.indexOf('\n'))) as Ready);
    });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => (errors += piece));
    child.once('exit', (code) => {
      reject(new Error(`distrifs ${role} ended with ${code}: ${errors}`));
    });
  });
  return { child, ready };
}
