/**
 * Looks now and then whether the data folder is still the one that the node started on. A disk that is unmounted leaves an empty folder
 * under the same name: without lock and identity, another node could start there, and one file would count twice.
 */
import { DfsError } from './errors.js';
import type { Clock } from './runtime.js';

export interface WatchedFolder {
  /** Of the node, for messages. */
  readonly name: string;
  /** Whether the folder holds the node's identity. True also while that cannot be read. */
  readonly isInPlace: () => Promise<boolean>;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  /** Called once, when the folder is another one: the node must stop. */
  readonly onFatal: (error: DfsError) => void;
}

export class FolderWatch {
  readonly #folder: WatchedFolder;
  readonly #clock: Clock;
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(folder: WatchedFolder, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves when no look is under way. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    const { name, isInPlace, everyMs, onFatal } = this.#folder;
    const isStopped = (): boolean => signal.aborted;
    while (!isStopped()) {
      // Rejects when the node stops.
      await this.#clock.sleep(everyMs, signal).catch(() => undefined);
      if (isStopped() || (await isInPlace()) || isStopped()) continue;
      const text =
        `The data folder of "${name}" is not the one that the node started on: its identity is gone or another one. ` +
        'Was a disk unmounted, or the folder moved or emptied? Put it back, and start the node again';
      onFatal(new DfsError('IO_ERROR', text));
      return;
    }
  }
}
