/** A time in which chunks lack replicas, for the line that says how it ended. Pure. */
import type { ChunkCounts } from '../../supervisor/api/cluster-status.js';
import { countOf } from './format.js';
import type { NewLogLine } from './log-lines.js';

export interface ChunkTrouble {
  /** Unix time. */
  readonly sinceMs: number;
  /** The most chunks without all their replicas at one time, those that are missing included. */
  readonly worst: number;
  /** Repairs that the masters had completed before. */
  readonly repairsBefore: number;
  /** When it was over, with the number of chunks then; the line waits for the next figure of repairs. */
  readonly over?: { readonly atMs: number; readonly total: number };
}

const lacking = ({ underReplicated, missing }: ChunkCounts): number => underReplicated + missing;

/** @returns the trouble after these figures; null: there is none */
export function nextTrouble(
  before: ChunkTrouble | null,
  { atMs, chunks }: { readonly atMs: number; readonly chunks: ChunkCounts },
  repairs: number,
): ChunkTrouble | null {
  const now = lacking(chunks);
  if (before === null) return now === 0 ? null : { sinceMs: atMs, worst: now, repairsBefore: repairs };
  const { over: _, ...trouble } = { ...before, worst: Math.max(before.worst, now) };
  return now === 0 ? { ...trouble, over: { atMs, total: chunks.total } } : trouble;
}

/**
 * The line that ends a trouble: how long it lasted, how many chunks it concerned, and what was copied meanwhile.
 * @param repairs a new leader counts from 0: then nothing is said of copies
 * @returns null while it lasts
 */
export function troubleOverLine({ sinceMs, worst, repairsBefore, over }: ChunkTrouble, repairs: number): NewLogLine | null {
  if (over === undefined) return null;
  const seconds = (Math.max(0, over.atMs - sinceMs) / 1_000).toFixed(1);
  const copied = repairs - repairsBefore;
  const copies = copied > 0 ? `, ${countOf(copied, 'replica')} copied` : '';
  const text = `chunks: all ${over.total} healthy after ${seconds}s, ${worst} not at worst${copies}`;
  return { atMs: over.atMs, tone: 'good', text };
}
