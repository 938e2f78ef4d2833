/** What `admin log-inspect` shows of a log that passes by once: a bounded number of lines around a place, and figures of each file. */

/** A record, or bytes that are none, in the order of the log. */
export interface LogItem {
  readonly file: string;
  /** In the file. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** null: damaged. */
  readonly record: {
    /** Name of the op code. */
    readonly operation: string;
    readonly term: number;
    readonly index: number;
  } | null;
  /** Of a damaged place: what is wrong. */
  readonly reason?: string;
}

export interface FileFigures {
  readonly file: string;
  records: number;
  bytes: number;
  firstIndex: number | null;
  lastIndex: number | null;
}

/** The place that is shown: an offset in a file, or, left out, the first damage, or, without any, the end. */
export interface Place {
  readonly file: string;
  readonly offset: number;
}

export class LogWindow {
  readonly #place: Place | null;
  readonly #limit: number;
  /** Invariant: at most #limit, consecutive. */
  readonly #items: LogItem[] = [];
  readonly #files = new Map<string, FileFigures>();
  readonly #damage: LogItem[] = [];
  /** How many items after the centre are still wanted; null: the centre has not come yet. */
  #wanted: number | null = null;
  #centre: LogItem | null = null;
  #damagedPlaces = 0;

  /** @param limit items shown at most, >= 1 */
  constructor(place: Place | null, limit: number) {
    this.#place = place;
    this.#limit = limit;
  }

  push(item: LogItem): void {
    this.#count(item);
    if (this.#wanted === 0) return;
    this.#items.push(item);
    if (this.#wanted !== null) this.#wanted--;
    else if (this.#isCentre(item)) {
      this.#centre = item;
      this.#wanted = Math.floor((this.#limit - 1) / 2);
      this.#items.splice(0, Math.max(0, this.#items.length - (this.#limit - this.#wanted)));
    } else if (this.#items.length > this.#limit) this.#items.shift();
  }

  get items(): readonly LogItem[] {
    return this.#items;
  }

  get files(): readonly FileFigures[] {
    return [...this.#files.values()];
  }

  /** The first damaged places, at most as many as items. */
  get damage(): readonly LogItem[] {
    return this.#damage;
  }

  get damagedPlaces(): number {
    return this.#damagedPlaces;
  }

  /** The item around which the others are; null: the end of the log. */
  get centre(): LogItem | null {
    return this.#centre;
  }

  #isCentre({ file, offset, sizeBytes, record }: LogItem): boolean {
    if (this.#place === null) return record === null;
    return file === this.#place.file && this.#place.offset >= offset && this.#place.offset < offset + sizeBytes;
  }

  #count(item: LogItem): void {
    const figures = this.#files.get(item.file) ?? { file: item.file, records: 0, bytes: 0, firstIndex: null, lastIndex: null };
    this.#files.set(item.file, figures);
    figures.bytes += item.sizeBytes;
    if (item.record === null) {
      this.#damagedPlaces++;
      if (this.#damage.length < this.#limit) this.#damage.push(item);
      return;
    }
    figures.records++;
    // Records that hold no entry name the entry before them.
    figures.firstIndex ??= item.record.index;
    figures.lastIndex = item.record.index;
  }
}
