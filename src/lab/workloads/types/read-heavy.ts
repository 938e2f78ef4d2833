/**
 * The workload `read-heavy`: a set of files that is written once and then read, with the frequencies of Zipf's law. Sometimes the
 * client that owns a file replaces the file. A read must then return the new content or, during the replacement, either content.
 */
import { isDfsError } from '../../../shared/errors.js';
import { SeededRandom } from '../../../runtime/faults/seeded-random.js';
import { pickOne } from '../../../shared/choices.js';
import { attempt, REFUSALS } from '../attempt.js';
import { fileContent, fingerprint } from '../file-content.js';
import { Register } from '../register.js';
import { runRounds } from '../rounds.js';
import { countError } from '../workload-counters.js';
import type { ClientSlot, WorkloadEntry, WorkloadWorld } from '../workload.js';
import { pauseMsOf } from '../workload-types.js';
import type { ReadHeavy } from '../workload-types.js';

const WRITE_ONE_IN = 20;

/** Upper ends in [0, 1) of the ranks: the file of rank r is read in proportion to 1 / r. */
export function zipfEnds(count: number): readonly number[] {
  const weights = Array.from({ length: count }, (_, index) => 1 / (index + 1));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  let end = 0;
  return weights.map((weight) => (end += weight / sum));
}

class Worker {
  readonly #workload: ReadHeavy;
  readonly #world: WorkloadWorld;
  readonly #slot: ClientSlot;
  readonly #set: readonly Register[];
  readonly #own: readonly Register[];
  readonly #ends: readonly number[];
  readonly #random: SeededRandom;

  constructor(workload: ReadHeavy, world: WorkloadWorld, slot: ClientSlot, set: readonly Register[]) {
    this.#workload = workload;
    this.#world = world;
    this.#slot = slot;
    this.#set = set;
    this.#own = set.filter((_, index) => index % workload.clients === slot.index);
    this.#ends = zipfEnds(set.length);
    this.#random = new SeededRandom(String(world.seed), `read-heavy ${slot.name}`);
  }

  /** Carries out one operation. The whole set is written before the first read. */
  round(): Promise<boolean> {
    const missing = this.#own.find(({ acked }) => acked === 0);
    if (missing !== undefined) return this.#write(missing);
    const own = this.#random.integer(1, WRITE_ONE_IN) === 1 ? pickOne(this.#random, this.#own) : undefined;
    return own === undefined ? this.#read() : this.#write(own);
  }

  async #write(register: Register): Promise<boolean> {
    const { counters, seed } = this.#world;
    const { path } = register;
    const lengthBytes = this.#random.integer(this.#workload.sizeBytesMin, this.#workload.sizeBytesMax);
    const content = fileContent(seed, `${path} ${register.nextVersion}`, lengthBytes);
    const version = register.begin(fingerprint(content));
    const isAcked = await attempt(counters, () => this.#slot.client.writeFile(path, content));
    if (!isAcked) return false;
    register.settle(version);
    counters.filesAcked += 1;
    counters.bytesAcked += lengthBytes;
    return true;
  }

  async #read(): Promise<boolean> {
    const { counters, brokenGuarantees } = this.#world;
    const choiceSeed = this.#random.float();
    const register = this.#set[this.#ends.findIndex((end) => choiceSeed < end)] ?? this.#set[0];
    if (register === undefined || register.acked === 0) return true;
    const { path, acked } = register;
    try {
      const content = await this.#slot.client.readFile(path);
      if (register.check(fingerprint(content), acked, brokenGuarantees)) counters.readsVerified += 1;
      return true;
    } catch (error) {
      if (isDfsError(error, 'NOT_FOUND')) brokenGuarantees.reportLost({ path });
      // The file was replaced during the read.
      else if (isDfsError(error, ...REFUSALS)) return true;
      countError(counters, error);
      return false;
    }
  }
}

export function openReadHeavy(workload: ReadHeavy, world: WorkloadWorld): WorkloadEntry {
  const folder = `${world.root}/reads/set-${world.ordinal}`;
  const digits = String(workload.names).length;
  const set = Array.from(
    { length: workload.names },
    (_, index) => new Register(`${folder}/file-${String(index + 1).padStart(digits, '0')}`),
  );
  return {
    prepare: ({ client }) => client.mkdir(folder),
    run: (slot) => {
      const worker = new Worker(workload, world, slot, set);
      return runRounds(world, pauseMsOf(workload), () => worker.round());
    },
    expectations: () => ({ sharedNames: [], registers: set }),
  };
}
