/**
 * A copy of the sessions as they were at one moment, least recently used first, while they go on being used. Their order changes with
 * every use, so the ids are noted when the copy begins: at most SESSIONS_MAX numbers.
 */
import type { Remembered, Session } from './session.js';

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
  readonly #order: Float64Array;
  readonly #newId: number;
  readonly #saved = new Map<number, SessionImage>();
  readonly #done = new Set<number>();

  /**
   * @param oldest the one that was used longest ago
   * @param newId sessions with ids from this one on come later
   */
  constructor(sessions: ReadonlyMap<number, Session>, oldest: Session | null, newId: number) {
    this.#sessions = sessions;
    // Their places are walked here, without an iterator, which takes twice as long: all entries wait.
    this.#order = new Float64Array(sessions.size);
    let at = 0;
    for (let session = oldest; session !== null; session = session.place.newer) {
      this.#order[at] = session.id;
      at += 1;
    }
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
