/**
 * Entry point of the process of one run of a batch: clients of the scenario, cluster and verdict, separated from other runs. The
 * process ends with its run, and soon after its parent process.
 */
import { ProcessRun } from './process-run.js';
import { REAL_WORLD } from './run-scenario.js';
import { EXIT } from '../run/verdict-event.js';
import { lastWord } from './last-word.js';
import type { RunOrder, RunReport, RunTask } from './run-task.js';

/** Time to end in order after the parent is gone; the exit handlers kill what remains. */
const ABANDONED_WITHIN_MS = 10_000;

const interrupt = new AbortController();

function report(what: RunReport): void {
  if (process.connected) process.send?.(what);
}

async function run(task: RunTask): Promise<void> {
  const print = (event: Extract<RunReport, { type: 'event' }>['event']): void => report({ type: 'event', event });
  const exitCode = await new ProcessRun({ ...task, signal: interrupt.signal, print }, REAL_WORLD).run();
  lastWord(process, { type: 'ended', exitCode });
}

process.on('message', (order: RunOrder) => {
  if (order.type === 'run') void run(order.task);
  else interrupt.abort();
});
process.on('disconnect', () => {
  interrupt.abort();
  setTimeout(() => process.exit(EXIT.interrupted), ABANDONED_WITHIN_MS).unref();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
