/** What the fabric did on each link, counted: the proof that a fault had an effect. */

/** One direction between two names. All figures only grow. */
export interface LinkCounters {
  readonly source: string;
  readonly target: string;
  /** Bytes let through. */
  readonly bytes: number;
  /** Connections that `source` dialled to `target` and got. */
  readonly connections: number;
  /** Bytes that were held at some time. What a sender's kernel kept, because nothing more was read, is not in it. */
  readonly heldBytes: number;
  /** Connections that `source` dialled and whose CONNECT was left unanswered at some time. */
  readonly heldConnections: number;
  /** Connections between the two that were broken or refused, counted for who dialled. */
  readonly resets: number;
  /** Connections that `source` dialled and that a fault refused in `target`'s place. */
  readonly refusals: number;
}

export type MutableLinkCounters = { -readonly [Name in keyof LinkCounters]: LinkCounters[Name] };

/** Clients choose their names, so their number is bounded: further links are counted together. */
const LINKS_MAX = 4_096;

/** The counters of all links. */
export class LinkBook {
  readonly #links = new Map<string, MutableLinkCounters>();

  /** The counters of one direction, made when first asked for. */
  link(source: string, target: string): MutableLinkCounters {
    const known = this.#links.get(`${source} ${target}`);
    if (known !== undefined) return known;
    if (this.#links.size >= LINKS_MAX && source !== 'others') return this.link('others', 'others');
    const fresh = { source, target, bytes: 0, connections: 0, heldBytes: 0, heldConnections: 0, resets: 0, refusals: 0 };
    this.#links.set(`${source} ${target}`, fresh);
    return fresh;
  }

  /** A copy of all counters. */
  snapshot(): LinkCounters[] {
    return [...this.#links.values()].map((link) => ({ ...link }));
  }
}
