/**
 * Carries out one run of a batch, in this process or in a process of its own. Separate processes share nothing: the clients of
 * several runs would slow down one event loop for one another, and a crash would lose the results of all runs.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { programEntry } from '../../supervisor/host/program-entry.js';
import { ProcessRun } from './process-run.js';
import type { ScenarioWorld } from './process-run.js';
import { EXIT } from '../run/verdict-event.js';
import { sweepLabs } from '../../supervisor/folder/sweep-labs.js';
import type { RunOne, RunOrder, RunReport } from './run-task.js';
import { messageOf } from '../../shared/error-text.js';

/** Limit of the kept end of a crashed process's standard error: the reason is at the end. */
const LAST_WORDS_CHARS = 4_096;

/** Runs in this process. */
export const runHere =
  (world: ScenarioWorld): RunOne =>
  (task, print, signal) =>
    new ProcessRun({ ...task, signal, print }, world).run();

/** Runs in a process of its own; what remains after its crash is removed. */
export const runInProcess: RunOne = async (task, print, signal) => {
  let child: ChildProcess;
  try {
    child = fork(programEntry(new URL('../../lab/campaign/run-child.js', import.meta.url)), [], {
      execArgv: [],
      // A session of its own: this process receives Ctrl-C, and interrupts its runs.
      detached: true,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
  } catch (error) {
    print({ event: 'error', message: `The lab failed: ${messageOf(error)}` });
    return EXIT.labFailed;
  }
  const sendOrder = (order: RunOrder): void => {
    // A process that is gone receives nothing; its exit is reported.
    if (child.connected) child.send(order, () => undefined);
  };
  const ended: { exitCode?: number } = {};
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (lastWords = (lastWords + text).slice(-LAST_WORDS_CHARS)));
  child.on('message', (report: RunReport) => {
    if (report.type === 'event') print(report.event);
    else ended.exitCode = report.exitCode;
  });
  const onInterrupt = (): void => sendOrder({ type: 'interrupt' });
  signal.addEventListener('abort', onInterrupt, { once: true });
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`cannot be started: ${error.message}`));
    child.once('close', (code, by) => resolve(by === null ? `ended with exit code ${String(code)}` : `ended by ${by}`));
  });
  sendOrder({ type: 'run', task });
  if (signal.aborted) onInterrupt();
  const how = await gone;
  signal.removeEventListener('abort', onInterrupt);
  if (ended.exitCode !== undefined) return ended.exitCode;
  const words = lastWords.trim();
  print({ event: 'error', message: `The lab failed: the process of the run ${how}${words === '' ? '' : `: ${words}`}` });
  await sweepLabs();
  return EXIT.labFailed;
};
