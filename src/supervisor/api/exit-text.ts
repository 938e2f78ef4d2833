/** How the process or thread of a node ended, in words. Pure. */

/** Shows in a node's exit, in place of a signal, that its thread was killed. */
export const THREAD_KILLED = 'terminate';

/** @param signal of a node's exit; what stands there for a thread is no word for people */
export const signalText = (signal: string): string => (signal === THREAD_KILLED ? 'kill' : signal);
