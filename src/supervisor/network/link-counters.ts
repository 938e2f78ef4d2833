/** Counters of the fabric for each link: the proof that a fault had an effect. */

/** One direction between two names. All figures only grow. */
export interface LinkCounters {
  readonly source: string;
  readonly target: string;
  /** Bytes that passed. */
  readonly bytes: number;
  /** Connections from `source` to `target` that were established. */
  readonly connections: number;
  /** Bytes that were held at some time. Bytes held in a sender's kernel, because the fabric read no more, are not included. */
  readonly heldBytes: number;
  /** Connections from `source` whose CONNECT was unanswered at some time. */
  readonly heldConnections: number;
  /** Connections between the two that were broken or refused, counted for the dialler. */
  readonly resets: number;
  /** Connections from `source` that a fault refused in place of `target`. */
  readonly refusals: number;
}

export type MutableLinkCounters = { -readonly [Name in keyof LinkCounters]: LinkCounters[Name] };

/** Limit, because clients choose their names: further links are counted together. */
const LINKS_MAX = 4_096;

/** The counters of all links. */
export class LinkBook {
  readonly #links = new Map<string, MutableLinkCounters>();

  /** The counters of one direction, created on first use. */
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
