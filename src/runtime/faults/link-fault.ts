/** Faults of one direction between two machines: one meaning for simulated links and for the fabric in front of real ones. */

export type LinkFault =
  /** Holds all messages, including ends of connections. */
  | { readonly kind: 'stall' }
  /** Breaks live connections at once, and new connections while the fault is active. */
  | { readonly kind: 'reset' }
  /** Answers new connections with a reset; live connections remain. */
  | { readonly kind: 'refuse' }
  /** Every message takes this much longer, and up to `jitterMs` more by seed; the order within a connection is kept. */
  | { readonly kind: 'delay'; readonly delayMs: number; readonly jitterMs: number }
  /** All messages of the direction share a link of this rate. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number };

export type LinkFaultKind = LinkFault['kind'];
