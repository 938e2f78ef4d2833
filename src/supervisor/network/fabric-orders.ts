/** Messages from the lab to the fabric's thread. Each order is answered by one report with the same sequence number. */
import type { FabricTable } from './fabric-rules.js';
import type { FabricNode } from './fabric-server.js';

export type FabricOrder =
  | { readonly type: 'nodes'; readonly sequence: number; readonly nodes: readonly FabricNode[] }
  | { readonly type: 'rules'; readonly sequence: number; readonly table: FabricTable }
  | { readonly type: 'hits'; readonly sequence: number }
  | { readonly type: 'counters'; readonly sequence: number }
  | { readonly type: 'close'; readonly sequence: number };
