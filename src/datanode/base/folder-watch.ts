/**
 * Looks now and then whether the data folder is still the one that the node started on. A disk that is unmounted leaves an empty folder
 * under the same name: without lock and identity, another node could start there, and one file would count as two replicas.
 */
import { DfsError } from '../../shared/errors.js';
import type { Clock } from '../../shared/runtime.js';
import type { NodeIdentity } from './identity.js';

export class FolderWatch {
  readonly #identity: NodeIdentity;
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #onFatal: (error: DfsError) => void;
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();

  /** @param onFatal called once, when the folder is another one: the node must stop */
  constructor(identity: NodeIdentity, clock: Clock, everyMs: number, onFatal: (error: DfsError) => void) {
    this.#identity = identity;
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#onFatal = onFatal;
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
    const isStopped = (): boolean => signal.aborted;
    while (!isStopped()) {
      // Rejects when the node stops.
      await this.#clock.sleep(this.#everyMs, signal).catch(() => undefined);
      if (isStopped() || (await this.#identity.isInPlace())) continue;
      const text =
        `The data folder of "${this.#identity.nodeId}" is not the one that the node started on: its identity is gone or another one. ` +
        'Was a disk unmounted, or the folder emptied? Mount it, and start the node again';
      this.#onFatal(new DfsError('IO_ERROR', text));
      return;
    }
  }
}
