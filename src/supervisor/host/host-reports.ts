/** Messages from the process that hosts a node to the lab. */

/** How often a fault of the node's disk or clock had an effect in this life. */
export interface FaultHits {
  readonly id: number;
  readonly hits: number;
}

export type HostReport =
  | { readonly type: 'ready'; readonly address: string }
  /** The node did not start, or cannot go on. The process ends; the effects of its faults are final. */
  | { readonly type: 'failed'; readonly message: string; readonly hits: readonly FaultHits[] }
  /** An order was carried out. `hits`: how often the fault that the order names had an effect in this life. */
  | { readonly type: 'done'; readonly sequence: number; readonly hits: number }
  | { readonly type: 'refused'; readonly sequence: number; readonly message: string };
