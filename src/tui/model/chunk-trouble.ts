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
  /** The present figures: how many chunks lack replicas, since when, and the repairs that were completed then. */
  readonly figure: { readonly lacking: number; readonly sinceMs: number; readonly repairs: number };
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
  const figure = before?.figure.lacking === now ? before.figure : { lacking: now, sinceMs: atMs, repairs };
  if (before === null) return now === 0 ? null : { sinceMs: atMs, worst: now, repairsBefore: repairs, figure };
  const { over: _, ...trouble } = { ...before, worst: Math.max(before.worst, now), figure };
  return now === 0 ? { ...trouble, over: { atMs, total: chunks.total } } : trouble;
}

/** What the line of a new figure says of the one before: how long that one lasted, and what was copied meanwhile; empty: there is none. */
export function sinceLastFigure(before: ChunkTrouble | null, now: ChunkTrouble | null): string {
  if (before === null || now === null || before.figure === now.figure) return '';
  const { figure } = before;
  return ` (${secondsBetween(figure.sinceMs, now.figure.sinceMs)}s later${copiesText(now.figure.repairs - figure.repairs)})`;
}

const secondsBetween = (fromMs: number, toMs: number): string => (Math.max(0, toMs - fromMs) / 1_000).toFixed(1);
const copiesText = (copied: number): string => (copied > 0 ? `, ${countOf(copied, 'replica')} copied` : '');

/**
 * The line that ends a trouble: how long it lasted, how many chunks it concerned, and what was copied meanwhile.
 * @param repairs a new leader counts from 0: then nothing is said of copies
 * @returns null while it lasts
 */
export function troubleOverLine({ sinceMs, worst, repairsBefore, over }: ChunkTrouble, repairs: number): NewLogLine | null {
  if (over === undefined) return null;
  const copies = copiesText(repairs - repairsBefore);
  const text = `chunks: all ${over.total} healthy after ${secondsBetween(sinceMs, over.atMs)}s, ${worst} not at worst${copies}`;
  return { atMs: over.atMs, tone: 'good', text };
}
