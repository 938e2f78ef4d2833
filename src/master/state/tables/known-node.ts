/** A datanode that has registered with this cluster. */
import type { Digestible } from './digest.js';

export class KnownNode implements Digestible {
  readonly id: string;
  readonly incarnation: string;
  readonly address: string;
  readonly rack: string;
  digestPart = 0;

  constructor(id: string, incarnation: string, address: string, rack: string) {
    this.id = id;
    this.incarnation = incarnation;
    this.address = address;
    this.rack = rack;
  }

  digestText(): string {
    return `n ${this.id} ${this.incarnation} ${this.address} ${this.rack}`;
  }
}
