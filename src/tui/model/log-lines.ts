/** The event log: cluster events and what the UI has to say, as lines; bounded, newest last. Pure. */
import { signalText } from '../../supervisor/api/exit-text.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { ChunkCounts, NodeState } from '../../supervisor/api/cluster-status.js';
import { countOf, printable } from './format.js';
import type { Tone } from './theme.js';

export interface LogLine {
  /** Unique and rising: a stable key. */
  readonly id: number;
  /** Unix time. */
  readonly atMs: number;
  readonly tone: Tone;
  readonly text: string;
  /** How many equal lines in a row this one stands for, at least 1. */
  readonly times: number;
  /** Set for lines of which only the latest in a row matters. */
  readonly topic: string | null;
}

/** A line before it is in the log. */
export type NewLogLine = Pick<LogLine, 'atMs' | 'tone' | 'text'> & { readonly topic?: string };

export const LOG_LINES_MAX = 200;
/** Of one line; what is longer is cut. */
const TEXT_LENGTH_MAX = 300;

const STATE_TONE: Readonly<Record<NodeState, Tone>> = {
  starting: 'plain',
  live: 'good',
  stale: 'warn',
  dead: 'bad',
  paused: 'warn',
  stopped: 'bad',
};

/**
 * The log with one line more. A line equal to the last one raises that one's count, and a newer word on the same topic
 * replaces the older one, so that a flood does not push everything else out.
 */
export function appendLine(log: readonly LogLine[], line: NewLogLine): readonly LogLine[] {
  const last = log.at(-1);
  const text = line.text.slice(0, TEXT_LENGTH_MAX);
  const added: LogLine = { id: (last?.id ?? 0) + 1, times: 1, ...line, text, topic: line.topic ?? null };
  if (last === undefined) return [added];
  if (last.text === text && last.tone === line.tone) {
    return [...log.slice(0, -1), { ...last, atMs: line.atMs, times: last.times + 1 }];
  }
  if (last.topic !== null && last.topic === added.topic) return [...log.slice(0, -1), added];
  return [...log.slice(-(LOG_LINES_MAX - 1)), added];
}

/** A cluster event as a line. */
export function lineOfEvent(event: ClusterEvent): NewLogLine {
  const { atMs } = event;
  switch (event.event) {
    case 'node-state':
      return { atMs, tone: STATE_TONE[event.to], text: `${event.node}: ${event.from} to ${event.to}` };
    case 'fault': {
      const harmless = event.action === 'heal' || event.action === 'resume' || event.action === 'restart';
      const nodes = event.nodes.length === 0 ? 'everything' : event.nodes.join(' ');
      return { atMs, tone: harmless ? 'plain' : 'warn', text: `${event.action} ${nodes}`, topic: topicOf(event) };
    }
    case 'fault-begin':
      return { atMs, tone: 'warn', text: `#${event.id} ${printable(event.text)}`, topic: topicOf(event) };
    case 'fault-end': {
      const what = `#${event.id} ${event.action} ended: ${printable(event.evidence)}`;
      return { atMs, tone: event.effects > 0 ? 'good' : 'warn', text: what };
    }
    case 'node-exit': {
      const how = event.signal === null ? `exit code ${event.code ?? 'unknown'}` : signalText(event.signal);
      return { atMs, tone: 'warn', text: `${event.node}: ended (${how})` };
    }
    case 'chunks':
      return { atMs, tone: toneOfChunks(event.chunks), text: chunkSummary(event.chunks), topic: topicOfChunks(event.chunks) };
    case 'leader':
      return { atMs, tone: 'good', text: `${event.node} leads in term ${event.term}` };
    case 'node-log': {
      return { atMs, tone: event.level === 'error' ? 'bad' : 'warn', text: `${event.node}: ${printable(event.message)}` };
    }
  }
}

/** The request of a fault and its beginning are one piece of news. */
const topicOf = ({ action, nodes }: { readonly action: string; readonly nodes: readonly string[] }): string =>
  [action, ...nodes].join(' ');

/** The total replaces itself while as many chunks lack something; a change of that is news of its own. */
const topicOfChunks = ({ missing, unreported, underReplicated }: ChunkCounts): string =>
  `chunks ${missing} ${unreported} ${underReplicated}`;

function toneOfChunks(chunks: ChunkCounts): Tone {
  if (chunks.missing > 0) return 'bad';
  return chunks.underReplicated + chunks.unreported > 0 ? 'warn' : 'good';
}

function chunkSummary({ total, healthy, underReplicated, missing, unreported }: ChunkCounts): string {
  if (missing + underReplicated + unreported === 0) return `chunks: all ${total} healthy`;
  const lost = `${missing > 0 ? `${missing} missing, ` : ''}${unreported > 0 ? `${unreported} unreported, ` : ''}`;
  return `chunks: ${lost}${underReplicated} under-replicated, ${healthy} healthy of ${countOf(total, 'chunk')}`;
}
