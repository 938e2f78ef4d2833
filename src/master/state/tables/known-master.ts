/** A master that the log knows: its address and its incarnation. The voters are in the Raft group's own entries. */
import type { Digestible } from './digest.js';

export class KnownMaster implements Digestible {
  readonly id: string;
  /** host:port */
  readonly address: string;
  /** Different for each master that was ever added; the bootstrap masters share BOOTSTRAP_INCARNATION. */
  readonly incarnation: number;
  digestPart = 0;

  constructor(id: string, address: string, incarnation: number) {
    this.id = id;
    this.address = address;
    this.incarnation = incarnation;
  }

  digestText(): string {
    return `m ${this.id} ${this.incarnation} ${this.address}`;
  }
}
