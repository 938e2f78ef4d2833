/** What the process that hosts a node tells the lab. */

export type HostReport =
  | { readonly type: 'ready'; readonly address: string }
  /** The node did not start, or cannot go on. The process ends. */
  | { readonly type: 'failed'; readonly message: string }
  /** An order was carried out. `hits`: how often the fault it names struck in this life. */
  | { readonly type: 'done'; readonly sequence: number; readonly hits: number }
  | { readonly type: 'refused'; readonly sequence: number; readonly message: string };
