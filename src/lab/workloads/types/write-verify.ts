/** The workload `write-verify`: clients that write new files, read earlier ones back and compare, and delete some. */
import { MIB } from '../../../shared/limits.js';
import { SeededRandom } from '../../../runtime/faults/seeded-random.js';
import { attempt } from '../attempt.js';
import { fileContent, fingerprintOf } from '../file-content.js';
import { workloadFolder } from './own-folder.js';
import { removeFile } from './remove-file.js';
import { runRounds } from '../rounds.js';
import { NO_REMAINS } from '../workload.js';
import type { ClientSlot, WorkloadEntry, WorkloadWorld } from '../workload.js';
import { pauseMsOf } from '../workload-types.js';
import type { WriteVerify } from '../workload-types.js';

/** Above this many bytes or files, clients delete one file for each write, so that the disk of a small machine suffices. */
const LIVE_BYTES_MAX = 256 * MIB;
const LIVE_FILES_MAX = 2_000;
/** Below that, one round in this many deletes a file, so that deletion is exercised too. */
const DELETE_ONE_IN = 8;

class Worker {
  readonly #workload: WriteVerify;
  readonly #world: WorkloadWorld;
  readonly #slot: ClientSlot;
  readonly #random: SeededRandom;
  #fileNumber = 0;

  constructor(workload: WriteVerify, world: WorkloadWorld, slot: ClientSlot) {
    this.#workload = workload;
    this.#world = world;
    this.#slot = slot;
    this.#random = new SeededRandom(String(world.seed), `workload ${slot.name}`);
  }

  async round(): Promise<boolean> {
    return (await this.#write()) && (await this.#readBack()) && (await this.#deleteSome());
  }

  async #write(): Promise<boolean> {
    const { ledger, counters, seed, root } = this.#world;
    const { sizeBytesMin, sizeBytesMax } = this.#workload;
    const { client, name } = this.#slot;
    this.#fileNumber += 1;
    const folder = workloadFolder(name, root);
    const path = `${folder}/file-${String(this.#fileNumber).padStart(6, '0')}`;
    const content = fileContent(seed, path, this.#random.integer(sizeBytesMin, sizeBytesMax));
    // Computed before the write, because the client may take over the buffer.
    const written = { path, ...fingerprintOf(content) };
    const missing: string[] = [];
    const isAcked = await attempt(
      counters,
      () => client.writeFile(path, content),
      () => void missing.push(folder),
    );
    ledger.recordWrite(written, isAcked);
    // A cluster that was made anew has no folders: the next round finds its own again.
    for (const gone of missing) await attempt(counters, () => client.mkdir(gone));
    if (isAcked) {
      counters.filesAcked += 1;
      counters.bytesAcked += written.lengthBytes;
    }
    return isAcked;
  }

  async #readBack(): Promise<boolean> {
    const { ledger, counters, brokenGuarantees, signal } = this.#world;
    const record = ledger.pick(this.#random);
    if (record === undefined || signal.aborted) return true;
    return attempt(
      counters,
      async () => {
        const content = await this.#slot.client.readFile(record.path);
        if (brokenGuarantees.checkContent(record, fingerprintOf(content))) counters.readsVerified += 1;
      },
      () => brokenGuarantees.checkAbsence(record),
    );
  }

  async #deleteSome(): Promise<boolean> {
    const { ledger, signal } = this.#world;
    const isFull = ledger.liveBytes > LIVE_BYTES_MAX || ledger.acked.length > LIVE_FILES_MAX;
    if (signal.aborted || !(isFull || this.#random.integer(1, DELETE_ONE_IN) === 1)) return true;
    const record = ledger.takeForDeletion(this.#random);
    return record === undefined || removeFile(this.#world, this.#slot.client, record);
  }
}

export function openWriteVerify(workload: WriteVerify, world: WorkloadWorld): WorkloadEntry {
  return {
    prepare: ({ client, name }) => client.mkdir(workloadFolder(name, world.root)),
    run: (slot) => {
      const worker = new Worker(workload, world, slot);
      return runRounds(world, pauseMsOf(workload), () => worker.round());
    },
    expectations: () => NO_REMAINS,
  };
}
