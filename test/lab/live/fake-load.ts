/** A steady load that only remembers whether it is on. */
import type { SteadyLoad, SteadyLoadStatus, SteadyLoadWords } from '../../../src/supervisor/api/steady-load.js';
import { NEVER_ON } from '../../../src/lab/live/never-on.js';

export class FakeLoad implements SteadyLoad {
  readonly listeners = new Set<(status: SteadyLoadStatus) => void>();
  #status = NEVER_ON;

  /** Replaced by tests of failure. */
  answer: () => Promise<void> = () => Promise.resolve();

  async start({ type = 'write-verify', clients = 1 }: SteadyLoadWords = {}): Promise<void> {
    await this.answer();
    this.#set({ isOn: true, type, clients });
  }

  async stop(): Promise<void> {
    this.#set({ isOn: false });
  }

  status(): SteadyLoadStatus {
    return this.#status;
  }

  onChange(listener: (status: SteadyLoadStatus) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  #set(change: Partial<SteadyLoadStatus>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of this.listeners) listener(this.#status);
  }
}
