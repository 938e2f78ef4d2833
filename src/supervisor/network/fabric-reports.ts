/** Messages from the fabric's thread to the lab. */
import type { FaultHits } from './active-link-faults.js';
import type { LinkCounters } from './link-counters.js';

export type FabricReport =
  | { readonly type: 'listening'; readonly address: string }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'done'; readonly sequence: number }
  | { readonly type: 'hits'; readonly sequence: number; readonly hits: readonly FaultHits[] }
  | { readonly type: 'counters'; readonly sequence: number; readonly counters: readonly LinkCounters[] };
