/**
 * The workload `big-file`: clients that write large files as streams and read them back, in ranges and whole. Content is generated
 * and compared piece by piece, so that a file may be larger than the memory.
 */
import { GIB, KIB, MIB } from '../../../shared/limits.js';
import { SeededRandom } from '../../../runtime/faults/seeded-random.js';
import { attempt } from '../attempt.js';
import { ContentCheck, fingerprintOfContent } from '../content-check.js';
import { contentName, ContentStream } from '../file-content.js';
import type { ByteRange, FileSource } from '../file-client.js';
import type { FileRecord } from '../ledger.js';
import { workloadFolder } from './own-folder.js';
import { removeFile } from './remove-file.js';
import { runRounds } from '../rounds.js';
import { NO_REMAINS } from '../workload.js';
import type { ClientSlot, WorkloadEntry, WorkloadWorld } from '../workload.js';
import { pauseMsOf } from '../workload-types.js';
import type { BigFile } from '../workload-types.js';

/** Limits of the files that one client keeps, and of the bytes that all clients keep, as far as a client has a file to delete. */
const KEPT_FILES = 2;
const LIVE_BYTES_MAX = 2 * GIB;
/** Length of the pieces that a stream is fed with. */
const PIECE_BYTES = 256 * KIB;
const RANGES_A_ROUND = 4;
const RANGE_BYTES_MAX = 2 * MIB;

class Worker {
  readonly #workload: BigFile;
  readonly #world: WorkloadWorld;
  readonly #slot: ClientSlot;
  readonly #random: SeededRandom;
  /** Oldest first. */
  readonly #own: FileRecord[] = [];
  #fileNumber = 0;

  constructor(workload: BigFile, world: WorkloadWorld, slot: ClientSlot) {
    this.#workload = workload;
    this.#world = world;
    this.#slot = slot;
    this.#random = new SeededRandom(String(world.seed), `big-file ${slot.name}`);
  }

  async round(): Promise<boolean> {
    const { ledger, signal } = this.#world;
    let isWell = (await this.#makeSpace()) && (await this.#write());
    for (let range = 0; range < RANGES_A_ROUND && isWell && !signal.aborted; range += 1) {
      const record = ledger.pick(this.#random);
      if (record !== undefined && record.lengthBytes > 0) isWell = await this.#read(record, this.#rangeOf(record));
    }
    const whole = this.#own.at(-1);
    if (whole !== undefined && isWell && !signal.aborted) isWell = await this.#read(whole, undefined);
    return isWell;
  }

  async #makeSpace(): Promise<boolean> {
    const { ledger } = this.#world;
    const isFull = this.#own.length >= KEPT_FILES || ledger.liveBytes > LIVE_BYTES_MAX;
    const oldest = isFull ? this.#own.shift() : undefined;
    if (oldest === undefined) return true;
    ledger.take(oldest);
    return removeFile(this.#world, this.#slot.client, oldest);
  }

  async #write(): Promise<boolean> {
    const { clock, counters, ledger, seed, root, signal } = this.#world;
    const { client, name } = this.#slot;
    this.#fileNumber += 1;
    const path = `${workloadFolder(name, root)}/big-${String(this.#fileNumber).padStart(6, '0')}`;
    const lengthBytes = this.#random.integer(this.#workload.sizeBytesMin, this.#workload.sizeBytesMax);
    const content = contentName(seed, path);
    const written = { path, content, ...(await fingerprintOfContent(content, lengthBytes, () => clock.sleep(0))) };
    if (signal.aborted) return true;
    const source: FileSource = { ...written, pieces: () => new ContentStream(content).pieces(lengthBytes, PIECE_BYTES) };
    const isAcked = await attempt(counters, () => client.writeStream(path, source));
    const record = ledger.recordWrite(written, isAcked);
    if (!isAcked) return false;
    this.#own.push(record);
    counters.filesAcked += 1;
    counters.bytesAcked += lengthBytes;
    return true;
  }

  /** Any range of the file, not aligned with blocks or chunks. */
  #rangeOf({ lengthBytes }: FileRecord): ByteRange {
    const startByte = this.#random.integer(0, lengthBytes - 1);
    const endByte = startByte + this.#random.integer(1, Math.min(RANGE_BYTES_MAX, lengthBytes - startByte));
    return { startByte, endByte };
  }

  #read(record: FileRecord, range: ByteRange | undefined): Promise<boolean> {
    const { counters, brokenGuarantees } = this.#world;
    const { path, lengthBytes } = record;
    const { startByte, endByte } = range ?? { startByte: 0, endByte: lengthBytes };
    return attempt(
      counters,
      async () => {
        const check = new ContentCheck(record.content ?? '', startByte, endByte - startByte);
        await this.#slot.client.readStream(path, (piece) => check.add(piece), range);
        const detail = check.fault();
        if (detail === undefined) counters.readsVerified += 1;
        else brokenGuarantees.report({ invariant: 'no-corruption', path, detail });
      },
      () => brokenGuarantees.checkAbsence(record),
    );
  }
}

export function openBigFile(workload: BigFile, world: WorkloadWorld): WorkloadEntry {
  return {
    prepare: ({ client, name }) => client.mkdir(workloadFolder(name, world.root)),
    run: (slot) => {
      const worker = new Worker(workload, world, slot);
      return runRounds(world, pauseMsOf(workload), () => worker.round());
    },
    expectations: () => NO_REMAINS,
  };
}
