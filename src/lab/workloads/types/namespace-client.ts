/**
 * A client whose operations use few names, shared with other clients. The client does not check results itself; the checkers judge
 * its history. Every content is written once, so that a digest identifies its write.
 */
import { isDfsError } from '../../../shared/errors.js';
import { SeededRandom } from '../../../runtime/faults/seeded-random.js';
import { endsWithin } from '../../../shared/ends-within.js';
import { REFUSALS } from '../attempt.js';
import type { FileClient } from '../file-client.js';
import { fileContent, fingerprint } from '../file-content.js';
import type { MetadataOperation } from './metadata-operations.js';
import { runRounds } from '../rounds.js';
import { countError } from '../workload-counters.js';
import type { ClientSlot, WorkloadWorld } from '../workload.js';

/** One operation in this many is the last of its client: the client ends in the middle of the operation. */
const CRASH_ONE_IN = 60;
/** The client ends at most this long after the start of the operation. */
const CRASH_AFTER_MS_MAX = 100;

export interface NamespaceWork {
  readonly world: WorkloadWorld;
  readonly slot: ClientSlot;
  readonly pauseMs: number;
  /** Prefix, beside the client's name, of the names of random streams and contents: unique for each kind of work. */
  readonly kind: string;
  /** @param random the client's own random stream */
  readonly chooser: (random: SeededRandom) => { next(): MetadataOperation };
}

class NamespaceClient {
  readonly #work: NamespaceWork;
  readonly #random: SeededRandom;
  readonly #chooser: { next(): MetadataOperation };
  #client: FileClient;
  #writes = 0;

  constructor(work: NamespaceWork) {
    const { world, slot, kind, chooser } = work;
    this.#work = work;
    this.#client = slot.client;
    this.#random = new SeededRandom(String(world.seed), `${kind} ${slot.name}`);
    this.#chooser = chooser(this.#random);
  }

  /** Carries out one operation. @returns false when the operation failed */
  async round(): Promise<boolean> {
    const { world, slot } = this.#work;
    const { reconnect } = slot;
    const client = this.#client;
    const operation = this.#chooser.next();
    const work = this.#attemptTo(() => this.#perform(client, operation));
    if (reconnect === undefined || this.#random.integer(1, CRASH_ONE_IN) > 1) return work;
    await endsWithin(world.clock, work, this.#random.integer(0, CRASH_AFTER_MS_MAX));
    return world.signal.aborted ? work : this.#attemptTo(async () => (this.#client = await reconnect(this.#client)));
  }

  /** Counts a failure, unless the error is an expected answer. @returns false for a counted failure */
  async #attemptTo(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      if (isDfsError(error, ...REFUSALS)) return true;
      countError(this.#work.world.counters, error);
      return false;
    }
  }

  #perform(client: FileClient, operation: MetadataOperation): Promise<unknown> {
    const { path } = operation;
    switch (operation.kind) {
      case 'create':
        return this.#write(path, operation.lengthBytes, (content) => client.createFile(path, content));
      case 'overwrite':
        return this.#write(path, operation.lengthBytes, (content) => client.writeFile(path, content));
      case 'read':
        return this.#read(client, path);
      case 'stat':
        return client.exists(path);
      case 'list':
        return client.readdir(path);
      case 'mkdir':
        return client.makeDirectory(path);
      case 'rename':
        return client.rename(path, operation.toPath);
      case 'delete':
        return this.#remove(client.rm(path));
      case 'delete-tree':
        return this.#remove(client.removeTree(path));
    }
  }

  async #write(path: string, lengthBytes: number, write: (content: Uint8Array) => Promise<void>): Promise<void> {
    const { world, slot } = this.#work;
    const { counters, seed, written } = world;
    this.#writes += 1;
    const content = fileContent(seed, `${slot.name} ${this.#writes} ${path}`, lengthBytes);
    written.add(fingerprint(content));
    await write(content);
    counters.filesAcked += 1;
    counters.bytesAcked += lengthBytes;
  }

  async #read(client: FileClient, path: string): Promise<void> {
    const { counters, written } = this.#work.world;
    const content = await client.readFile(path);
    // Wrong content is in the history as well, where the checkers find it.
    if (written.has(fingerprint(content))) counters.readsVerified += 1;
    else countError(counters, new Error(`${path} holds bytes that no client has written: ${content.length} bytes`));
  }

  async #remove(removal: Promise<void>): Promise<void> {
    await removal;
    this.#work.world.counters.filesDeleted += 1;
  }
}

/** Works until the signal fires and the current operation has ended. Never rejects. */
export async function runNamespaceClient(work: NamespaceWork): Promise<void> {
  const { world, pauseMs } = work;
  const client = new NamespaceClient(work);
  await runRounds(world, pauseMs, () => client.round());
}
