/** Histories written down in a line each, and brute force to compare the search with. */
import { createHash } from 'node:crypto';
import type { Operation } from '../../../src/lab/history/operation.js';

export const sha = (content: string): string => createHash('sha256').update(content).digest('hex');

/** `[client, kind path (> toPath | =content)?, from, to | null, outcome?]`; outcome: ok, an errno, unknown, `=content`, `[names]`, absent. */
export type Row = readonly [client: string, what: string, fromMs: number, toMs: number | null, outcome?: string];

/** `mkdir-p` and `delete-r` are mkdir with parents and delete with all that is below. */
export function history(rows: readonly Row[]): Operation[] {
  return rows
    .map(([client, what, invokedMs, completedMs, outcome = 'ok'], index): Operation => {
      const [word = '', path = '', sign, rest = ''] = what.split(' ');
      const kind = word.replace(/-.*/, '') as Operation['kind'];
      const isFailure = /^E[A-Z]+$/.test(outcome);
      return {
        id: index + 1,
        client,
        kind,
        path,
        invokedMs,
        completedMs,
        outcome: outcome === 'unknown' ? 'unknown' : isFailure ? 'fail' : 'ok',
        ...(word === 'mkdir-p' ? { parents: true } : {}),
        ...(word === 'delete-r' ? { recursive: true } : {}),
        ...(sign === '>' ? { toPath: rest } : {}),
        ...(sign === '=' ? { sha256: sha(rest) } : {}),
        ...(outcome.startsWith('=') ? { sha256: sha(outcome.slice(1)) } : {}),
        ...(outcome.startsWith('[') ? { names: outcome.slice(1, -1).split(',').filter(Boolean) } : {}),
        ...(kind === 'stat' && !isFailure && outcome !== 'unknown' ? { exists: outcome !== 'absent' } : {}),
        ...(isFailure ? { error: outcome } : {}),
      };
    })
    .sort((a, b) => a.invokedMs - b.invokedMs);
}
