/**
 * How much of a list an answer may hold: pages are cut by bytes, because a message that is too long is no answer at all.
 *
 *   for each item: budget.takes(its bytes)? ─yes─▶ into the page     ─no─▶ the page ends, and says that there is more
 */
import { RPC_MESSAGE_BYTES_MAX } from '../shared/limits.js';

/** The rest of the message is for the other fields, and for what an estimate leaves out. */
const PAGE_BYTES_MAX = (RPC_MESSAGE_BYTES_MAX / 4) * 3;

export class PageBudget {
  #bytesLeft = PAGE_BYTES_MAX;
  #isEmpty = true;

  /**
   * Takes an item into the page, if it fits. The first one always does: a page without any would be asked for again for ever.
   * @param bytes of the item as it is encoded, or a little more
   */
  takes(bytes: number): boolean {
    if (!this.#isEmpty && bytes > this.#bytesLeft) return false;
    this.#isEmpty = false;
    this.#bytesLeft -= bytes;
    return true;
  }
}

/** Upper bound of what numbers, tags and lengths of a message take beside its texts: a varint has ten bytes at most. */
export const FIELDS_BYTES_MAX = 256;

/** Bytes of texts in UTF-8. */
export function textBytes(...texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** A text of the log that may be longer than anything that is accepted now, cut to so many characters. */
export function cutText(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`;
}
