/**
 * Selects the items that `admin log-inspect` shows, in one pass over a log: a bounded number around one place, and figures of each
 * file.
 */

/** The shown parts of the items of the master's `inspectLog`: the vote, then each file followed by its records. */
export type Inspected = InspectedVote | InspectedFile | InspectedRecord | InspectedDamage;

interface InspectedVote {
  readonly kind: 'vote';
  readonly vote:
    { readonly kind: 'sound'; readonly hardState: HardState } | { readonly kind: 'missing' | 'damaged'; readonly reason: string };
}

interface HardState {
  readonly term: number;
  readonly votedFor: { readonly id: string } | null;
  readonly isDamaged: boolean;
}

interface InspectedFile {
  readonly kind: 'file';
  readonly file: string;
  /** active, closed, temporary, set-aside */
  readonly role: string;
  readonly sizeBytes: number;
}

interface InspectedRecord {
  readonly kind: 'record';
  readonly file: string;
  /** Offset in the file. */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly operation: string;
  readonly term: number;
  readonly index: number;
  /** Why the record is misplaced although its checksum is valid; null: not misplaced. */
  readonly problem: string | null;
}

interface InspectedDamage {
  readonly kind: 'damage';
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
  /** Offset of the next valid record; null: none follows in this file. */
  readonly nextOffset: number | null;
  /** Proof that the bytes were durable; null: the bytes may be a torn tail, which the next start cuts. */
  readonly proof: string | null;
}

/** A record, or damaged bytes. */
export type LogItem = InspectedRecord | InspectedDamage;

export interface FileFigures {
  readonly file: string;
  readonly role: string;
  readonly sizeBytes: number;
  records: number;
  firstIndex: number | null;
  lastIndex: number | null;
}

/** An offset in a file. */
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
  readonly #faults: LogItem[] = [];
  #vote: InspectedVote['vote'] | null = null;
  /** Number of further items to keep after the centre; null: before the centre. */
  #wanted: number | null = null;
  #centre: LogItem | null = null;
  #faultCount = 0;

  /**
   * @param place the centre of the shown items; null: the first fault, or, without any, the end
   * @param limit maximum number of shown items, >= 1
   */
  constructor(place: Place | null, limit: number) {
    this.#place = place;
    this.#limit = limit;
  }

  push(inspected: Inspected): void {
    if (inspected.kind === 'vote') {
      this.#vote = inspected.vote;
    } else if (inspected.kind === 'file') {
      const { file, role, sizeBytes } = inspected;
      this.#files.set(file, { file, role, sizeBytes, records: 0, firstIndex: null, lastIndex: null });
    } else {
      this.#count(inspected);
      this.#show(inspected);
    }
  }

  /** The shown items in the order of the log. */
  get items(): readonly LogItem[] {
    return this.#items;
  }

  get files(): readonly FileFigures[] {
    return [...this.#files.values()];
  }

  get vote(): InspectedVote['vote'] | null {
    return this.#vote;
  }

  /** The first damaged or misplaced items, at most `limit`. */
  get faults(): readonly LogItem[] {
    return this.#faults;
  }

  get faultCount(): number {
    return this.#faultCount;
  }

  /** The item in the centre; null: the end of the log. */
  get centre(): LogItem | null {
    return this.#centre;
  }

  /** Size of an item in bytes; damage extends to the next valid record or the end of the file. */
  sizeOf(item: LogItem): number {
    if (item.kind === 'record') return item.sizeBytes;
    return (item.nextOffset ?? this.#files.get(item.file)?.sizeBytes ?? item.offset) - item.offset;
  }

  #show(item: LogItem): void {
    if (this.#wanted === 0) return;
    this.#items.push(item);
    if (this.#wanted !== null) {
      this.#wanted--;
    } else if (this.#isCentre(item)) {
      this.#centre = item;
      this.#wanted = Math.floor((this.#limit - 1) / 2);
      this.#items.splice(0, Math.max(0, this.#items.length - (this.#limit - this.#wanted)));
    } else if (this.#items.length > this.#limit) {
      this.#items.shift();
    }
  }

  #isCentre(item: LogItem): boolean {
    if (this.#place === null) return isFault(item);
    const { file, offset } = this.#place;
    return item.file === file && offset >= item.offset && offset < item.offset + this.sizeOf(item);
  }

  #count(item: LogItem): void {
    if (isFault(item)) {
      this.#faultCount++;
      if (this.#faults.length < this.#limit) this.#faults.push(item);
    }
    const figures = this.#files.get(item.file);
    if (item.kind === 'damage' || figures === undefined) return;
    figures.records++;
    // A record without an entry has the index of the entry before it.
    figures.firstIndex ??= item.index;
    figures.lastIndex = item.index;
  }
}

function isFault(item: LogItem): boolean {
  return item.kind === 'damage' || item.problem !== null;
}
