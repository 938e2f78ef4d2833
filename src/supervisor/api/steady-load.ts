/** A workload that is switched on and off while a lab is up. */

/** The options of a steady load, as scenarios write them. Defaults: those of scenarios; for size, that of the load. */
export interface SteadyLoadWords {
  /** `write-verify`, `big-file` … */
  readonly type?: string;
  readonly clients?: number;
  /** Over all clients: `20/s`. */
  readonly rate?: string;
  /** Of a file: `1MiB`, `1-8MiB`. */
  readonly size?: string;
  readonly names?: number;
}

/** How a steady load does. The last figures stay when it is off. */
export interface SteadyLoadStatus {
  readonly isOn: boolean;
  /** Of the load that is on, or was last; '' before the first. */
  readonly type: string;
  readonly clients: number;
  /** When it was switched on, Unix time; null before the first. */
  readonly sinceMs: number | null;
  /** Since then: what was answered, errors included; bytes written and read. */
  readonly operations: number;
  readonly errors: number;
  readonly bytes: number;
  /** Of the last seconds. */
  readonly opsPerSecond: number;
  readonly errorsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Milliseconds; null: nothing was answered in the last seconds. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** '' while none failed. */
  readonly lastError: string;
  /** Guarantees that the load saw broken, and the last of those that are remembered. */
  readonly broken: number;
  readonly lastBroken: string;
}

/** A workload that is switched on and off while the lab runs. */
export interface SteadyLoad {
  /**
   * Switches it on; resolves when its clients work.
   * @throws DfsError INVALID_ARGUMENT for words that scenarios would not take either, or when it is on already; what the cluster says
   */
  start(words?: SteadyLoadWords): Promise<void>;
  /** Switches it off; resolves when its clients are gone. Does nothing when it is off. Never rejects. */
  stop(): Promise<void>;
  status(): SteadyLoadStatus;
  /** Calls back when it is switched, and once a second while it is on, until the returned function is called. */
  onChange(listener: (status: SteadyLoadStatus) => void): () => void;
}
