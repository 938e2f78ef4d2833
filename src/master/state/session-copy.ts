/**
 * A copy of the sessions as they were at one moment, least recently used first, while they go on being used. Their order changes with
 * every use, so the ids are noted when the copy begins: at most SESSIONS_MAX numbers.
 */
import type { Remembered, Session } from './session-table.js';

/** What a checkpoint holds of a session. Its unfinished files say themselves whose they are. */
export interface SessionImage {
  readonly id: number;
  readonly clientName: string;
  readonly lastUsedMs: number;
  readonly ackedBelow: number;
  /** An answer never changes: it is enough to hold on to it. */
  readonly answers: readonly Remembered[];
}

export class SessionCopy {
  readonly #sessions: ReadonlyMap<number, Session>;
  readonly #order: readonly number[];
  readonly #newId: number;
  readonly #saved = new Map<number, SessionImage>();
  readonly #done = new Set<number>();

  /**
   * @param order all of them, least recently used first
   * @param newId sessions with ids from this one on come later
   */
  constructor(sessions: ReadonlyMap<number, Session>, order: Iterable<Session>, newId: number) {
    this.#sessions = sessions;
    this.#order = Array.from(order, ({ id }) => id);
    this.#newId = newId;
  }

  /** Must come before every change of a session, and before its end. */
  save(session: Session): void {
    const { id } = session;
    if (id >= this.#newId || this.#done.has(id) || this.#saved.has(id)) return;
    this.#saved.set(id, imageOf(session));
  }

  /** All sessions as they were, one after another; each is to be read at once. */
  *all(): Generator<SessionImage> {
    for (const id of this.#order) {
      const session = this.#sessions.get(id);
      const image = this.#saved.get(id) ?? (session && imageOf(session));
      this.#saved.delete(id);
      this.#done.add(id);
      if (image !== undefined) yield image;
    }
  }
}

function imageOf({ id, clientName, lastUsedMs, ackedBelow, answers }: Session): SessionImage {
  return { id, clientName, lastUsedMs, ackedBelow, answers: [...answers.values()] };
}
