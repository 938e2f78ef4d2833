/** What people are told of each fault: one table for `lab help faults`. */
import type { FaultWord } from '../../supervisor/api/fault.js';

type Runtime = 'process' | 'thread' | 'simulation';

export interface FaultGuide {
  /** One line. */
  readonly does: string;
  readonly runtimes: readonly Runtime[];
  /** Where a thread does it less honestly than a process: how, in one line. */
  readonly inThreads?: string;
}

const EVERYWHERE: readonly Runtime[] = ['process', 'thread', 'simulation'];

const everywhere = (does: string, inThreads?: string): FaultGuide => ({
  does,
  runtimes: EVERYWHERE,
  ...(inThreads === undefined ? {} : { inThreads }),
});

/** In the order in which they are shown. */
export const FAULT_GUIDE: Readonly<Record<FaultWord, FaultGuide>> = {
  kill: everywhere(
    'ends the node at once, without a word to it: SIGKILL',
    'no SIGKILL: it ends when it next turns its event loop, after the file calls that are under way',
  ),
  powercut: everywhere(
    "as a power cut of the node's machine: links freeze, what was not fsynced is lost or torn, then it dies",
    'the disk freezes and is undone as for a process, but the thread ends after the file calls that are under way',
  ),
  stop: everywhere(
    'ends the node gracefully: SIGTERM; one that has not ended in time is killed',
    'the order comes as a message: no SIGTERM',
  ),
  restart: everywhere('starts the node again, on its data and address; one that runs is stopped first'),
  pause: everywhere(
    'freezes the node: it is there and says nothing, until resume: SIGSTOP',
    'freezes once the node next turns its event loop; file calls under way come to their end meanwhile',
  ),
  resume: everywhere('lets a paused node go on: SIGCONT'),
  wipe: everywhere('kills the node and empties its disk; it stays down until restart', 'as kill'),
  add: everywhere('starts a datanode that the cluster does not have yet, by the next free name'),
  'slow-cpu': everywhere(
    'takes so much of each 100 ms from the node that it does not run, as a CPU quota does',
    'a thread gives up its share between two turns of its event loop; a long computation is not cut short',
  ),
  partition: everywhere('cuts nodes off from others: a group, two halves, a bridge or a ring; stall holds bytes, reset breaks'),
  isolate: everywhere('cuts each of the nodes off from everyone'),
  delay: everywhere('holds what is sent back for so long, give or take jitter'),
  bandwidth: everywhere('lets so many bytes a second through'),
  reset: everywhere('breaks connections (RST) and refuses new ones'),
  refuse: everywhere('refuses new connections and leaves those that are open'),
  heal: everywhere(
    'ends faults of the network, all of them or those of the nodes; on a running lab every fault that is in force',
  ),
  bitflip: everywhere('flips a bit of a file; never in the last good copy'),
  truncate: everywhere('cuts a file short; never the last good copy'),
  remove: everywhere('removes a file; never the last good copy'),
  eio: everywhere('lets reads, writes or fsyncs fail with EIO: by chance, or where they touch one place'),
  enospc: everywhere('lets everything that needs room fail with ENOSPC'),
  slow: everywhere('makes each call of the disk take so much longer'),
  fill: everywhere("fills the node's disk up, to so many bytes of free space"),
  jump: everywhere("adds to the node's wall clock, once"),
  skew: everywhere("sets how far the node's wall clock is ahead, or behind"),
  drift: everywhere("lets the node's wall clock run too fast, or too slow"),
};

/** `lab help faults`. */
export function faultGuideLines(): string[] {
  const words = Object.keys(FAULT_GUIDE);
  const width = Math.max(...words.map((word) => word.length));
  const entries = Object.entries(FAULT_GUIDE);
  const row = (word: string, text: string): string => `  ${word.padEnd(width)}  ${text}`;
  const works = (runtimes: readonly Runtime[]): string =>
    EVERYWHERE.map((runtime) => (runtimes.includes(runtime) ? runtime[0] : '-')).join(' ');
  return [
    'Faults, in scenarios and as lab commands, and where they work: p process, t thread, s simulation',
    ...entries.map(([word, { does, runtimes }]) => row(word, `${works(runtimes)}  ${does}`)),
    '',
    'There is no loss: a byte stream cannot lose bytes and go on, because TCP sends them again. Take delay, bandwidth or stall.',
    '',
    'What a thread (--runtime thread) does less honestly than a process (--runtime process):',
    ...entries.flatMap(([word, { inThreads }]) => (inThreads === undefined ? [] : [row(word, inThreads)])),
    row('all', 'threads share a process, and the pool that does their file calls: when it dies, all nodes do'),
    'Verdicts about crashes come from processes, and from the simulation.',
    '',
    'The keys of a fault: lab help delay. What is in force on a running lab: lab faults. In the terminal UI: the key :',
  ];
}
