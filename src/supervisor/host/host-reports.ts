/** What the process that hosts a node tells the lab. */

export type HostReport =
  | { readonly type: 'ready'; readonly address: string }
  /** The node did not start, or cannot go on. The process ends. */
  | { readonly type: 'failed'; readonly message: string };
